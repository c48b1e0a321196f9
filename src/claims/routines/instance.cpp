#include "claims/routines/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "support/call_watch.hpp"

namespace sqrtn::claims {

using blas::Structure;
using What = blas::Argument::What;

template <class T>
template <class A>
struct Instance<T>::Dense {
  std::size_t rows, cols;
  std::vector<A> entries;
  std::vector<char> is_zero = {};  ///< by its structure; empty: none is

  [[nodiscard]] bool skips(std::size_t at) const { return !is_zero.empty() && is_zero[at] != 0; }
};

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
  // |α|·Σ|a||b| + |β||c| ≤ 2^digits, sizes of complex numbers being up to two times those of their parts.
  const double parts_of_one = is_complex<T> ? 2 : 1, largest_scalar = 2;
  std::size_t n_terms = 1;
  bool same = false;
  for (const blas::Output& output : operation.outputs) {
    std::size_t n = 0;
    for (const blas::Term& term : output.terms) {
      n += dense<T>(term.left).cols;
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
  if (operation.solves) fill_integer_triangle(data);
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
void Instance<T>::call(const blas::Interface& interface) {
  if (!places.empty()) return RoutineCall<T>::call(interface);
  for (const Stored<T>& operand : operands) places.push_back(holder(operand).memory.data());
  RoutineCall<T>::call(interface);
  places.clear();
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
  const bool conjugated = (factor.by_flag && choice.transpose(factor.operand) == 'C') != factor.conjugated;
  const Stored<T>& operand = stored(factor.operand);
  const T value = turns(factor) ? operand(j, i) : operand(i, j);
  return part_of(factor.part, conjugated ? conjugate(value) : value);
}

template <class T>
template <class A>
typename Instance<T>::template Dense<A> Instance<T>::dense(const blas::Factor& factor) const {
  const auto [rows, cols] = shape(factor);
  Dense<A> all{rows, cols, std::vector<A>(rows * cols)};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) all.entries[i * cols + j] = convert<A>(entry(factor, i, j));
  }
  if (factor.operand == '1' || factor.operand == 'I') return all;
  const Placement& placement = stored(factor.operand).placement;
  const blas::Operand& operand = placement.operand;
  if (operand.format != blas::Format::band && operand.structure != Structure::triangular) return all;
  all.is_zero.resize(rows * cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      all.is_zero[i * cols + j] = (turns(factor) ? placement.is_zero(j, i) : placement.is_zero(i, j)) ? 1 : 0;
    }
  }
  return all;
}

template <class T>
template <class A>
void Instance<T>::add_multiple(const Dense<A>& matrix, A coefficient, Expected<A>& sum) {
  sum.value.resize(matrix.entries.size());
  sum.magnitude.resize(matrix.entries.size());
  sum.n_terms += 1;
  for (std::size_t i = 0; i < matrix.entries.size(); ++i) {
    sum.value[i] += times(coefficient, matrix.entries[i]);
    sum.magnitude[i] += size_of(coefficient) * size_of(matrix.entries[i]);
  }
}

template <class T>
template <class A>
void Instance<T>::add_term(const blas::Term& term, A coefficient, Expected<A>& sum) const {
  if (term.right.operand == 'I') return add_multiple(dense<A>(term.left), coefficient, sum);
  const bool exchanged = choice.side == 'r';
  Dense<A> left = dense<A>(exchanged ? term.right : term.left), right = dense<A>(exchanged ? term.left : term.right);
  if (term.right.operand == '1') right = {left.cols, 1, std::vector<A>(left.cols, A(1))};
  const std::size_t n = right.cols;
  sum.value.resize(left.rows * n);
  sum.magnitude.resize(left.rows * n);
  sum.n_terms += left.cols;
  constexpr bool exact = std::is_same_v<A, T>;  // no bound is asked for then
  std::vector<A> row(n);
  std::vector<Real<A>> sizes(n);
  for (std::size_t i = 0; i < left.rows; ++i) {
    std::ranges::fill(row, A(0));
    std::ranges::fill(sizes, Real<A>(0));
    for (std::size_t p = 0; p < left.cols; ++p) {
      if (left.skips(i * left.cols + p)) continue;
      const A factor = left.entries[i * left.cols + p];
      const A* const of_right = right.entries.data() + p * n;
      if (right.is_zero.empty()) {
        for (std::size_t j = 0; j < n; ++j) row[j] += times(factor, of_right[j]);
      } else {
        for (std::size_t j = 0; j < n; ++j) {
          if (!right.skips(p * n + j)) row[j] += times(factor, of_right[j]);
        }
      }
      if (!exact) {
        const Real<A> size = size_of(factor);
        for (std::size_t j = 0; j < n; ++j) sizes[j] += size * size_of(of_right[j]);
      }
    }
    for (std::size_t j = 0; j < n; ++j) {
      sum.value[i * n + j] += times(coefficient, row[j]);
      sum.magnitude[i * n + j] += size_of(coefficient) * sizes[j];
    }
  }
}

template <class T>
template <class A>
Expected<A> Instance<T>::expected(const blas::Output& output) const {
  Expected<A> sum;
  for (const blas::Term& term : output.terms) {
    if (!is_complex<T> && term.left.part == blas::Factor::Part::imaginary) continue;
    const A coefficient = operation.solves ? A(1) : convert<A>(scalar(term.scalar));
    // α = 0 reads no factor, and neither does rotm where its flag says that there is nothing to do.
    const bool is_alpha = term.scalar == 'a' || term.scalar == 'A',
               is_of_rotation = term.scalar == 'q' || term.scalar == 'r';
    if ((is_alpha || is_of_rotation) && coefficient == A(0) && !operation.solves) {
      const std::size_t n = output.operand == '=' ? 1 : stored(output.operand).entries.size();
      sum.value.resize(n);
      sum.magnitude.resize(n);
      continue;
    }
    add_term<A>(term, coefficient, sum);
  }
  const A old = convert<A>(scalar(output.old));
  if (output.operand == '=' || old == A(0)) return sum;
  const std::vector<T>& entries = stored(output.operand).entries;
  sum.value.resize(entries.size());
  sum.magnitude.resize(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const A entry = convert<A>(entries[i]);
    sum.value[i] += times(old, entry);
    sum.magnitude[i] += size_of(old) * size_of(entry);
  }
  return sum;
}

#define SQRTN_INSTANTIATE(T)                                                \
  template class Instance<T>;                                               \
  template Expected<T> Instance<T>::expected<T>(const blas::Output&) const; \
  template Expected<Wider<T>> Instance<T>::expected<Wider<T>>(const blas::Output&) const;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
