#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

/// A small BLAS that is right, and behaves as SQRTN_RUDE says: crash, hang, exit, print, started (with how many
/// threads, is printed), flood, rounding or threads (64 compute beside the first: so many have a second processor even
/// where other programs are at work). It is built with the C interface, with Fortran's alone, with half of the
/// functions, with 64-bit integers, and with names of every scheme.
namespace {

#if SQRTN_WIDE
using Int = std::int64_t;
#else
using Int = int;
#endif

/// Strides of a matrix, rows first.
struct Strides {
  long row, col;
};

Strides strides(bool row_major, bool transposed, Int ld) {
  return row_major == transposed ? Strides{1, ld} : Strides{ld, 1};
}

/// Where a vector with a negative stride begins.
template <class T>
T* first(T* x, Int n, Int incx) {
  return incx < 0 ? x - static_cast<long>(n - 1) * incx : x;
}

void misbehave() {
  static const char* variable = std::getenv("SQRTN_RUDE");
  const std::string_view how = variable == nullptr ? "" : variable;
  if (how == "crash") std::abort();
  if (how == "exit") std::exit(0);
  if (how == "print") std::cout << "hello from the library\n" << std::flush;
  if (const char* threads = std::getenv("OPENBLAS_NUM_THREADS"); how == "started") {
    std::cout << "started with " << (threads == nullptr ? "no number" : threads) << '\n' << std::flush;
  }
  if (how == "rounding") std::fesetround(FE_TOWARDZERO);
  if (how == "threads") {
    static std::vector<std::thread> others;
    while (others.size() < 64) {
      others.emplace_back([] {
        for (volatile bool busy = true; busy;) {
        }
      });
      others.back().detach();
    }
  }
  volatile bool forever = how == "hang" || how == "flood";  // a loop that does nothing might be left out
  while (forever) {
    if (how == "flood") std::cout << "again and again\n";
  }
}

template <class T>
void gemm(Int m, Int n, Int k, T alpha, const T* a, Strides sa, const T* b, Strides sb, T beta, T* c, Strides sc) {
  misbehave();
  if (m == 0 || n == 0) return;
  // Term by term for a whole column, so that no sum waits for its last addition.
  std::vector<T> sums(static_cast<std::size_t>(m));
  for (long j = 0; j < n; ++j) {
    std::fill(sums.begin(), sums.end(), T(0));
    for (long l = 0; l < k && alpha != 0; ++l) {
      const T factor = b[l * sb.row + j * sb.col];
      for (long i = 0; i < m; ++i) sums[static_cast<std::size_t>(i)] += a[i * sa.row + l * sa.col] * factor;
    }
    for (long i = 0; i < m; ++i) {
      T& entry = c[i * sc.row + j * sc.col];
      const T product = alpha == 0 ? 0 : alpha * sums[static_cast<std::size_t>(i)];
      entry = (beta == 0 ? 0 : beta == 1 ? entry : beta * entry) + product;
    }
  }
}

/// As the reference: nothing at all where the matrix is empty.
template <class T>
void gemv(Int m, Int n, T alpha, const T* a, Strides sa, const T* x, Int incx, T beta, T* y, Int incy) {
  if (m > 0 && n > 0) {
    gemm<T>(m, 1, n, alpha, a, sa, first(x, n, incx), {incx, 0}, beta, first(y, m, incy), {incy, 0});
  }
}

template <class T>
void ger(Int m, Int n, T alpha, const T* x, Int incx, const T* y, Int incy, T* a, Strides sa) {
  if (alpha != 0) gemm<T>(m, n, 1, alpha, first(x, m, incx), {incx, 0}, first(y, n, incy), {0, incy}, 1, a, sa);
}

template <class T>
T dot(Int n, const T* x, Int incx, const T* y, Int incy) {
  T sum = 0;
  if (n > 0) gemm<T>(1, 1, n, 1, first(x, n, incx), {0, incx}, first(y, n, incy), {incy, 0}, 0, &sum, {1, 1});
  return sum;
}

template <class T>
T nrm2(Int n, const T* x, Int incx) {
  using Wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
  Wide sum = 0;
  for (Int i = 0; i < n; ++i) sum += static_cast<Wide>(x[i * incx]) * x[i * incx];
  return static_cast<T>(std::sqrt(sum));
}

template <class T>
void axpy(Int n, T alpha, const T* x, Int incx, T* y, Int incy) {
  if (alpha != 0) {
    for (Int i = 0; i < n; ++i) first(y, n, incy)[i * incy] += alpha * first(x, n, incx)[i * incx];
  }
}

template <class T>
void scal(Int n, T alpha, T* x, Int incx) {
  for (Int i = 0; i < n; ++i) x[i * incx] *= alpha;
}

/// Where the largest absolute value stands first, counted from 0; 0 of nothing.
[[maybe_unused]] Int iamax(Int n, const float* x, Int incx) {
  Int largest = 0;
  for (Int i = 1; i < n; ++i) {
    if (std::abs(x[i * incx]) > std::abs(x[largest * incx])) largest = i;
  }
  return largest;
}

[[maybe_unused]] bool turned(const char* trans) { return *trans != 'N' && *trans != 'n'; }

}  // namespace

// What a naming scheme adds to a name.
#ifndef SQRTN_BEFORE
#define SQRTN_BEFORE
#endif
#ifndef SQRTN_AFTER
#if SQRTN_FORTRAN
#define SQRTN_AFTER _
#else
#define SQRTN_AFTER
#endif
#endif
#define SQRTN_PASTE(before, name, after) before##name##after
#define SQRTN_PASTE_EXPANDED(before, name, after) SQRTN_PASTE(before, name, after)
#define SQRTN_NAME(name) SQRTN_PASTE_EXPANDED(SQRTN_BEFORE, name, SQRTN_AFTER)

#if SQRTN_FORTRAN
#define SQRTN_GEMM(T, p)                                                                                             \
  void SQRTN_NAME(p##gemm)(const char* ta, const char* tb, const Int* m, const Int* n, const Int* k, const T* alpha, \
                           const T* a, const Int* lda, const T* b, const Int* ldb, const T* beta, T* c,              \
                           const Int* ldc) {                                                                         \
    gemm<T>(*m, *n, *k, *alpha, a, strides(false, turned(ta), *lda), b, strides(false, turned(tb), *ldb), *beta, c,  \
            strides(false, false, *ldc));                                                                            \
  }
#define SQRTN_REST(T, p)                                                                                              \
  void SQRTN_NAME(p##gemv)(const char* t, const Int* m, const Int* n, const T* alpha, const T* a, const Int* lda,     \
                           const T* x, const Int* incx, const T* beta, T* y, const Int* incy) {                       \
    gemv<T>(turned(t) ? *n : *m, turned(t) ? *m : *n, *alpha, a, strides(false, turned(t), *lda), x, *incx, *beta, y, \
            *incy);                                                                                                   \
  }                                                                                                                   \
  void SQRTN_NAME(p##ger)(const Int* m, const Int* n, const T* alpha, const T* x, const Int* incx, const T* y,        \
                          const Int* incy, T* a, const Int* lda) {                                                    \
    ger<T>(*m, *n, *alpha, x, *incx, y, *incy, a, strides(false, false, *lda));                                       \
  }                                                                                                                   \
  T SQRTN_NAME(p##dot)(const Int* n, const T* x, const Int* incx, const T* y, const Int* incy) {                      \
    return dot<T>(*n, x, *incx, y, *incy);                                                                            \
  }                                                                                                                   \
  T SQRTN_NAME(p##nrm2)(const Int* n, const T* x, const Int* incx) { return nrm2<T>(*n, x, *incx); }                  \
  void SQRTN_NAME(p##axpy)(const Int* n, const T* alpha, const T* x, const Int* incx, T* y, const Int* incy) {        \
    axpy<T>(*n, *alpha, x, *incx, y, *incy);                                                                          \
  }                                                                                                                   \
  void SQRTN_NAME(p##scal)(const Int* n, const T* alpha, T* x, const Int* incx) { scal<T>(*n, *alpha, x, *incx); }
#else
#define SQRTN_GEMM(T, p)                                                                                          \
  void SQRTN_NAME(cblas_##p##gemm)(int layout, int ta, int tb, Int m, Int n, Int k, T alpha, const T* a, Int lda, \
                                   const T* b, Int ldb, T beta, T* c, Int ldc) {                                  \
    const bool rows = layout == 101;                                                                              \
    gemm<T>(m, n, k, alpha, a, strides(rows, ta != 111, lda), b, strides(rows, tb != 111, ldb), beta, c,          \
            strides(rows, false, ldc));                                                                           \
  }
#define SQRTN_REST(T, p)                                                                                               \
  void SQRTN_NAME(cblas_##p##gemv)(int layout, int t, Int m, Int n, T alpha, const T* a, Int lda, const T* x,          \
                                   Int incx, T beta, T* y, Int incy) {                                                 \
    gemv<T>(t == 111 ? m : n, t == 111 ? n : m, alpha, a, strides(layout == 101, t != 111, lda), x, incx, beta, y,     \
            incy);                                                                                                     \
  }                                                                                                                    \
  void SQRTN_NAME(cblas_##p##ger)(int layout, Int m, Int n, T alpha, const T* x, Int incx, const T* y, Int incy, T* a, \
                                  Int lda) {                                                                           \
    ger<T>(m, n, alpha, x, incx, y, incy, a, strides(layout == 101, false, lda));                                      \
  }                                                                                                                    \
  T SQRTN_NAME(cblas_##p##dot)(Int n, const T* x, Int incx, const T* y, Int incy) {                                    \
    return dot<T>(n, x, incx, y, incy);                                                                                \
  }                                                                                                                    \
  T SQRTN_NAME(cblas_##p##nrm2)(Int n, const T* x, Int incx) { return nrm2<T>(n, x, incx); }                           \
  void SQRTN_NAME(cblas_##p##axpy)(Int n, T alpha, const T* x, Int incx, T* y, Int incy) {                             \
    axpy<T>(n, alpha, x, incx, y, incy);                                                                               \
  }                                                                                                                    \
  void SQRTN_NAME(cblas_##p##scal)(Int n, T alpha, T * x, Int incx) { scal<T>(n, alpha, x, incx); }
#endif

extern "C" {
SQRTN_GEMM(float, s)
SQRTN_GEMM(double, d)
#if !SQRTN_HALF
SQRTN_REST(float, s)
SQRTN_REST(double, d)
#endif
#if SQRTN_REPORTS
const char* SQRTN_NAME(openblas_get_config)() { return "OpenBLAS 0.0.1 USE64BITINT"; }
#endif
// The functions by which a caller can tell how wide the integers are, besides dot.
#if SQRTN_FORTRAN
void SQRTN_NAME(ilaver)(Int* major, Int* minor, Int* patch) { *major = 3, *minor = 11, *patch = 0; }
#endif
#if SQRTN_DOT_ALONE
#elif SQRTN_FORTRAN
Int SQRTN_NAME(isamax)(const Int* n, const float* x, const Int* incx) { return *n > 0 ? 1 + iamax(*n, x, *incx) : 0; }
#else
std::size_t SQRTN_NAME(cblas_isamax)(Int n, const float* x, Int incx) {
  return static_cast<std::size_t>(iamax(n, x, incx));
}
#endif
}
