#include "sqrtn/blas/products.hpp"

#include <limits>
#include <string_view>

namespace sqrtn::blas {
namespace {

constexpr int row_major = 101;

constexpr int code(Op op) { return op == Op::none ? 111 : 112; }

int to_int(std::size_t value, std::string_view what) {
  require(value <= std::numeric_limits<int>::max(),
          "{} must fit the BLAS's 32-bit integers (at most 2147483647), got {}", what, value);
  return static_cast<int>(value);
}

template <class Function>
Function* loaded(Function* function) {
  require(function != nullptr, "there is no function for this product: load a BLAS first");
  return function;
}

void require_same(std::size_t left, std::size_t right, std::string_view what) {
  require(left == right, "{} must be equal, got {} and {}", what, left, right);
}

template <class T>
std::size_t rows(Op op, MatrixView<const T> a) {
  return op == Op::none ? a.rows : a.cols;
}
template <class T>
std::size_t cols(Op op, MatrixView<const T> a) {
  return op == Op::none ? a.cols : a.rows;
}

}  // namespace

template <class T>
void gemm(const Functions& blas, Op trans_a, Op trans_b, T alpha, MatrixView<const T> a, MatrixView<const T> b, T beta,
          MatrixView<T> c) {
  require_same(rows(trans_a, a), c.rows, "gemm: the rows of op(A) and of C");
  require_same(cols(trans_b, b), c.cols, "gemm: the columns of op(B) and of C");
  require_same(cols(trans_a, a), rows(trans_b, b), "gemm: the columns of op(A) and the rows of op(B)");
  loaded(blas.of<T>().gemm)(row_major, code(trans_a), code(trans_b), to_int(c.rows, "m"), to_int(c.cols, "n"),
                            to_int(cols(trans_a, a), "k"), alpha, a.data, to_int(a.ld, "lda"), b.data,
                            to_int(b.ld, "ldb"), beta, c.data, to_int(c.ld, "ldc"));
}

template <class T>
void gemv(const Functions& blas, Op trans, T alpha, MatrixView<const T> a, VectorView<const T> x, T beta,
          VectorView<T> y) {
  require_same(cols(trans, a), x.size, "gemv: the columns of op(A) and the entries of x");
  require_same(rows(trans, a), y.size, "gemv: the rows of op(A) and the entries of y");
  loaded(blas.of<T>().gemv)(row_major, code(trans), to_int(a.rows, "m"), to_int(a.cols, "n"), alpha, a.data,
                            to_int(a.ld, "lda"), x.data, to_int(x.stride, "incx"), beta, y.data,
                            to_int(y.stride, "incy"));
}

template <class T>
void ger(const Functions& blas, T alpha, VectorView<const T> x, VectorView<const T> y, MatrixView<T> a) {
  require_same(x.size, a.rows, "ger: the entries of x and the rows of A");
  require_same(y.size, a.cols, "ger: the entries of y and the columns of A");
  loaded(blas.of<T>().ger)(row_major, to_int(a.rows, "m"), to_int(a.cols, "n"), alpha, x.data, to_int(x.stride, "incx"),
                           y.data, to_int(y.stride, "incy"), a.data, to_int(a.ld, "lda"));
}

template <class T>
T dot(const Functions& blas, VectorView<const T> x, VectorView<const T> y) {
  require_same(x.size, y.size, "dot: the entries of x and of y");
  return loaded(blas.of<T>().dot)(to_int(x.size, "n"), x.data, to_int(x.stride, "incx"), y.data,
                                  to_int(y.stride, "incy"));
}

template <class T>
T nrm2(const Functions& blas, VectorView<const T> x) {
  return loaded(blas.of<T>().nrm2)(to_int(x.size, "n"), x.data, to_int(x.stride, "incx"));
}

template <class T>
void axpy(const Functions& blas, T alpha, VectorView<const T> x, VectorView<T> y) {
  require_same(x.size, y.size, "axpy: the entries of x and of y");
  loaded(blas.of<T>().axpy)(to_int(x.size, "n"), alpha, x.data, to_int(x.stride, "incx"), y.data,
                            to_int(y.stride, "incy"));
}

template <class T>
void scal(const Functions& blas, T alpha, VectorView<T> x) {
  loaded(blas.of<T>().scal)(to_int(x.size, "n"), alpha, x.data, to_int(x.stride, "incx"));
}

#define SQRTN_INSTANTIATE(T)                                                                                      \
  template void gemm<T>(const Functions&, Op, Op, T, MatrixView<const T>, MatrixView<const T>, T, MatrixView<T>); \
  template void gemv<T>(const Functions&, Op, T, MatrixView<const T>, VectorView<const T>, T, VectorView<T>);     \
  template void ger<T>(const Functions&, T, VectorView<const T>, VectorView<const T>, MatrixView<T>);             \
  template T dot<T>(const Functions&, VectorView<const T>, VectorView<const T>);                                  \
  template T nrm2<T>(const Functions&, VectorView<const T>);                                                      \
  template void axpy<T>(const Functions&, T, VectorView<const T>, VectorView<T>);                                 \
  template void scal<T>(const Functions&, T, VectorView<T>);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::blas
