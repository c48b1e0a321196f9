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
  template Expected<T> Instance<T>::expected<T>(const blas::Output&) const; \
  template Expected<Wider<T>> Instance<T>::expected<Wider<T>>(const blas::Output&) const;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
