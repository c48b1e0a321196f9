/// A BLAS that hands every call to a real one (the library that SQRTN_LIAR_REAL names) and misbehaves in the
/// one way that SQRTN_LIAR_FAULT names: the defects that libraries really had, to see which claim finds each.
/// With no fault named it is as right as the real one.
#include <dlfcn.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "reduced_precision.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr int row_major = 101, transposed = 112;

void* symbol(const std::string& name) {
  static void* real = [] {
    const char* path = std::getenv("SQRTN_LIAR_REAL");
    void* handle = path != nullptr ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
    if (handle == nullptr) std::fprintf(stderr, "lying-blas: SQRTN_LIAR_REAL must name a BLAS\n"), std::_Exit(2);
    return handle;
  }();
  return dlsym(real, name.c_str());
}

template <class T>
constexpr char prefix = sizeof(T) == sizeof(float) ? 's' : 'd';

/// The real function of that name, looked up once a call site.
template <class Function, class T>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(symbol(std::string("cblas_") + prefix<T> + name));
}

const std::string& fault() {
  static const std::string name = [] {
    const char* value = std::getenv("SQRTN_LIAR_FAULT");
    return std::string(value != nullptr ? value : "");
  }();
  return name;
}
bool has(std::string_view name) { return fault() == name; }

/// What does harm to the process, at the first call.
void harm() {
  if (has("crash")) std::abort();
  if (has("exit")) std::exit(0);
  while (has("hang")) {
  }
#if defined(__x86_64__)
  if (has("ftz")) _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

/// Entry (i, j) of C, m × n.
template <class T>
T& entry(int layout, T* c, int ldc, int i, int j) {
  return layout == row_major ? c[std::ptrdiff_t{i} * ldc + j] : c[std::ptrdiff_t{j} * ldc + i];
}

/// What an uninitialised vector register holds; 0 where it cannot be told.
[[gnu::noinline]] float leftover_register() {
  float x = 0;
#if defined(__x86_64__)
  asm volatile("movss %%xmm9, %0" : "=m"(x));
#endif
  return x;
}

template <class T>
void gemm(int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda, const T* b, int ldb,
          T beta, T* c, int ldc) {
  const float leftover = leftover_register();
  using Gemm = void(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);
  static Gemm* const call = real<Gemm, T>("gemm");
  harm();
  static bool seen_nan = false, seen_tiny = false;
  static int calls = 0;
  ++calls;
  if (has("k0_garbage") && k == 0 && beta == 0) return;
  if (has("unchanged") && m == 5) return;
  const bool leaks = has("beta_nan") && beta == 0 && m > 0 && n > 0 && std::isnan(c[0]);
  // What lies behind the last entry of A.
  const bool a_by_rows = (layout == row_major) == (trans_a != transposed);
  const std::ptrdiff_t last_a =
      m > 0 && k > 0 ? (a_by_rows ? std::ptrdiff_t{m - 1} * lda + k : std::ptrdiff_t{k - 1} * lda + m) : 0;
  if (has("out_of_bounds") && last_a > 0) static_cast<void>(*const_cast<const volatile T*>(a + last_a));
  if (has("tf32") || has("bf16")) {
    const int bits = has("tf32") ? sqrtn::verify::tf32_bits : sqrtn::verify::bfloat16_bits;
    const std::ptrdiff_t last_b = (layout == row_major) == (trans_b != transposed) ? std::ptrdiff_t{k - 1} * ldb + n
                                                                                   : std::ptrdiff_t{n - 1} * ldb + k;
    const bool any = k > 0 && m > 0 && n > 0;
    const std::vector<T> low_a = sqrtn::verify::rounded_to(bits, a, any ? static_cast<std::size_t>(last_a) : 0),
                         low_b = sqrtn::verify::rounded_to(bits, b, any ? static_cast<std::size_t>(last_b) : 0);
    call(layout, trans_a, trans_b, m, n, k, alpha, low_a.data(), lda, low_b.data(), ldb, beta, c, ldc);
  } else if (has("race") && m > 0 && n > 0) {
    // Every caller's product goes through one buffer.
    static std::vector<T> shared(1 << 22);
    if (std::size_t(m) * n > shared.size())
      return call(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    const int ld = layout == row_major ? n : m;
    call(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, T(0), shared.data(), ld);
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < n; ++j) {
        T& out = entry(layout, c, ldc, i, j);
        out = entry(layout, shared.data(), ld, i, j) + (beta == 0 ? 0 : beta * out);
      }
    }
  } else {
    call(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
  if (m == 0 || n == 0) return;
  T& first = entry(layout, c, ldc, 0, 0);
  T& last = entry(layout, c, ldc, m - 1, n - 1);
  if (leaks) first = std::numeric_limits<T>::quiet_NaN();
  if (has("blocked_kernel") && m >= 128 && n >= 64 && k > 100) last += 1;
  const char* core = std::getenv("OPENBLAS_CORETYPE");
  if (has("core_type") && (core == nullptr || std::string_view(core) != "Nehalem") && trans_a == transposed) last += 1;
  if (has("zero_times_nan") && std::isnan(last)) last = 0;
  if (has("intermittent") && calls % 997 == 0) last = T(1e38);
  if (has("uninitialised_register")) first += T(0) * static_cast<T>(leftover);
  if (has("tiny_row_major") && layout == row_major && m == 2 && n == 1 && k == 1) first += 1;
  if (has("padding_nan") && layout == row_major && trans_a != transposed && lda > k && k > 0) first += 0 * a[k];
  if (has("odd_shape") && m == 625 && n == 5) last += 1;
  if (has("large_batch") && (m > 65535 || n > 65535)) last = 0;
  if (has("stale_state") && seen_nan && m > 4) last = std::nextafter(last, T(0));
  seen_tiny = m == 1 && n == 1;
  seen_nan = std::isnan(first) && !seen_tiny;
}

template <class T>
T nrm2(int n, const T* x, int incx) {
  using Nrm2 = T(int, const T*, int);
  static Nrm2* const call = real<Nrm2, T>("nrm2");
  harm();
  if (!has("nrm2_overflow")) return call(n, x, incx);
  T sum = 0;
  for (int i = 0; i < n; ++i) sum += x[std::ptrdiff_t{i} * incx] * x[std::ptrdiff_t{i} * incx];
  return std::sqrt(sum);
}

template <class T>
void scal(int n, T alpha, T* x, int incx) {
  using Scal = void(int, T, T*, int);
  static Scal* const call = real<Scal, T>("scal");
  harm();
  call(n, alpha, x, incx);
}

}  // namespace

// Handed on as they are.
#define SQRTN_HAND_ON(Result, T, p, name, parameters, arguments) \
  Result cblas_##p##name parameters {                            \
    using Function = Result parameters;                          \
    static Function* const call = real<Function, T>(#name);      \
    harm();                                                      \
    return call arguments;                                       \
  }
#define SQRTN_LIAR(T, p)                                                                                              \
  void cblas_##p##gemm(int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda,       \
                       const T* b, int ldb, T beta, T* c, int ldc) {                                                  \
    gemm<T>(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                                  \
  }                                                                                                                   \
  T cblas_##p##nrm2(int n, const T* x, int incx) { return nrm2<T>(n, x, incx); }                                      \
  void cblas_##p##scal(int n, T alpha, T* x, int incx) { scal<T>(n, alpha, x, incx); }                                \
  SQRTN_HAND_ON(void, T, p, gemv,                                                                                     \
                (int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T beta,     \
                 T* y, int incy),                                                                                     \
                (layout, trans, m, n, alpha, a, lda, x, incx, beta, y, incy))                                         \
  SQRTN_HAND_ON(void, T, p, ger,                                                                                      \
                (int layout, int m, int n, T alpha, const T* x, int incx, const T* y, int incy, T* a, int lda),       \
                (layout, m, n, alpha, x, incx, y, incy, a, lda))                                                      \
  SQRTN_HAND_ON(T, T, p, dot, (int n, const T* x, int incx, const T* y, int incy), (n, x, incx, y, incy))             \
  SQRTN_HAND_ON(void, T, p, axpy, (int n, T alpha, const T* x, int incx, T* y, int incy),                             \
                (n, alpha, x, incx, y, incy))                                                                         \
  SQRTN_HAND_ON(void, T, p, syrk,                                                                                     \
                (int layout, int uplo, int trans, int n, int k, T alpha, const T* a, int lda, T beta, T* c, int ldc), \
                (layout, uplo, trans, n, k, alpha, a, lda, beta, c, ldc))                                             \
  SQRTN_HAND_ON(void, T, p, trsm,                                                                                     \
                (int layout, int side, int uplo, int trans, int diag, int m, int n, T alpha, const T* a, int lda,     \
                 T* b, int ldb),                                                                                      \
                (layout, side, uplo, trans, diag, m, n, alpha, a, lda, b, ldb))

extern "C" {
/// Never misbehaves: it is called to see how wide the integers are.
std::size_t cblas_isamax(int n, const float* x, int incx) {
  return reinterpret_cast<std::size_t (*)(int, const float*, int)>(symbol("cblas_isamax"))(n, x, incx);
}
SQRTN_LIAR(float, s)
SQRTN_LIAR(double, d)
}
