#include <fmt/format.h>

#include <atomic>
#include <cfenv>
#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "plain_blas.hpp"
#include "verify.hpp"

/// The judge of products: a BLAS that is as plain as its formulas passes every claim, and what is planted
/// in it is found. On no machine does that lean on an installed library, which may have defects of its own.
namespace sqrtn::verify {
namespace {

claims::Subject plain_subject() { return claims::default_subject(plain_blas(), "plain"); }

claims::Result result_of(const std::string& id, const claims::Subject& judged) {
  for (const claims::Claim& claim : claims::product_claims(settings())) {
    if (claim.id == "products/" + id) return claims::run(claim, judged, settings());
  }
  throw std::out_of_range("no claim has the id products/" + id);
}

std::vector<std::string> ids_of_claims() {
  std::vector<std::string> ids;
  for (const claims::Claim& claim : claims::product_claims({})) ids.push_back(claim.id.substr(9));
  return ids;
}
std::string test_name(std::string id) {
  std::ranges::replace(id, '/', '_');
  return id;
}

class PlainBlas : public testing::TestWithParam<std::string> {};

TEST_P(PlainBlas, IsFoundRight) {
  const claims::Result result = result_of(GetParam(), plain_subject());
  if (result.outcome.verdict == claims::Verdict::skipped) GTEST_SKIP() << result.outcome.reason;
  EXPECT_EQ(result.outcome.verdict, claims::Verdict::pass) << claims::describe(result);
}
INSTANTIATE_TEST_SUITE_P(Judge, PlainBlas, testing::ValuesIn(ids_of_claims()),
                         [](const testing::TestParamInfo<std::string>& info) { return test_name(info.param); });

#define SQRTN_GEMM                                                                                              \
  int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T *a, int lda, const T *b, int ldb, \
      T beta, T *c, int ldc
#define SQRTN_GEMM_ARGUMENTS layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc

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
template <class T>
void read_past_a(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  const bool rows = by_rows(layout, trans_a);
  if (m == 0 || k == 0 || alpha == 0) return;
  const T* end = a + std::ptrdiff_t{rows ? m - 1 : k - 1} * lda + (rows ? k : m);
  static_cast<void>(*const_cast<const volatile T*>(end));
}
template <class T>
void write_before_c(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (m == 3 && n > 0) c[-1] = 1;
}
template <class T>
void remember_nan(SQRTN_GEMM) {
  static bool poisoned = false;
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (m == 0 || n == 0) return;
  if (poisoned && !std::isnan(c[0])) c[0] = std::nextafter(c[0], T(0));
  poisoned = std::isnan(c[0]);
}
template <class T>
void share_a_buffer(SQRTN_GEMM) {
  static std::vector<std::atomic<T>> shared(1 << 16);
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  const Stored<T> out{c, ldc, by_rows(layout)};
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) shared[i * n + j] = out(i, j);
  }
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) out(i, j) = shared[i * n + j];
  }
}
template <class T>
void drop_far_terms(SQRTN_GEMM) {
  T largest = 0;
  for (int p = 0; p < k && m > 0; ++p) {
    largest = std::max(largest, std::abs(Stored<const T>{a, lda, by_rows(layout, trans_a)}(0, p)));
  }
  std::vector<T> kept(m > 0 && k > 0 ? static_cast<std::size_t>(by_rows(layout, trans_a) ? m : k) * lda : 0);
  for (std::size_t e = 0; e < kept.size(); ++e) {
    kept[e] = std::abs(a[e]) < largest * std::numeric_limits<T>::epsilon() ? 0 : a[e];
  }
  plain_gemm<T>(layout, trans_a, trans_b, m, n, k, alpha, kept.data(), lda, b, ldb, beta, c, ldc);
}
template <class T>
void round_downwards(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  std::fesetround(FE_DOWNWARD);
}
template <class T>
void column_major_as_row_major(SQRTN_GEMM) {
  if (layout == 102 && m == n && n == k && lda == m && ldb == m && ldc == m) layout = 101;
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
}
template <class T>
void write_both_triangles(int layout, int uplo, int trans, int n, int k, T alpha, const T* a, int lda, T beta, T* c,
                          int ldc) {
  plain_syrk<T>(layout, uplo, trans, n, k, alpha, a, lda, beta, c, ldc);
  if (n > 4) plain_syrk<T>(layout, uplo == 121 ? 122 : 121, trans, n, k, alpha, a, lda, beta, c, ldc);
}
template <class T>
void read_the_diagonal(int layout, int side, int uplo, int trans, int, int m, int n, T alpha, const T* a, int lda, T* b,
                       int ldb) {
  plain_trsm<T>(layout, side, uplo, trans, 131, m, n, alpha, a, lda, b, ldb);
}
template <class T>
void solve_to_a_few_digits(int layout, int side, int uplo, int trans, int diag, int m, int n, T alpha, const T* a,
                           int lda, T* b, int ldb) {
  plain_trsm<T>(layout, side, uplo, trans, diag, m, n, alpha, a, lda, b, ldb);
  if (m > 0 && n > 0) b[0] *= T(1.0001);
}
template <class T>
void clear_at_0(int n, T alpha, T* x, int incx) {
  plain_scal<T>(n, alpha, x, incx);
  for (int i = 0; alpha == 0 && i < n; ++i) x[std::ptrdiff_t{i} * incx] = 0;
}

template <class T>
void read_c_when_empty(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (n == 0) static_cast<void>(*const_cast<const volatile T*>(c));
}
#undef SQRTN_GEMM
#undef SQRTN_GEMM_ARGUMENTS
template <class T>
T norm_of_nothing(int n, const T* x, int incx) {
  return n == 0 ? T(1) : plain_nrm2<T>(n, x, incx);
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
#undef SQRTN_TRSM
#undef SQRTN_TRSM_ARGUMENTS

struct Planted {
  std::string name;
  void (*plant)(blas::Functions&);
  std::vector<std::string> claims;  ///< each must find it
};
std::ostream& operator<<(std::ostream& out, const Planted& planted) { return out << planted.name; }

// NOLINTNEXTLINE(bugprone-macro-parentheses): names of a member and of a template
#define SQRTN_BOTH(entry, fault) [](blas::Functions& f) { f.f32.entry = fault<float>, f.f64.entry = fault<double>; }

const std::vector<Planted>& planted() {
  static const std::vector<Planted> all{
      {"reads_a_at_alpha_0", SQRTN_BOTH(gemm, read_a_at_alpha_0), {"gemm/f32/alpha_zero", "gemm/f64/alpha_zero"}},
      {"skips_zeros", SQRTN_BOTH(gemm, skip_zeros), {"gemm/f32/zero_factor", "gemm/f64/zero_factor"}},
      {"spreads_nan", SQRTN_BOTH(gemm, spread_nan), {"gemm/f32/exceptional", "gemm/f64/exceptional"}},
      {"flushes_subnormals", SQRTN_BOTH(gemm, flush_subnormals), {"gemm/f32/subnormals", "gemm/f64/subnormals"}},
      {"reads_past_a", SQRTN_BOTH(gemm, read_past_a), {"gemm/f32/inside", "gemm/f64/inside"}},
      {"writes_before_c", SQRTN_BOTH(gemm, write_before_c), {"gemm/f32/inside", "gemm/f64/inside"}},
      {"remembers_nan", SQRTN_BOTH(gemm, remember_nan), {"gemm/f32/history", "gemm/f64/history"}},
      {"shares_a_buffer", SQRTN_BOTH(gemm, share_a_buffer), {"all/f32/concurrent", "all/f64/concurrent"}},
      {"drops_far_terms", SQRTN_BOTH(gemm, drop_far_terms), {"gemm/f32/precision", "gemm/f64/precision"}},
      {"rounds_downwards", SQRTN_BOTH(gemm, round_downwards), {"all/f32/environment", "all/f64/environment"}},
      {"mistakes_the_layout", SQRTN_BOTH(gemm, column_major_as_row_major), {"gemm/f32/exact_small"}},
      {"writes_both_triangles", SQRTN_BOTH(syrk, write_both_triangles), {"syrk/f32/exact_small"}},
      {"reads_a_diagonal_of_ones", SQRTN_BOTH(trsm, read_the_diagonal), {"trsm/f32/exact", "trsm/f64/bound"}},
      {"solves_to_a_few_digits", SQRTN_BOTH(trsm, solve_to_a_few_digits), {"trsm/f32/bound", "trsm/f64/bound"}},
      {"reads_c_when_empty", SQRTN_BOTH(gemm, read_c_when_empty), {"gemm/f32/empty", "gemm/f64/empty"}},
      {"has_a_norm_of_nothing", SQRTN_BOTH(nrm2, norm_of_nothing), {"nrm2/f32/empty", "nrm2/f64/empty"}},
      {"solves_at_alpha_0", SQRTN_BOTH(trsm, solve_at_alpha_0), {"trsm/f32/alpha_zero", "trsm/f64/alpha_zero"}},
      {"solves_without_nan", SQRTN_BOTH(trsm, solve_without_nan), {"trsm/f32/exceptional", "trsm/f64/exceptional"}},
      {"solves_without_subnormals",
       SQRTN_BOTH(trsm, solve_without_subnormals),
       {"trsm/f32/subnormals", "trsm/f64/subnormals"}},
      {"clears_at_0", SQRTN_BOTH(scal, clear_at_0), {"scal/f32/zero_factor", "scal/f64/zero_factor"}},
  };
  return all;
}
#undef SQRTN_BOTH

class Judge : public testing::TestWithParam<Planted> {};

TEST_P(Judge, Finds) {
  claims::Subject faulty = plain_subject();
  GetParam().plant(faulty.products);
  for (const std::string& id : GetParam().claims) {
    const claims::Result result = result_of(id, faulty);
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail) << claims::describe(result);
    EXPECT_FALSE(result.outcome.reason.empty());
  }
}
INSTANTIATE_TEST_SUITE_P(Planted, Judge, testing::ValuesIn(planted()),
                         [](const testing::TestParamInfo<Planted>& info) { return info.param.name; });

TEST(Judge, SkipsWhatALibraryLacks) {
  claims::Subject bare = plain_subject();
  bare.products.f32.syrk = nullptr;
  const claims::Result result = result_of("syrk/f32/exact_small", bare);
  EXPECT_EQ(result.outcome.verdict, claims::Verdict::skipped);
  EXPECT_EQ(result.outcome.reason, "the library has no cblas_ssyrk");
}

}  // namespace
}  // namespace sqrtn::verify
