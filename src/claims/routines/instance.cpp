#include "claims/routines/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "support/call_watch.hpp"

namespace sqrtn::claims {

using blas::Structure;
using What = blas::Argument::What;

namespace {

template <class T>
std::span<Real<T>> parts(std::vector<T>& numbers) {
  return {reinterpret_cast<Real<T>*>(numbers.data()), numbers.size() * (is_complex<T> ? 2 : 1)};
}

}  // namespace

template <class T>
Instance<T>::Instance(const blas::Operation& operation_, const Choice& choice_) : RoutineCall<T>(operation_, choice_) {
  for (const blas::Operand& operand : operation.operands) operands.emplace_back(operation, operand, choice);
  if (operation.operands.back().structure == Structure::rotation && !finds_rotation(operation))
    std::ranges::copy(this->rotation(), operands.back().entries.begin());
}

template <class T>
Stored<T>& Instance<T>::stored(char name) {
  return *std::ranges::find(operands, name, [](const Stored<T>& s) { return s.placement.operand.name; });
}
template <class T>
const Stored<T>& Instance<T>::stored(char name) const {
  return const_cast<Instance*>(this)->stored(name);
}

template <class T>
const Elements<T>& Instance<T>::before(char name) const {
  return before_[static_cast<std::size_t>(&stored(name) - operands.data())];
}

template <class T>
void Instance<T>::set_scalars(T alpha, T beta) {
  const auto fitting = [&](char name, const T& value) {
    if (!has_argument(operation, What::scalar, name)) return T(name == 'a' ? 1 : 0);
    return this->is_real(name) ? T(real_part(value)) : value;
  };
  this->alpha = fitting('a', alpha);
  this->beta = fitting('b', beta);
  this->offset = fitting('o', beta);
}

template <class T>
void Instance<T>::fill_integers(TestData& data) {
  if (operation.solves) return fill_integer_triangle(data);
  // |α|·Σ|a||b| + |β||c| ≤ 2^digits, sizes of complex numbers being up to two times those of their parts.
  const double parts_of_one = is_complex<T> ? 2 : 1, largest_scalar = 2;
  std::size_t n_terms = 1;
  bool same = false;
  for (const blas::Output& output : operation.outputs) {
    std::size_t n = 0;
    for (const blas::Term& term : output.terms) {
      n += shape(term.left)[1];
      same |= term.left.operand == term.right.operand || output.terms.size() > 1;
    }
    n_terms = std::max(n_terms, n);
  }
  constexpr int digits = std::numeric_limits<Real<T>>::digits;
  const double half = std::ldexp(1.0, (operation.adds_in_double ? std::numeric_limits<double>::digits : digits) - 1);
  const double root = std::sqrt(half / largest_scalar / parts_of_one / parts_of_one / static_cast<double>(n_terms));
  double share = same ? 1 : 4;  // A needs more digits than a unit of reduced precision has
  for (Stored<T>& operand : operands) {
    if (operand.placement.operand.structure == Structure::rotation) continue;
    const bool adds = std::ranges::any_of(operation.outputs, [&](const blas::Output& output) {
      return output.operand == operand.placement.operand.name && output.old != '0';
    });
    const bool is_factor = std::ranges::any_of(operation.outputs, [&](const blas::Output& output) {
      return std::ranges::any_of(output.terms, [&](const blas::Term& term) {
        return term.left.operand == operand.placement.operand.name ||
               term.right.operand == operand.placement.operand.name;
      });
    });
    // Few values, so that several are the largest.
    const bool is_search = operation.reduction != blas::Reduction::none;
    const double largest = is_search ? 4 : is_factor || !adds ? share * root : half / largest_scalar / parts_of_one;
    data.fill_integers<Real<T>>(parts(operand.entries), std::clamp(std::floor(largest), 1.0, std::ldexp(1.0, digits)));
    share = 1 / share;
  }
}

template <class T>
void Instance<T>::fill_integer_triangle(TestData& data) {
  Stored<T>& a = stored('A');
  data.fill_integers<Real<T>>(parts(a.entries), 2);
  for (std::size_t i = 0; i < a.placement.rows; ++i) {
    const Real<T> size = std::ldexp(Real<T>(i % 2 == 0 ? 1 : -1), static_cast<int>(i % 3) - 1);
    if constexpr (is_complex<T>)
      a(i, i) = i % 4 < 2 ? T(size, 0) : T(0, size);
    else
      a(i, i) = size;
  }
  a.store();
  Stored<T>& x = stored(operation.outputs.front().operand);
  data.fill_integers<Real<T>>(parts(x.entries), std::floor(std::ldexp(1.0, std::numeric_limits<Real<T>>::digits - 7) /
                                                           static_cast<double>(a.placement.rows)));
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
    data.fill<Real<T>>(parts(operand.entries), inputs);
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
  const auto entry_of = [this](const blas::Factor& factor, std::size_t i, std::size_t j) -> T& {
    Stored<T>& operand = stored(factor.operand);
    return turns(factor) ? operand(j, i) : operand(i, j);
  };
  const T opposite = -(1 + std::numeric_limits<Real<T>>::epsilon());
  for (std::size_t p = 1; p < shape(left)[1]; p += 2) {
    for (std::size_t i = 0; i < shape(left)[0]; ++i) entry_of(left, i, p) = entry_of(left, i, p - 1);
    if (left.operand == right.operand) continue;
    for (std::size_t j = 0; j < shape(right)[1]; ++j) entry_of(right, p, j) = opposite * entry_of(right, p - 1, j);
  }
}

template <class T>
void Instance<T>::store(Real<T> unset) {
  for (Stored<T>& operand : operands) {
    if (has_memory(operand.placement.operand)) operand.store(unset);
  }
  remember();
}

template <class T>
void Instance<T>::remember() {
  before_.clear();
  for (const Stored<T>& operand : operands) before_.push_back(operand.memory);
}

template <class T>
void Instance<T>::restore() {
  for (std::size_t i = 0; i < operands.size(); ++i) operands[i].memory = before_[i];
}

template <class T>
void Instance<T>::restore_results() {
  for (const blas::Output& output : operation.outputs) {
    if (output.operand == '=') continue;
    Stored<T>& results = holder(stored(output.operand));
    results.memory = before(results.placement.operand.name);
  }
}

template <class T>
void Instance<T>::call(const blas::Interface& interface) {
  if (!places.empty()) return RoutineCall<T>::call(interface);
  for (const Stored<T>& operand : operands) places.push_back(holder(operand).memory.data());
  RoutineCall<T>::call(interface);
  places.clear();
}

template <class T>
void Instance<T>::take(const Instance& other) {
  for (std::size_t which = 0; which < operands.size(); ++which) {
    Stored<T>& operand = operands[which];
    const Stored<T>& taken = other.operands[which];
    const char name = operand.placement.operand.name;
    const bool turned = (choice.transpose(name) == 'N') != (other.choice.transpose(name) == 'N');
    if (!turned || !has_op(operation, name)) {
      operand.entries = taken.entries;
      continue;
    }
    for (std::size_t i = 0; i < operand.placement.rows; ++i) {
      for (std::size_t j = 0; j < operand.placement.cols; ++j) operand(i, j) = taken(j, i);
    }
  }
  solution = other.solution;
  products_ = other.products_;
}

template <class T>
void Instance<T>::scale(int left, int right, int sum) {
  const auto multiply = [](std::vector<T>& entries, int exponent) {
    for (Real<T>& part : parts(entries)) part = std::ldexp(part, exponent);
  };
  const blas::Output& output = operation.outputs.front();
  const blas::Term& term = output.terms.front();
  for (Stored<T>& operand : operands) {
    const char name = operand.placement.operand.name;
    multiply(operand.entries, name == output.operand ? sum : name == term.left.operand ? left : right);
  }
  auto scaled = *products<T>();
  multiply(scaled.at(&term).value, left + right);
  products<T>() = std::make_shared<const decltype(scaled)>(std::move(scaled));
}

template <class T>
bool Instance<T>::turns(const blas::Factor& factor) const {
  return (factor.by_flag && choice.transpose(factor.operand) != 'N') != factor.transposed;
}

template <class T>
std::array<std::size_t, 2> Instance<T>::shape(const blas::Factor& factor) const {
  if (factor.operand == '1' || factor.operand == 'I') return {1, 1};
  const Placement& placement = stored(factor.operand).placement;
  if (turns(factor)) return {placement.cols, placement.rows};
  return {placement.rows, placement.cols};
}

template <class T>
T Instance<T>::entry(const blas::Factor& factor, std::size_t i, std::size_t j) const {
  if (factor.operand == '1' || factor.operand == 'I') return T(1);
  const Stored<T>& operand = stored(factor.operand);
  return part(factor, turns(factor) ? operand(j, i) : operand(i, j));
}

template class Instance<float>;
template class Instance<double>;
template class Instance<std::complex<float>>;
template class Instance<std::complex<double>>;

}  // namespace sqrtn::claims
