#include <algorithm>
#include <cmath>
#include <limits>

#include "claims/routines/halves.hpp"
#include "claims/routines/instance.hpp"

namespace sqrtn::claims {

using blas::Structure;

namespace {

/// The terms of the longest sum.
template <class T>
std::size_t most_terms(const Instance<T>& instance) {
  std::size_t most = 1;
  for (const blas::Output& output : instance.operation.outputs) {
    std::size_t n = 0;
    for (const blas::Term& term : output.terms) n += instance.shape(term.left)[1];
    most = std::max(most, n);
  }
  return most;
}

bool has_twin_factors(const blas::Operation& operation) {
  return std::ranges::any_of(operation.outputs, [](const blas::Output& output) {
    return std::ranges::any_of(output.terms, [&](const blas::Term& term) {
      return term.left.operand == term.right.operand || output.terms.size() > 1;
    });
  });
}

bool is_added_to(const blas::Operation& operation, char operand) {
  return std::ranges::any_of(
      operation.outputs, [=](const blas::Output& output) { return output.operand == operand && output.old != '0'; });
}

bool is_factor(const blas::Operation& operation, char operand) {
  return std::ranges::any_of(operation.outputs, [=](const blas::Output& output) {
    return std::ranges::any_of(output.terms, [=](const blas::Term& term) {
      return term.left.operand == operand || term.right.operand == operand;
    });
  });
}

}  // namespace

template <class T>
void Instance<T>::fill_integers(TestData& data) {
  if (operation.solves) return fill_integer_triangle(data);
  // |α|·Σ|a||b| + |β||c| ≤ 2^digits, sizes of complex numbers being up to two times those of their parts.
  const double parts_of_one = is_complex<T> ? 2 : 1, largest_scalar = 2;
  const auto n_terms = static_cast<double>(most_terms(*this));
  constexpr int digits = std::numeric_limits<Real<T>>::digits;
  const int digits_of_result = digits_of_outputs(operation, digits);
  const bool is_short = digits_of_result < digits;
  const double half =
      std::ldexp(1.0, (operation.adds_in_double ? std::numeric_limits<double>::digits : digits_of_result) - 1);
  const double root = std::sqrt(half / largest_scalar / parts_of_one / parts_of_one / n_terms);
  // A needs more digits than a unit of reduced precision has.
  double share = has_twin_factors(operation) || is_short ? 1 : 4;
  for (Stored<T>& operand : operands) {
    const blas::Operand& described = operand.placement.operand;
    if (described.structure == Structure::rotation) continue;
    const bool adds = is_added_to(operation, described.name);
    // Few values, so that several are the largest.
    const bool is_search = operation.reduction != blas::Reduction::none;
    const double largest = is_search                                       ? 4
                           : !adds || is_factor(operation, described.name) ? share * root
                                                                           : half / largest_scalar / parts_of_one;
    const int digits_of_one = described.half ? digits_of(*described.half) : digits;
    data.fill_integers<Real<T>>(parts_of(operand.entries),
                                std::clamp(std::floor(largest), 1.0, std::ldexp(1.0, digits_of_one)));
    share = 1 / share;
  }
  if (is_short) thin_out(static_cast<std::size_t>(half / largest_scalar));
}

/// Leaves so many terms of each sum, spread over all of it, another choice of them in each column.
template <class T>
void Instance<T>::thin_out(std::size_t most) {
  const blas::Factor& right = operation.outputs.front().terms.front().right;
  if (right.operand == '1') return;
  const auto [n_terms, cols] = shape(right);
  const std::size_t step = (n_terms + most - 1) / most;
  for (std::size_t p = 0; p < n_terms; ++p) {
    for (std::size_t j = 0; j < cols; ++j) {
      if (step > 1 && (p + j) % step != 0) entry_of(right, p, j) = T(0);
    }
  }
}

template <class T>
void Instance<T>::keep_terms(std::size_t step, std::size_t at_ends) {
  const blas::Term& term = operation.outputs.front().terms.front();
  const std::size_t n_terms = shape(term.left)[1];
  for (std::size_t p = at_ends; p + at_ends < n_terms; ++p) {
    if (p % step == 0) continue;
    for (std::size_t i = 0; i < shape(term.left)[0]; ++i) entry_of(term.left, i, p) = T(0);
    for (std::size_t j = 0; j < shape(term.right)[1]; ++j) entry_of(term.right, p, j) = T(0);
  }
}

template <class T>
void Instance<T>::fill_integer_triangle(TestData& data) {
  Stored<T>& a = stored('A');
  data.fill_integers<Real<T>>(parts_of(a.entries), 2);
  for (std::size_t i = 0; i < a.placement.rows; ++i) {
    const Real<T> size = std::ldexp(Real<T>(i % 2 == 0 ? 1 : -1), static_cast<int>(i % 3) - 1);
    if constexpr (is_complex<T>)
      a(i, i) = i % 4 < 2 ? T(size, 0) : T(0, size);
    else
      a(i, i) = size;
  }
  a.store();
  Stored<T>& x = stored(operation.outputs.front().operand);
  data.fill_integers<Real<T>>(
      parts_of(x.entries),
      std::floor(std::ldexp(1.0, std::numeric_limits<Real<T>>::digits - 7) / static_cast<double>(a.placement.rows)));
  set_right_side();
}

template <class T>
void Instance<T>::set_right_side() {
  Stored<T>& x = stored(operation.outputs.front().operand);
  solution = x.entries;
  x.entries = expected<T>(operation.outputs.front()).value;
}

template <class T>
void Instance<T>::fill(TestData& data, Inputs inputs) {
  for (Stored<T>& operand : operands) {
    if (operand.placement.operand.structure == Structure::rotation) continue;
    data.fill<Real<T>>(parts_of(operand.entries), inputs);
    if (operand.placement.operand.structure != Structure::triangular || !operation.solves) continue;
    const auto shrink = static_cast<Real<T>>(2 * std::sqrt(static_cast<double>(operand.placement.rows)));
    for (T& entry : operand.entries) entry /= shrink;
    for (std::size_t i = 0; i < operand.placement.rows; ++i) operand(i, i) = T(i % 2 == 0 ? 1 : -1);
  }
  if (inputs == Inputs::cancelling) pair_up();
}

/// Of a product without a conjugate: b(p, ·) → −b(p − 1, ·)(1 + 2u) and a(·, p) → a(·, p − 1) for odd p, as op makes
/// them. A product with itself has pairs that are equal.
template <class T>
void Instance<T>::pair_up() {
  const std::vector<blas::Term>& terms = operation.outputs.front().terms;
  if (terms.empty() || terms.front().right.operand == '1') return;
  const blas::Factor &left = terms.front().left, &right = terms.front().right;
  const T opposite = -(1 + std::numeric_limits<Real<T>>::epsilon());
  for (std::size_t p = 1; p < shape(left)[1]; p += 2) {
    for (std::size_t i = 0; i < shape(left)[0]; ++i) entry_of(left, i, p) = entry_of(left, i, p - 1);
    if (left.operand == right.operand) continue;
    for (std::size_t j = 0; j < shape(right)[1]; ++j) entry_of(right, p, j) = opposite * entry_of(right, p - 1, j);
  }
}

template <class T>
T& Instance<T>::entry_of(const blas::Factor& factor, std::size_t i, std::size_t j) {
  Stored<T>& operand = stored(factor.operand);
  return turns(factor) ? operand(j, i) : operand(i, j);
}

#define SQRTN_INSTANTIATE(T)                                       \
  template void Instance<T>::fill_integers(TestData&);             \
  template void Instance<T>::keep_terms(std::size_t, std::size_t); \
  template void Instance<T>::fill(TestData&, Inputs);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
