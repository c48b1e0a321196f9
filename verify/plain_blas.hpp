#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "sqrtn/blas/functions.hpp"

/// A BLAS as the standard's formulas read, in either layout: what no claim may find fault with, on any
/// machine, and what faults are planted in.
namespace sqrtn::verify {

/// Element (i, j) of op(X), X stored with leading dimension ld.
template <class T>
struct Stored {
  T* data;
  int ld;
  bool by_rows;  ///< consecutive elements of a row of op(X) are neighbours
  T& operator()(int i, int j) const {
    return by_rows ? data[std::ptrdiff_t{i} * ld + j] : data[std::ptrdiff_t{j} * ld + i];
  }
};
inline bool by_rows(int layout, int trans = 111) { return (layout == 101) == (trans == 111); }

/// Where a vector begins; of one with a negative increment that is its last place in memory.
template <class Pointer>
Pointer first_of(Pointer x, int n, int inc) {
  return inc < 0 ? x - std::ptrdiff_t{n - 1} * inc : x;
}

template <class T>
void plain_gemm(int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda, const T* b,
                int ldb, T beta, T* c, int ldc) {
  const Stored<const T> op_a{a, lda, by_rows(layout, trans_a)}, op_b{b, ldb, by_rows(layout, trans_b)};
  const Stored<T> out{c, ldc, by_rows(layout)};
  if (m == 0 || n == 0) return;
  // Term by term for a whole column of C, so that no sum waits for its last addition; op(A) is copied for that.
  const auto rows = static_cast<std::size_t>(m), terms = static_cast<std::size_t>(alpha == 0 ? 0 : k);
  std::vector<T> left(rows * terms), sums(rows);
  for (std::size_t p = 0; p < terms; ++p) {
    for (std::size_t i = 0; i < rows; ++i) left[p * rows + i] = op_a(static_cast<int>(i), static_cast<int>(p));
  }
  for (int j = 0; j < n; ++j) {
    std::ranges::fill(sums, T(0));
    for (std::size_t p = 0; p < terms; ++p) {
      const T factor = op_b(static_cast<int>(p), j);
      for (std::size_t i = 0; i < rows; ++i) sums[i] += left[p * rows + i] * factor;
    }
    for (int i = 0; i < m; ++i) {
      const T old = beta == 0 ? T(0) : beta * out(i, j);
      out(i, j) = alpha == 0 ? old : alpha * sums[static_cast<std::size_t>(i)] + old;
    }
  }
}

template <class T>
void plain_gemv(int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T beta, T* y,
                int incy) {
  if (m == 0 || n == 0) return;
  const bool turned = trans != 111;
  x = first_of(x, turned ? m : n, incx);
  y = first_of(y, turned ? n : m, incy);
  // y as a column of a row-major matrix.
  const Stored<const T> op_a{a, lda, by_rows(layout, trans)};
  for (int i = 0; i < (turned ? n : m); ++i) {
    T sum = 0;
    for (int p = 0; alpha != 0 && p < (turned ? m : n); ++p) sum += op_a(i, p) * x[std::ptrdiff_t{p} * incx];
    T& out = y[std::ptrdiff_t{i} * incy];
    const T old = beta == 0 ? T(0) : beta * out;
    out = alpha == 0 ? old : alpha * sum + old;
  }
}

template <class T>
void plain_ger(int layout, int m, int n, T alpha, const T* x, int incx, const T* y, int incy, T* a, int lda) {
  const Stored<T> out{a, lda, by_rows(layout)};
  x = first_of(x, m, incx);
  y = first_of(y, n, incy);
  for (int i = 0; alpha != 0 && i < m; ++i) {
    for (int j = 0; j < n; ++j) out(i, j) += alpha * (x[std::ptrdiff_t{i} * incx] * y[std::ptrdiff_t{j} * incy]);
  }
}

template <class T>
T plain_dot(int n, const T* x, int incx, const T* y, int incy) {
  T sum = 0;
  x = first_of(x, n, incx);
  y = first_of(y, n, incy);
  for (int i = 0; i < n; ++i) sum += x[std::ptrdiff_t{i} * incx] * y[std::ptrdiff_t{i} * incy];
  return sum;
}

/// Scaled by the power of two of the largest entry.
template <class T>
T plain_nrm2(int n, const T* x, int incx) {
  T largest = 0;
  for (int i = 0; i < n; ++i) {
    const T entry = std::abs(x[std::ptrdiff_t{i} * incx]);
    if (std::isnan(entry)) return entry;
    largest = std::max(largest, entry);
  }
  if (largest == 0 || std::isinf(largest)) return largest;
  int exponent = 0;
  std::frexp(largest, &exponent);
  T sum = 0;
  for (int i = 0; i < n; ++i) {
    const T entry = std::ldexp(x[std::ptrdiff_t{i} * incx], -exponent);
    sum += entry * entry;
  }
  return std::ldexp(std::sqrt(sum), exponent);
}

template <class T>
void plain_axpy(int n, T alpha, const T* x, int incx, T* y, int incy) {
  x = first_of(x, n, incx);
  y = first_of(y, n, incy);
  for (int i = 0; alpha != 0 && i < n; ++i) y[std::ptrdiff_t{i} * incy] += alpha * x[std::ptrdiff_t{i} * incx];
}

template <class T>
void plain_scal(int n, T alpha, T* x, int incx) {
  for (int i = 0; i < n; ++i) x[std::ptrdiff_t{i} * incx] *= alpha;
}

template <class T>
void plain_syrk(int layout, int uplo, int trans, int n, int k, T alpha, const T* a, int lda, T beta, T* c, int ldc) {
  const Stored<const T> op_a{a, lda, by_rows(layout, trans)};
  const Stored<T> out{c, ldc, by_rows(layout)};
  for (int i = 0; i < n; ++i) {
    for (int j = uplo == 121 ? i : 0; j < (uplo == 121 ? n : i + 1); ++j) {
      T sum = 0;
      for (int p = 0; alpha != 0 && p < k; ++p) sum += op_a(i, p) * op_a(j, p);
      const T old = beta == 0 ? T(0) : beta * out(i, j);
      out(i, j) = alpha == 0 ? old : alpha * sum + old;
    }
  }
}

/// Right sides are left ones of the transposed system.
template <class T>
void plain_trsm(int layout, int side, int uplo, int trans, int diag, int m, int n, T alpha, const T* a, int lda, T* b,
                int ldb) {
  const bool left = side == 141;
  const bool rows_of_a = by_rows(layout, trans) == left;
  const Stored<const T> op_a{a, lda, rows_of_a};
  const Stored<T> x{b, ldb, by_rows(layout) == left};
  const bool upper = ((uplo == 121) == (trans == 111)) == left;
  const int order = left ? m : n;
  for (int j = 0; j < (left ? n : m); ++j) {
    for (int step = 0; step < order; ++step) {
      const int i = upper ? order - 1 - step : step;
      T value = alpha == 0 ? T(0) : alpha * x(i, j);
      for (int p = upper ? i + 1 : 0; alpha != 0 && p < (upper ? order : i); ++p) value -= op_a(i, p) * x(p, j);
      x(i, j) = diag == 132 || alpha == 0 ? value : value / op_a(i, i);
    }
  }
}

inline blas::Functions plain_blas() {
  blas::Functions f;
  const auto fill = [](auto& of, auto zero) {
    using T = decltype(zero);
    of = {plain_gemm<T>, plain_gemv<T>, plain_ger<T>,  plain_dot<T>, plain_nrm2<T>,
          plain_axpy<T>, plain_scal<T>, plain_syrk<T>, plain_trsm<T>};
  };
  fill(f.f32, 0.0F);
  fill(f.f64, 0.0);
  return f;
}

}  // namespace sqrtn::verify
