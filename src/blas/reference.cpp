#include "sqrtn/blas/reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace sqrtn::blas::reference {
namespace {

/// One entry: α·Σ products + β·c, and the same of absolute values. β = 0 does not read `c`.
template <class T>
struct Entry {
  Wide<T> sum = 0, absolute_sum = 0;

  void add(T a, T b) {
    const Wide<T> product = Wide<T>(a) * Wide<T>(b);
    sum += product;
    absolute_sum += std::abs(product);
  }
  [[nodiscard]] Wide<T> value(T alpha, T beta, const T& c) const {
    return Wide<T>(alpha) * sum + (beta == 0 ? 0 : Wide<T>(beta) * Wide<T>(c));
  }
  [[nodiscard]] Wide<T> magnitude(T alpha, T beta, const T& c) const {
    return std::abs(Wide<T>(alpha)) * absolute_sum + (beta == 0 ? 0 : std::abs(Wide<T>(beta) * Wide<T>(c)));
  }
};

template <class T>
T at(Op op, MatrixView<const T> a, std::size_t i, std::size_t j) {
  return op == Op::none ? a(i, j) : a(j, i);
}

}  // namespace

template <class T>
void gemm(Op trans_a, Op trans_b, T alpha, MatrixView<const T> a, MatrixView<const T> b, T beta, MatrixView<const T> c,
          MatrixView<Wide<T>> value, MatrixView<Wide<T>> magnitude) {
  // Sums of as many columns as registers hold; the order of each sum is that of k.
  constexpr std::size_t width = sizeof(T) == 4 ? 4 : 2;
  const std::size_t k = alpha == 0 ? 0 : trans_a == Op::none ? a.cols : a.rows;
  std::array<Entry<T>, width> tile;
  for (std::size_t i = 0; i < c.rows; ++i) {
    for (std::size_t first = 0; first < c.cols; first += width) {
      tile.fill({});
      const std::size_t cols = std::min(width, c.cols - first);
      if (cols == width && trans_b == Op::none) {
        for (std::size_t p = 0; p < k; ++p) {
          const T factor = at(trans_a, a, i, p);
          const T* const of_b = &b(p, first);
          for (std::size_t j = 0; j < width; ++j) tile[j].add(factor, of_b[j]);
        }
      } else {
        for (std::size_t p = 0; p < k; ++p) {
          for (std::size_t j = 0; j < cols; ++j) tile[j].add(at(trans_a, a, i, p), at(trans_b, b, p, first + j));
        }
      }
      for (std::size_t j = first; j < first + cols; ++j) {
        const Entry<T>& entry = tile[j - first];
        if (value.data != nullptr) value(i, j) = entry.value(alpha, beta, c(i, j));
        if (magnitude.data != nullptr) magnitude(i, j) = entry.magnitude(alpha, beta, c(i, j));
      }
    }
  }
}

template <class T>
void gemv(Op trans, T alpha, MatrixView<const T> a, VectorView<const T> x, T beta, VectorView<const T> y,
          VectorView<Wide<T>> value, VectorView<Wide<T>> magnitude) {
  const std::size_t inner = alpha == 0 ? 0 : x.size;
  const T y_factor = x.size == 0 ? T(1) : beta;
  for (std::size_t i = 0; i < y.size; ++i) {
    Entry<T> entry;
    for (std::size_t p = 0; p < inner; ++p) entry.add(at(trans, a, i, p), x[p]);
    if (value.data != nullptr) value[i] = entry.value(alpha, y_factor, y[i]);
    if (magnitude.data != nullptr) magnitude[i] = entry.magnitude(alpha, y_factor, y[i]);
  }
}

template <class T>
void ger(T alpha, VectorView<const T> x, VectorView<const T> y, MatrixView<const T> a, MatrixView<Wide<T>> value,
         MatrixView<Wide<T>> magnitude) {
  for (std::size_t i = 0; i < a.rows; ++i) {
    for (std::size_t j = 0; j < a.cols; ++j) {
      Entry<T> entry;
      if (alpha != 0) entry.add(x[i], y[j]);
      if (value.data != nullptr) value(i, j) = entry.value(alpha, T(1), a(i, j));
      if (magnitude.data != nullptr) magnitude(i, j) = entry.magnitude(alpha, T(1), a(i, j));
    }
  }
}

template <class T>
Scalar<T> dot(VectorView<const T> x, VectorView<const T> y) {
  Entry<T> entry;
  for (std::size_t i = 0; i < x.size; ++i) entry.add(x[i], y[i]);
  return {entry.sum, entry.absolute_sum};
}

template <class T>
Scalar<T> nrm2(VectorView<const T> x) {
  static_assert(std::numeric_limits<Wide<T>>::max_exponent > 4 * std::numeric_limits<T>::max_exponent,
                "the squares must neither overflow nor underflow");
  Wide<T> sum = 0;
  for (std::size_t i = 0; i < x.size; ++i) sum += Wide<T>(x[i]) * Wide<T>(x[i]);
  return {std::sqrt(sum), std::sqrt(sum)};
}

// NOLINTBEGIN(bugprone-macro-parentheses): T is a type
#define SQRTN_INSTANTIATE(T)                                                                                          \
  template void gemm<T>(Op, Op, T, MatrixView<const T>, MatrixView<const T>, T, MatrixView<const T>,                  \
                        MatrixView<Wide<T>>, MatrixView<Wide<T>>);                                                    \
  template void gemv<T>(Op, T, MatrixView<const T>, VectorView<const T>, T, VectorView<const T>, VectorView<Wide<T>>, \
                        VectorView<Wide<T>>);                                                                         \
  template void ger<T>(T, VectorView<const T>, VectorView<const T>, MatrixView<const T>, MatrixView<Wide<T>>,         \
                       MatrixView<Wide<T>>);                                                                          \
  template Scalar<T> dot<T>(VectorView<const T>, VectorView<const T>);                                                \
  template Scalar<T> nrm2<T>(VectorView<const T>);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace sqrtn::blas::reference
