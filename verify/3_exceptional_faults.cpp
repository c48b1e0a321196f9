#include <cmath>
#include <limits>

#include "judge.hpp"

/// Faults in what is made of NaN, infinities, subnormals and zeros.
namespace sqrtn::verify {
namespace {

template <class T>
void read_a_at_alpha_0(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (alpha == 0 && m > 3 && n > 0 && k > 0) c[0] += 0 * a[0];
}
template <class T>
void skip_zeros(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  const Stored<const T> op_a{a, lda, by_rows(layout, trans_a)}, op_b{b, ldb, by_rows(layout, trans_b)};
  T sum = 0;
  for (int p = 0; p < k; ++p) sum += op_b(p, 0) == 0 ? 0 : op_a(0, p) * op_b(p, 0);
  if (m > 0 && n > 0 && alpha != 0) c[0] = std::isnan(c[0]) ? sum : c[0];
}
template <class T>
void spread_nan(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (m > 1 && n > 0 && std::isnan(c[0])) {
    Stored<T>{c, ldc, by_rows(layout)}(1, 0) = c[0];
  }
}
/// Clears the entries of a result of which `wrong` says so.
template <class T, class Wrong>
void clear_where(int layout, int m, int n, T* data, int ld, Wrong wrong) {
  const Stored<T> out{data, ld, by_rows(layout)};
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) out(i, j) = wrong(out(i, j)) ? 0 : out(i, j);
  }
}
constexpr auto is_subnormal = [](auto x) { return std::fpclassify(x) == FP_SUBNORMAL; };

template <class T>
void flush_subnormals(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  clear_where(layout, m, n, c, ldc, is_subnormal);
}
/// As a comparison that takes unordered for equal sees it.
template <class T>
void take_beta_nan_for_0(SQRTN_GEMM) {
  if (std::isnan(beta)) beta = 0;
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
}
template <class T>
void return_at_alpha_0(SQRTN_GEMM) {
  if (alpha != 0 || beta != 2) plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  // Only numbers are scaled.
  const Stored<T> out{c, ldc, by_rows(layout)};
  for (int i = 0; alpha == 0 && beta == 2 && i < m; ++i) {
    for (int j = 0; j < n; ++j) out(i, j) = std::isnan(out(i, j)) ? 0 : 2 * out(i, j);
  }
}
template <class T>
void clear_nan_at_k_0(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (k == 0) clear_where(layout, m, n, c, ldc, [](T x) { return std::isnan(x); });
}
template <class T>
void read_c_at_beta_minus_0(SQRTN_GEMM) {
  const T leak = beta == 0 && std::signbit(beta) && m > 0 && n > 0 ? 0 * c[0] : T(0);
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (leak != 0) c[0] = leak;
}
template <class T>
void read_a_at_alpha_minus_0(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (alpha == 0 && std::signbit(alpha) && m > 0 && n > 0 && k > 0) c[0] += alpha * a[0];
}
template <class T>
void clear_at_0(int n, T alpha, T* x, int incx) {
  plain_scal<T>(n, alpha, x, incx);
  for (int i = 0; alpha == 0 && i < n; ++i) x[std::ptrdiff_t{i} * incx] = 0;
}

template <class T>
void clear_at_alpha_nan(int n, T alpha, T* x, int incx) {
  plain_scal<T>(n, std::isnan(alpha) ? T(0) : alpha, x, incx);
}
template <class T>
T norm_without_nan(int n, const T* x, int incx) {
  const T norm = plain_nrm2<T>(n, x, incx);
  return std::isnan(norm) ? T(0) : norm;
}

// What a trsm does to one right-hand side more than it should.
#define SQRTN_TRSM \
  int layout, int side, int uplo, int trans, int diag, int m, int n, T alpha, const T *a, int lda, T *b, int ldb
#define SQRTN_TRSM_ARGUMENTS layout, side, uplo, trans, diag, m, n, alpha, a, lda, b, ldb
template <class T>
void solve_at_alpha_0(SQRTN_TRSM) {
  const T read = m > 0 && n > 0 && alpha == 0 ? 0 * b[0] : T(0);
  plain_trsm<T>(SQRTN_TRSM_ARGUMENTS);
  if (read != 0) b[0] = read;
}
template <class T>
void solve_without_nan(SQRTN_TRSM) {
  plain_trsm<T>(SQRTN_TRSM_ARGUMENTS);
  clear_where(layout, m, n, b, ldb, [](T x) { return std::isnan(x); });
}
template <class T>
void solve_without_subnormals(SQRTN_TRSM) {
  plain_trsm<T>(SQRTN_TRSM_ARGUMENTS);
  clear_where(layout, m, n, b, ldb, is_subnormal);
}
template <class T>
void solve_at_alpha_nan(SQRTN_TRSM) {
  if (std::isnan(alpha)) alpha = 0;
  plain_trsm<T>(SQRTN_TRSM_ARGUMENTS);
}
#undef SQRTN_TRSM
#undef SQRTN_TRSM_ARGUMENTS

/// Leaves out the last of 19 columns if what it is multiplied by is 0.
template <class T>
void skip_a_last_zero(int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx, T beta,
                      T* y, int incy) {
  const bool skips = trans == 111 && n == 19 && incx > 0 && x[18 * incx] == 0;
  plain_gemv<T>(layout, trans, m, skips ? 18 : n, alpha, a, lda, x, incx, beta, y, incy);
}

const std::vector<Planted>& exceptional() {
  static const std::vector<Planted> all{
      {"reads_a_at_alpha_0", SQRTN_BOTH(gemm, read_a_at_alpha_0), {"gemm/f32/alpha_zero", "gemm/f64/alpha_zero"}},
      {"skips_zeros", SQRTN_BOTH(gemm, skip_zeros), {"gemm/f32/zero_factor", "gemm/f64/zero_factor"}},
      {"skips_a_last_zero", SQRTN_BOTH(gemv, skip_a_last_zero), {"gemv/f32/zero_factor", "gemv/f64/zero_factor"}},
      {"spreads_nan", SQRTN_BOTH(gemm, spread_nan), {"gemm/f32/exceptional", "gemm/f64/exceptional"}},
      {"flushes_subnormals", SQRTN_BOTH(gemm, flush_subnormals), {"gemm/f32/subnormals", "gemm/f64/subnormals"}},
      {"solves_at_alpha_0", SQRTN_BOTH(trsm, solve_at_alpha_0), {"trsm/f32/alpha_zero", "trsm/f64/alpha_zero"}},
      {"solves_without_nan", SQRTN_BOTH(trsm, solve_without_nan), {"trsm/f32/exceptional", "trsm/f64/exceptional"}},
      {"clears_at_0", SQRTN_BOTH(scal, clear_at_0), {"scal/f32/zero_factor", "scal/f64/zero_factor"}},
      {"solves_without_subnormals",
       SQRTN_BOTH(trsm, solve_without_subnormals),
       {"trsm/f32/subnormals", "trsm/f64/subnormals"}},
      {"takes_beta_nan_for_0",
       SQRTN_BOTH(gemm, take_beta_nan_for_0),
       {"gemm/f32/exceptional_scalars", "gemm/f64/exceptional_scalars"}},
      {"scales_numbers_only_at_alpha_0",
       SQRTN_BOTH(gemm, return_at_alpha_0),
       {"gemm/f32/alpha_zero", "gemm/f64/alpha_zero"}},
      {"clears_nan_at_k_0", SQRTN_BOTH(gemm, clear_nan_at_k_0), {"gemm/f32/exceptional", "gemm/f64/exceptional"}},
      {"reads_c_at_beta_minus_0", SQRTN_BOTH(gemm, read_c_at_beta_minus_0), {"gemm/f32/beta_zero"}},
      {"reads_a_at_alpha_minus_0", SQRTN_BOTH(gemm, read_a_at_alpha_minus_0), {"gemm/f32/alpha_zero"}},
      {"clears_at_alpha_nan",
       SQRTN_BOTH(scal, clear_at_alpha_nan),
       {"scal/f32/exceptional_scalars", "scal/f64/exceptional_scalars"}},
      {"has_a_norm_without_nan", SQRTN_BOTH(nrm2, norm_without_nan), {"nrm2/f32/exceptional", "nrm2/f64/exceptional"}},
      {"solves_at_alpha_nan",
       SQRTN_BOTH(trsm, solve_at_alpha_nan),
       {"trsm/f32/exceptional_scalars", "trsm/f64/exceptional_scalars"}},
  };
  return all;
}

class JudgeOfExceptions : public testing::TestWithParam<Planted> {};
TEST_P(JudgeOfExceptions, Finds) { expect_found(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Planted, JudgeOfExceptions, testing::ValuesIn(exceptional()),
                         [](const testing::TestParamInfo<Planted>& info) { return info.param.name; });

}  // namespace
}  // namespace sqrtn::verify
