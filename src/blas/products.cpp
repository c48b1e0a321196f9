#include "sqrtn/blas/products.hpp"

#include <limits>
#include <utility>

namespace sqrtn::blas {
namespace {

constexpr int code(Layout layout) { return layout == Layout::row_major ? 101 : 102; }
constexpr int code(Op op) { return op == Op::none ? 111 : 112; }
constexpr int code(Triangle triangle) { return triangle == Triangle::upper ? 121 : 122; }
constexpr int code(Diagonal diagonal) { return diagonal == Diagonal::stored ? 131 : 132; }
constexpr int code(Side side) { return side == Side::left ? 141 : 142; }

constexpr Op other(Op op) { return op == Op::none ? Op::transpose : Op::none; }
constexpr Triangle other(Triangle triangle) { return triangle == Triangle::upper ? Triangle::lower : Triangle::upper; }
constexpr Side other(Side side) { return side == Side::left ? Side::right : Side::left; }

// What a call adds is a few comparisons: the messages are made out of line.
[[gnu::cold, gnu::noinline]] void refuse_large(std::size_t value, const char* what) {
  require(false, "{} must fit the BLAS's 32-bit integers (at most 2147483647), got {}", what, value);
}
[[gnu::cold, gnu::noinline]] void refuse_unequal(std::size_t left, std::size_t right, const char* what) {
  require(false, "{} must be equal, got {} and {}", what, left, right);
}
[[gnu::cold, gnu::noinline]] void refuse_missing() {
  require(false, "there is no function for this product: load a BLAS first");
}

inline int to_int(std::size_t value, const char* what) {
  if (value > static_cast<std::size_t>(std::numeric_limits<int>::max())) [[unlikely]]
    refuse_large(value, what);
  return static_cast<int>(value);
}

template <class Function>
inline Function* loaded(Function* function) {
  if (function == nullptr) [[unlikely]]
    refuse_missing();
  return function;
}

inline void require_same(std::size_t left, std::size_t right, const char* what) {
  if (left != right) [[unlikely]]
    refuse_unequal(left, right, what);
}

template <class T>
std::size_t rows(Op op, const MatrixView<const T>& a) {
  return op == Op::none ? a.rows : a.cols;
}
template <class T>
std::size_t cols(Op op, const MatrixView<const T>& a) {
  return op == Op::none ? a.cols : a.rows;
}

}  // namespace

template <class T>
void gemm(const Functions& blas, Op trans_a, Op trans_b, T alpha, const MatrixView<const T>& a,
          const MatrixView<const T>& b, T beta, const MatrixView<T>& c, Layout layout) {
  require_same(rows(trans_a, a), c.rows, "gemm: the rows of op(A) and of C");
  require_same(cols(trans_b, b), c.cols, "gemm: the columns of op(B) and of C");
  require_same(cols(trans_a, a), rows(trans_b, b), "gemm: the columns of op(A) and the rows of op(B)");
  int m = to_int(c.rows, "m"), n = to_int(c.cols, "n");
  const int k = to_int(cols(trans_a, a), "k");
  if (layout == Layout::column_major) {
    std::swap(m, n);
    std::swap(trans_a, trans_b);
  }
  // Column-major storage of C is row-major storage of Cᵀ = op(B)ᵀop(A)ᵀ.
  const MatrixView<const T>& left = layout == Layout::row_major ? a : b;
  const MatrixView<const T>& right = layout == Layout::row_major ? b : a;
  loaded(blas.of<T>().gemm)(code(layout), code(trans_a), code(trans_b), m, n, k, alpha, left.data,
                            to_int(left.ld, "lda"), right.data, to_int(right.ld, "ldb"), beta, c.data,
                            to_int(c.ld, "ldc"));
}

template <class T>
void gemv(const Functions& blas, Op trans, T alpha, const MatrixView<const T>& a, const VectorView<const T>& x, T beta,
          const VectorView<T>& y, Layout layout) {
  require_same(cols(trans, a), x.size, "gemv: the columns of op(A) and the entries of x");
  require_same(rows(trans, a), y.size, "gemv: the rows of op(A) and the entries of y");
  int m = to_int(a.rows, "m"), n = to_int(a.cols, "n");
  if (layout == Layout::column_major) {
    std::swap(m, n);
    trans = other(trans);
  }
  loaded(blas.of<T>().gemv)(code(layout), code(trans), m, n, alpha, a.data, to_int(a.ld, "lda"), x.data,
                            to_int(x.stride, "incx"), beta, y.data, to_int(y.stride, "incy"));
}

template <class T>
void ger(const Functions& blas, T alpha, const VectorView<const T>& x, const VectorView<const T>& y,
         const MatrixView<T>& a, Layout layout) {
  require_same(x.size, a.rows, "ger: the entries of x and the rows of A");
  require_same(y.size, a.cols, "ger: the entries of y and the columns of A");
  const VectorView<const T>& left = layout == Layout::row_major ? x : y;
  const VectorView<const T>& right = layout == Layout::row_major ? y : x;
  loaded(blas.of<T>().ger)(code(layout), to_int(left.size, "m"), to_int(right.size, "n"), alpha, left.data,
                           to_int(left.stride, "incx"), right.data, to_int(right.stride, "incy"), a.data,
                           to_int(a.ld, "lda"));
}

template <class T>
void syrk(const Functions& blas, Triangle triangle, Op trans, T alpha, const MatrixView<const T>& a, T beta,
          const MatrixView<T>& c, Layout layout) {
  require_same(c.rows, c.cols, "syrk: the rows and the columns of C");
  require_same(rows(trans, a), c.rows, "syrk: the rows of op(A) and of C");
  const int k = to_int(cols(trans, a), "k");
  if (layout == Layout::column_major) {
    triangle = other(triangle);
    trans = other(trans);
  }
  loaded(blas.of<T>().syrk)(code(layout), code(triangle), code(trans), to_int(c.rows, "n"), k, alpha, a.data,
                            to_int(a.ld, "lda"), beta, c.data, to_int(c.ld, "ldc"));
}

template <class T>
void trsm(const Functions& blas, Side side, Triangle triangle, Op trans, Diagonal diagonal, T alpha,
          const MatrixView<const T>& a, const MatrixView<T>& b, Layout layout) {
  require_same(a.rows, a.cols, "trsm: the rows and the columns of A");
  require_same(a.rows, side == Side::left ? b.rows : b.cols, "trsm: the order of A and B's dimension on that side");
  int m = to_int(b.rows, "m"), n = to_int(b.cols, "n");
  if (layout == Layout::column_major) {
    std::swap(m, n);
    side = other(side);
    triangle = other(triangle);
  }
  loaded(blas.of<T>().trsm)(code(layout), code(side), code(triangle), code(trans), code(diagonal), m, n, alpha, a.data,
                            to_int(a.ld, "lda"), b.data, to_int(b.ld, "ldb"));
}

template <class T>
T dot(const Functions& blas, const VectorView<const T>& x, const VectorView<const T>& y) {
  require_same(x.size, y.size, "dot: the entries of x and of y");
  return loaded(blas.of<T>().dot)(to_int(x.size, "n"), x.data, to_int(x.stride, "incx"), y.data,
                                  to_int(y.stride, "incy"));
}

template <class T>
T nrm2(const Functions& blas, const VectorView<const T>& x) {
  return loaded(blas.of<T>().nrm2)(to_int(x.size, "n"), x.data, to_int(x.stride, "incx"));
}

template <class T>
void axpy(const Functions& blas, T alpha, const VectorView<const T>& x, const VectorView<T>& y) {
  require_same(x.size, y.size, "axpy: the entries of x and of y");
  loaded(blas.of<T>().axpy)(to_int(x.size, "n"), alpha, x.data, to_int(x.stride, "incx"), y.data,
                            to_int(y.stride, "incy"));
}

template <class T>
void scal(const Functions& blas, T alpha, const VectorView<T>& x) {
  loaded(blas.of<T>().scal)(to_int(x.size, "n"), alpha, x.data, to_int(x.stride, "incx"));
}

#define SQRTN_INSTANTIATE(T)                                                                                    \
  template void gemm<T>(const Functions&, Op, Op, T, const MatrixView<const T>&, const MatrixView<const T>&, T, \
                        const MatrixView<T>&, Layout);                                                          \
  template void gemv<T>(const Functions&, Op, T, const MatrixView<const T>&, const VectorView<const T>&, T,     \
                        const VectorView<T>&, Layout);                                                          \
  template void ger<T>(const Functions&, T, const VectorView<const T>&, const VectorView<const T>&,             \
                       const MatrixView<T>&, Layout);                                                           \
  template void syrk<T>(const Functions&, Triangle, Op, T, const MatrixView<const T>&, T, const MatrixView<T>&, \
                        Layout);                                                                                \
  template void trsm<T>(const Functions&, Side, Triangle, Op, Diagonal, T, const MatrixView<const T>&,          \
                        const MatrixView<T>&, Layout);                                                          \
  template T dot<T>(const Functions&, const VectorView<const T>&, const VectorView<const T>&);                  \
  template T nrm2<T>(const Functions&, const VectorView<const T>&);                                             \
  template void axpy<T>(const Functions&, T, const VectorView<const T>&, const VectorView<T>&);                 \
  template void scal<T>(const Functions&, T, const VectorView<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::blas
