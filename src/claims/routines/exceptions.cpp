#include "claims/routines/exceptions.hpp"

#include <algorithm>
#include <complex>
#include <limits>

#include "claims/routines/comparison.hpp"
#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {
namespace {

template <class T>
constexpr T some_nan() {
  constexpr Real<T> nan = std::numeric_limits<Real<T>>::quiet_NaN();
  if constexpr (is_complex<T>)
    return {nan, nan};
  else
    return nan;
}

/// Of typical shapes, all forms of the small ones; `prepare` changes memory after it was stored.
template <class T, class Prepare>
void with_exceptions(const Inquiry& inquiry, std::string_view note, Prepare prepare) {
  for_calls(
      inquiry, typical_shapes(inquiry.operation),
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(inquiry.operation, choice);
        instance.fill_integers(inquiry.data);
        if (prepare(instance)) call_and_compare(instance, interface, true, note, inquiry.found);
      },
      100);
}

template <class T>
void fill_stored_with_nan(Stored<T>& operand) {
  for (std::size_t i = 0; i < operand.placement.rows; ++i) {
    for (std::size_t j = 0; j < operand.placement.cols; ++j) {
      if (const auto at = operand.placement.place(i, j)) operand.memory[*at] = some_nan<T>();
    }
  }
}

}  // namespace

template <class T>
void beta_zero(const Inquiry& inquiry) {
  with_exceptions<T>(inquiry, ", β = 0 and NaN in the result", [](Instance<T>& instance) {
    instance.set_scalars(T(1), T(0));
    instance.store();
    fill_stored_with_nan(instance.stored(instance.operation.outputs.front().operand));
    instance.remember();
    return true;
  });
}

template <class T>
void alpha_zero(const Inquiry& inquiry) {
  with_exceptions<T>(inquiry, ", α = 0 and NaN in the factors", [](Instance<T>& instance) {
    const char output = instance.operation.outputs.front().operand;
    const bool keeps = instance.operation.outputs.front().old != '0';
    instance.set_scalars(T(0), T(2));
    for (Stored<T>& operand : instance.operands) {
      if (operand.placement.operand.name == output && keeps) continue;
      std::ranges::fill(operand.entries, some_nan<T>());
    }
    instance.store();
    return true;
  });
}

template <class T>
void exceptional(const Inquiry& inquiry) {
  std::size_t turn = 0;
  with_exceptions<T>(inquiry, ", with a NaN or Inf", [&](Instance<T>& instance) {
    for (Stored<T>& operand : instance.operands) {
      if (operand.placement.operand.structure != blas::Structure::rotation)
        std::ranges::replace(operand.entries, T(0), T(1));
    }
    // A triangle's zeros may be multiplied with: what that makes of a NaN in the other factor is left open.
    const bool has_triangle = instance.operands.front().placement.operand.structure == blas::Structure::triangular;
    Stored<T>& operand = instance.operands[turn++ % (has_triangle ? 1 : instance.operands.size())];
    if (operand.placement.operand.structure == blas::Structure::rotation) return false;
    const std::size_t row = turn * 5 % operand.placement.rows, col = turn * 3 % operand.placement.cols;
    if (operand.placement.is_zero(row, col) || operand.placement.is_one(row, col)) return false;
    const bool infinite = !is_complex<T> && turn / 2 % 2 == 0;
    operand(row, col) = infinite ? T(std::numeric_limits<Real<T>>::infinity()) : some_nan<T>();
    instance.set_scalars(T(1), T(2));
    instance.store();
    return true;
  });
}

template <class T>
void unset(const Inquiry& inquiry) {
  with_exceptions<T>(inquiry, ", NaN in what need not be set", [](Instance<T>& instance) {
    instance.set_scalars(T(1), T(2));
    instance.store(std::numeric_limits<Real<T>>::quiet_NaN());
    return true;
  });
}

#define SQRTN_INSTANTIATE(T)                    \
  template void beta_zero<T>(const Inquiry&);   \
  template void alpha_zero<T>(const Inquiry&);  \
  template void exceptional<T>(const Inquiry&); \
  template void unset<T>(const Inquiry&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
