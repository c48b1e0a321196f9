#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "claims/judge.hpp"
#include "claims/products/guarded.hpp"
#include "claims/routines/counts.hpp"
#include "claims/routines/routines.hpp"
#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {
namespace {

using blas::Operation;
using What = blas::Argument::What;

template <class T>
constexpr T some_nan() {
  constexpr Real<T> nan = std::numeric_limits<Real<T>>::quiet_NaN();
  if constexpr (is_complex<T>)
    return {nan, nan};
  else
    return nan;
}

/// The n-th pair of α and β that keeps integers exact.
template <class T>
std::array<T, 2> exact_scalars(std::size_t n) {
  static constexpr std::array<Real<T>, 4> alphas{1, -1, 2, 0}, betas{0, 1, -1, 2};
  T alpha(alphas.at(n % 4)), beta(betas.at(n / 4 % 4));
  if constexpr (is_complex<T>) {
    if (n % 3 == 0) alpha = {0, 1};
    if (n % 5 == 0) beta = {1, -1};
  }
  return {alpha, beta};
}

template <class T>
T rounding_scalar(Real<T> re, Real<T> im) {
  if constexpr (is_complex<T>)
    return {re, im};
  else
    return re;
}

template <class T>
void exact(const Inquiry& inquiry, const std::vector<Choice>& shapes) {
  std::size_t n = 0;
  for_calls(inquiry, shapes, [&](const Choice& choice, const blas::Interface& interface) {
    Instance<T> instance(inquiry.operation, choice);
    instance.fill_integers(inquiry.data);
    const auto [alpha, beta] = exact_scalars<T>(n++);
    instance.set_scalars(alpha, beta);
    instance.store();
    call_and_compare(instance, interface, true, ", integer inputs", inquiry.found);
  });
}

template <class T>
void exact_small(const Inquiry& inquiry) {
  exact<T>(inquiry, small_shapes(inquiry.operation));
}

template <class T>
void exact_large(const Inquiry& inquiry) {
  exact<T>(inquiry, large_shapes(inquiry.operation));
}

template <class T>
void within_bound(const Inquiry& inquiry, Inputs inputs, std::string_view note) {
  for_calls(
      inquiry, large_shapes(inquiry.operation),
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(inquiry.operation, choice);
        instance.fill(inquiry.data, inputs);
        instance.set_scalars(rounding_scalar<T>(Real<T>(-0.7), Real<T>(0.2)),
                             rounding_scalar<T>(Real<T>(1.3), Real<T>(-0.4)));
        instance.store();
        call_and_compare(instance, interface, false, note, inquiry.found);
      },
      0);
}

template <class T>
void random_bound(const Inquiry& inquiry) {
  within_bound<T>(inquiry, Inputs::normal, ", normal inputs");
  if (!inquiry.operation.solves) within_bound<T>(inquiry, Inputs::positive, ", positive inputs");
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
  for (std::size_t i = 0; i < operand.layout.rows; ++i) {
    for (std::size_t j = 0; j < operand.layout.cols; ++j) {
      if (const auto at = operand.layout.place(i, j)) operand.memory[*at] = some_nan<T>();
    }
  }
}

template <class T>
void beta_zero(const Inquiry& inquiry) {
  with_exceptions<T>(inquiry, ", β = 0 and NaN in the result", [](Instance<T>& instance) {
    instance.set_scalars(T(1), T(0));
    instance.store();
    fill_stored_with_nan(instance.stored(instance.operation.outputs.front().operand));
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
      if (operand.layout.operand.name == output && keeps) continue;
      std::ranges::fill(operand.entries, some_nan<T>());
    }
    instance.store();
    return true;
  });
}

/// A NaN, or in real types an infinity, at one place of one factor after the other; no factor is zero.
template <class T>
void exceptional(const Inquiry& inquiry) {
  std::size_t turn = 0;
  with_exceptions<T>(inquiry, ", with a NaN or Inf", [&](Instance<T>& instance) {
    for (Stored<T>& operand : instance.operands) std::ranges::replace(operand.entries, T(0), T(1));
    Stored<T>& operand = instance.operands[turn++ % instance.operands.size()];
    const std::size_t row = turn * 5 % operand.layout.rows, col = turn * 3 % operand.layout.cols;
    if (operand.layout.is_zero(row, col) || operand.layout.is_one(row, col)) return false;
    const bool infinite = !is_complex<T> && turn / 2 % 2 == 0;
    operand(row, col) = infinite ? T(std::numeric_limits<Real<T>>::infinity()) : some_nan<T>();
    operand.store();
    // What is stored of a symmetric pair is the other one.
    instance.set_scalars(T(1), T(2));
    instance.store();
    return true;
  });
}

/// Operands between pages that nobody may touch.
template <class T>
class Guarded {
 public:
  /// "" or what was touched.
  std::string call_within(Instance<T>& instance, const blas::Interface& interface, bool at_end) {
    instance.places.clear();
    for (std::size_t i = 0; i < instance.operands.size(); ++i) {
      const std::vector<T>& memory = instance.operands[i].memory;
      const std::span<std::byte> room = places_.at(i).room();
      std::memset(room.data(), mark, room.size());
      std::byte* const begin = room.data() + (at_end ? room.size() - memory.size() * sizeof(T) : 0);
      std::memcpy(begin, memory.data(), memory.size() * sizeof(T));
      instance.places.push_back(reinterpret_cast<T*>(begin));
    }
    const void* const refused = refused_access([&] { instance.call(interface); });
    return refused != nullptr ? touched(instance, refused, at_end) : overrun(instance);
  }
  static constexpr std::size_t room_bytes = 1 << 18;

 private:
  static constexpr int mark = 0x5a;

  [[nodiscard]] std::string touched(const Instance<T>& instance, const void* address, bool at_end) const {
    for (std::size_t i = 0; i < instance.operands.size(); ++i) {
      if (places_.at(i).guards(address))
        return fmt::format("touched memory {} {}", at_end ? "after" : "before",
                           instance.operands[i].layout.operand.name);
    }
    return "touched memory far from every operand";
  }
  [[nodiscard]] std::string overrun(const Instance<T>& instance) const {
    for (std::size_t i = 0; i < instance.operands.size(); ++i) {
      const std::span<std::byte> room = places_.at(i).room();
      const auto* const begin = reinterpret_cast<const std::byte*>(instance.places[i]);
      const auto* const end = begin + instance.operands[i].memory.size() * sizeof(T);
      for (const std::byte& byte : room) {
        if ((&byte < begin || &byte >= end) && byte != std::byte{mark})
          return fmt::format("wrote outside of {}", instance.operands[i].layout.operand.name);
      }
    }
    return {};
  }
  std::array<GuardedMemory, 3> places_{GuardedMemory(room_bytes), GuardedMemory(room_bytes), GuardedMemory(room_bytes)};
};

template <class T>
void inside(const Inquiry& inquiry) {
  Guarded<T> guarded;
  std::vector<Choice> shapes = small_shapes(inquiry.operation);
  std::erase_if(shapes, [&shapes](const Choice& shape) { return (&shape - shapes.data()) % 7 != 0; });
  std::ranges::move(typical_shapes(inquiry.operation), std::back_inserter(shapes));
  for_calls(
      inquiry, shapes,
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(inquiry.operation, choice);
        instance.fill(inquiry.data, Inputs::normal);
        instance.store();
        for (const bool at_end : {true, false}) {
          const std::string fault = guarded.call_within(instance, interface, at_end);
          ++inquiry.found.n_compared;
          if (!fault.empty()) return inquiry.found.fail([&] { return instance.describe(interface) + ": " + fault; });
        }
      },
      30);
}

bool has_alpha(const Operation& operation) { return has_argument(operation, What::scalar, 'a'); }
/// α = 0 times one vector is 0·x, which IEEE 754 says.
bool scales(const Operation& operation) { return operation.name == "scal" || operation.name == "rscal"; }
bool has_beta(const Operation& operation) { return has_argument(operation, What::scalar, 'b'); }
bool any(const Operation&) { return true; }
bool adds(const Operation& operation) {
  return !operation.solves && operation.reduction != blas::Reduction::first_largest &&
         operation.reduction != blas::Reduction::first_smallest;
}
bool rounds(const Operation& operation) {
  return adds(operation) && operation.name != "copy" && operation.name != "swap";
}

constexpr const char* standard = "Basic Linear Algebra Subprograms Technical Forum Standard, ch. 2";
constexpr const char* reference = "reference BLAS 3.11";

}  // namespace

template <class T>
const std::vector<RoutineCheck>& routine_checks() {
  static const std::vector<RoutineCheck> all{
      {"exact_small", any, " is exact for integers, at every small shape; what is no result is left alone", standard,
       exact_small<T>},
      {"exact_large", any, " is exact for integers, around the sizes of vectors, kernels and blocks", standard,
       exact_large<T>},
      {"random_bound", [](const Operation& o) { return rounds(o) || o.solves; },
       ": |error| ≤ γ of the longest sum, times the sizes of what is added, entry by entry, worst case",
       "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.5), (3.13) and theorem 8.5",
       random_bound<T>},
      {"beta_zero", has_beta, " with β = 0 does not read the NaN that the result held", reference, beta_zero<T>},
      {"alpha_zero", [](const Operation& o) { return has_alpha(o) && !scales(o); },
       " with α = 0 reads no factor, which hold NaN", reference, alpha_zero<T>},
      {"exceptional", adds, ": a NaN or Inf reaches what depends on it, and nothing else", "IEEE 754-2019, 6.1 and 6.2",
       exceptional<T>},
      {"inside", any, ": nothing outside of the operands is touched, on either side", standard, inside<T>},
      {"large_counts", takes_long_vectors, " is exact for integers where one dimension is past 2¹⁶ or 2²³", standard,
       large_counts<T>},
      {"growth", adds_all, " of 10⁷ terms, uniform and positive: |error| ≤ 6.6·u·√Σsᵢ² of the partial sums, alpha 10⁻⁹",
       "Hoeffding's inequality; Higham and Mary, SIAM J. Sci. Comput. 41 (2019) A2815", growth<T>},
  };
  return all;
}

template const std::vector<RoutineCheck>& routine_checks<float>();
template const std::vector<RoutineCheck>& routine_checks<double>();
template const std::vector<RoutineCheck>& routine_checks<std::complex<float>>();
template const std::vector<RoutineCheck>& routine_checks<std::complex<double>>();

}  // namespace sqrtn::claims
