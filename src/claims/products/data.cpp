#include "claims/products/data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "sqrtn/random/fill.hpp"
#include "support/words.hpp"

namespace sqrtn::claims {

using blas::Op;

namespace {

/// b(p, ·) → −b(p − 1, ·)(1 + 2u) and a(·, p) → a(·, p − 1) for odd p.
template <class T>
void pair_up(Matrix<T>& a, Matrix<T>& b) {
  for (std::size_t p = 1; p < a.cols(); p += 2) {
    for (std::size_t i = 0; i < a.rows(); ++i) a(i, p) = a(i, p - 1);
    for (std::size_t j = 0; j < b.cols(); ++j) b(p, j) = -b(p - 1, j) * (1 + std::numeric_limits<T>::epsilon());
  }
}

}  // namespace

std::string_view to_string(Inputs inputs) {
  constexpr std::string_view words[] = {"integers", "normal", "positive", "cancelling", "scaled"};
  return word_of(inputs, words);
}

random::Stream TestData::next() {
  ++stream_.stream;
  return stream_;
}

template <class T>
void TestData::fill_integers(std::span<T> out, double largest) {
  Buffer<std::uint64_t> bits(out.size());
  random::fill_bits(next(), bits.span());
  const auto bound = static_cast<std::int64_t>(largest);
  const auto n_values = static_cast<std::uint64_t>(2 * bound + 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<T>(static_cast<std::int64_t>(bits[i] % n_values) - bound);
  }
}

template <class T>
void TestData::fill(std::span<T> out, Inputs inputs) {
  if (inputs == Inputs::positive) return random::fill_uniform<T>(next(), out, 0, 1);
  if (inputs != Inputs::scaled) return random::fill_normal<T>(next(), out, 0, 1);
  random::fill_uniform<T>(next(), out, -1, 1);
  Buffer<T> exponents(out.size());
  fill_integers(exponents.span(), sizeof(T) == sizeof(float) ? 30 : 300);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::ldexp(out[i], static_cast<int>(exponents[i]));
}

template <class T>
Problem<T>::Problem(const Product& product, const ProductShape& shape_, Inputs inputs_, TestData& data)
    : shape(shape_),
      inputs(inputs_),
      a(shape.m, shape.k),
      b(shape.k, shape.n),
      c(shape.m, shape.n),
      value(shape.m, shape.n),
      magnitude(shape.m, shape.n, shape.n, 0) {
  if (inputs == Inputs::integers) {
    // |α|·k·|a||b| + |β||c| ≤ 2^p for |α|, |β| ≤ 2, so every partial sum is exact. A has larger entries
    // than B, so that they need more digits than the 11 of a reduced-precision unit.
    const double quarter = std::ldexp(1.0, std::numeric_limits<T>::digits - 2);
    const double root = std::sqrt(quarter / static_cast<double>(std::max<std::size_t>(shape.k, 1)));
    const double share = product.routine == Routine::syrk ? 1 : 4;
    data.fill_integers(a.storage(), std::floor(share * root));
    data.fill_integers(b.storage(), std::floor(root / share));
    data.fill_integers(c.storage(), quarter);
  } else {
    data.fill(a.storage(), inputs);
    data.fill(b.storage(), inputs);
    data.fill(c.storage(), Inputs::normal);
    if (inputs == Inputs::cancelling) pair_up(a, b);
  }
  if (product.routine == Routine::syrk) b = stored(std::as_const(a).view(), Op::transpose, 0);
  // axpy has no factor B.
  if (product.routine == Routine::axpy) std::ranges::fill(b.storage(), T(1));
  multiply();
}

template <class T>
void multiply_exactly(MatrixView<const T> a, MatrixView<const T> b, MatrixView<blas::reference::Wide<T>> value) {
  std::vector<T> row(b.cols);
  for (std::size_t i = 0; i < a.rows; ++i) {
    std::ranges::fill(row, T(0));
    for (std::size_t p = 0; p < a.cols; ++p) {
      const T factor = a(i, p);
      const T* const of_b = b.data + p * b.ld;
      for (std::size_t j = 0; j < b.cols; ++j) row[j] += factor * of_b[j];
    }
    for (std::size_t j = 0; j < b.cols; ++j) value(i, j) = row[j];
  }
}

template <class T>
void Problem<T>::multiply() {
  if (inputs == Inputs::integers)
    return multiply_exactly(std::as_const(a).view(), std::as_const(b).view(), value.view());
  blas::reference::gemm<T>(Op::none, Op::none, 1, std::as_const(a).view(), std::as_const(b).view(), 0,
                           std::as_const(c).view(), value.view(), magnitude.view());
}

template <class T>
Matrix<T> stored(MatrixView<const T> matrix, Op op, std::size_t padding) {
  const std::size_t rows = op == Op::none ? matrix.rows : matrix.cols;
  const std::size_t cols = op == Op::none ? matrix.cols : matrix.rows;
  Matrix<T> result(rows, cols, std::max<std::size_t>(cols, 1) + padding, std::numeric_limits<T>::quiet_NaN());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) result(i, j) = op == Op::none ? matrix(i, j) : matrix(j, i);
  }
  return result;
}

#define SQRTN_INSTANTIATE(T)                                                                                         \
  template void TestData::fill_integers<T>(std::span<T>, double);                                                    \
  template void TestData::fill<T>(std::span<T>, Inputs);                                                             \
  template struct Problem<T>;                                                                                        \
  template void multiply_exactly<T>(MatrixView<const T>, MatrixView<const T>, MatrixView<blas::reference::Wide<T>>); \
  template Matrix<T> stored<T>(MatrixView<const T>, Op, std::size_t);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
