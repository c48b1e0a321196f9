#include <algorithm>

#include "claims/routines/instance.hpp"

namespace sqrtn::claims {

using blas::Structure;

template <class T>
template <class A>
struct Instance<T>::Dense {
  std::size_t rows, cols;
  std::vector<A> entries;
  std::vector<char> is_zero = {};  ///< by its structure; empty: none is

  [[nodiscard]] bool skips(std::size_t at) const { return !is_zero.empty() && is_zero[at] != 0; }
};

template <class T>
template <class A>
typename Instance<T>::template Dense<A> Instance<T>::dense(const blas::Factor& factor) const {
  const auto [rows, cols] = shape(factor);
  Dense<A> all{rows, cols, std::vector<A>(rows * cols, A(1))};
  if (factor.operand == '1' || factor.operand == 'I') return all;
  const Stored<T>& operand = stored(factor.operand);
  const bool turned = turns(factor), has_zeros = operand.placement.operand.format == blas::Format::band ||
                                                 operand.placement.operand.structure == Structure::triangular;
  if (has_zeros) all.is_zero.resize(rows * cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      const std::size_t row = turned ? j : i, col = turned ? i : j;
      all.entries[i * cols + j] = convert<A>(part(factor, operand(row, col)));
      if (has_zeros) all.is_zero[i * cols + j] = operand.placement.is_zero(row, col) ? 1 : 0;
    }
  }
  return all;
}

template <class T>
template <class A>
Expected<A> Instance<T>::product(const blas::Term& term) const {
  if (term.right.operand == 'I') {
    Expected<A> all{dense<A>(term.left).entries, {}, 1};
    for (const A& entry : all.value) all.magnitude.push_back(size_of(entry));
    return all;
  }
  const bool exchanged = choice.side == 'r';
  Dense<A> left = dense<A>(exchanged ? term.right : term.left), right = dense<A>(exchanged ? term.left : term.right);
  if (term.right.operand == '1') right = {left.cols, 1, std::vector<A>(left.cols, A(1))};
  const std::size_t n = right.cols;
  Expected<A> all{std::vector<A>(left.rows * n), std::vector<Real<A>>(left.rows * n), left.cols};
  constexpr bool exact = std::is_same_v<A, T>;  // no bound is asked for then
  for (std::size_t i = 0; i < left.rows; ++i) {
    A* const row = all.value.data() + i * n;
    Real<A>* const sizes = all.magnitude.data() + i * n;
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
  }
  return all;
}

template <class T>
void Instance<T>::multiply() {
  products_.clear();
  for (const blas::Output& output : operation.outputs) {
    for (const blas::Term& term : output.terms) products_.emplace(&term, product<T>(term));
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
    if constexpr (std::is_same_v<A, T>) {
      if (const auto known = products_.find(&term); known != products_.end()) {
        sum.add(coefficient, known->second);
        continue;
      }
    }
    sum.add(coefficient, product<A>(term));
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
  template void Instance<T>::multiply();                                    \
  template Expected<T> Instance<T>::expected<T>(const blas::Output&) const; \
  template Expected<Wider<T>> Instance<T>::expected<Wider<T>>(const blas::Output&) const;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
