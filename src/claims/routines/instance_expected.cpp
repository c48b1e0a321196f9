#include <algorithm>
#include <array>
#include <utility>

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

/// Row by row; no bound is asked for.
template <class T>
template <class A>
void Instance<T>::multiply_exactly(const Dense<A>& left, const Dense<A>& right, std::vector<A>& value) {
  const std::size_t n = right.cols;
  for (std::size_t i = 0; i < left.rows; ++i) {
    A* const row = value.data() + i * n;
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
    }
  }
}

/// Of finite numbers, two columns at a time, whose sums stay in registers.
template <class T>
template <class A>
void Instance<T>::multiply_with_sizes(const Dense<A>& left, const Dense<A>& right, Expected<A>& all) {
  const std::size_t n = right.cols;
  all.magnitude.resize(all.value.size());
  const auto add = [&]<std::size_t... columns>(std::index_sequence<columns...>, std::size_t i, std::size_t first) {
    std::array<A, sizeof...(columns)> sums{};
    std::array<Real<A>, sizeof...(columns)> sizes{};
    for (std::size_t p = 0; p < left.cols; ++p) {
      if (left.skips(i * left.cols + p)) continue;
      const A factor = left.entries[i * left.cols + p];
      const A* const of_right = right.entries.data() + p * n + first;
      if constexpr (is_complex<A>) {
        ((sums[columns] += times(factor, of_right[columns])), ...);
        ((sizes[columns] += size_of(factor) * size_of(of_right[columns])), ...);
      } else {
        const std::array<A, sizeof...(columns)> terms{factor * of_right[columns]...};
        ((sums[columns] += terms[columns]), ...);
        ((sizes[columns] += std::abs(terms[columns])), ...);
      }
    }
    ((all.value[i * n + first + columns] = sums[columns]), ...);
    ((all.magnitude[i * n + first + columns] = sizes[columns]), ...);
  };
  for (std::size_t i = 0; i < left.rows; ++i) {
    for (std::size_t first = 0; first + 1 < n; first += 2) add(std::make_index_sequence<2>(), i, first);
    if (n % 2 == 1) add(std::make_index_sequence<1>(), i, n - 1);
  }
}

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
  constexpr bool exact = std::is_same_v<A, T>;  // no bound is asked for then
  if (term.right.operand == 'I') {
    Expected<A> all{dense<A>(term.left).entries, {}, 1};
    if (!exact) std::ranges::transform(all.value, std::back_inserter(all.magnitude), size_of<A>);
    return all;
  }
  const bool exchanged = choice.side == 'r';
  Dense<A> left = dense<A>(exchanged ? term.right : term.left), right = dense<A>(exchanged ? term.left : term.right);
  if (term.right.operand == '1') right = {left.cols, 1, std::vector<A>(left.cols, A(1))};
  Expected<A> all{std::vector<A>(left.rows * right.cols), {}, left.cols};
  if constexpr (exact)
    multiply_exactly(left, right, all.value);
  else
    multiply_with_sizes(left, right, all);
  return all;
}

template <class T>
template <class A>
void Instance<T>::multiply() {
  std::map<const blas::Term*, Expected<A>> all;
  for (const blas::Output& output : operation.outputs) {
    for (const blas::Term& term : output.terms) all.emplace(&term, product<A>(term));
  }
  products<A>() = std::make_shared<const std::map<const blas::Term*, Expected<A>>>(std::move(all));
}

template <class T>
template <class A>
Expected<A> Instance<T>::expected(const blas::Output& output) const {
  constexpr bool exact = std::is_same_v<A, T>;
  Expected<A> sum;
  for (const blas::Term& term : output.terms) {
    if (!is_complex<T> && term.left.part == blas::Factor::Part::imaginary) continue;
    const A coefficient = operation.solves ? A(1) : convert<A>(scalar(term.scalar));
    // α = 0 reads no factor, unless it is what is scaled; neither does rotm where its flag says that there is nothing
    // to do.
    const bool is_alpha = (term.scalar == 'a' || term.scalar == 'A') && term.left.operand != output.operand,
               is_of_rotation = term.scalar == 'q' || term.scalar == 'r';
    if ((is_alpha || is_of_rotation) && coefficient == A(0) && !operation.solves) {
      const std::size_t n = output.operand == '=' ? 1 : stored(output.operand).entries.size();
      sum.value.resize(n);
      if (!exact) sum.magnitude.resize(n);
      continue;
    }
    if (const auto& known = std::get<Products<A>>(products_)) {
      sum.add(coefficient, known->at(&term));
      continue;
    }
    sum.add(coefficient, product<A>(term));
  }
  const A old = convert<A>(scalar(output.old));
  if (output.operand == '=' || old == A(0)) return sum;
  const std::vector<T>& entries = stored(output.operand).entries;
  sum.value.resize(entries.size());
  if (!exact) sum.magnitude.resize(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const A entry = convert<A>(entries[i]);
    sum.value[i] += times(old, entry);
    if (!exact) sum.magnitude[i] += size_of(old) * size_of(entry);
  }
  return sum;
}

#define SQRTN_INSTANTIATE(T)                                                \
  template void Instance<T>::multiply<T>();                                 \
  template void Instance<T>::multiply<Wider<T>>();                          \
  template Expected<T> Instance<T>::expected<T>(const blas::Output&) const; \
  template Expected<Wider<T>> Instance<T>::expected<Wider<T>>(const blas::Output&) const;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
