#include <fmt/format.h>

#include <atomic>
#include <cfenv>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "claims/products/checks.hpp"
#include "claims/products/findings.hpp"
#include "claims/promise.hpp"
#include "claims/routines/guarded.hpp"
#include "judge.hpp"

/// The judge of products: a BLAS that is as plain as its formulas passes every claim, and what is planted
/// in it is found. On no machine does that lean on an installed library, which may have defects of its own.
namespace sqrtn::verify {
namespace {

std::vector<std::string> ids_of_claims() {
  std::vector<std::string> ids;
  for (const claims::Claim& claim : claims::claims_of_the_nine()) ids.push_back(claim.id.substr(9));
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
  static std::vector<std::atomic<T>> shared(1 << 17);
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  const Stored<T> out{c, ldc, by_rows(layout)};
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) shared[i * n + j] = out(i, j);
  }
  std::this_thread::yield();  // a machine that is busy else lets each call through at once
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) out(i, j) = shared[i * n + j];
  }
}
template <class T>
void mix_up_large_products(SQRTN_GEMM) {
  static std::atomic<int> busy = 0;
  const bool is_large = m >= 256 && n >= 256 && k >= 256;
  if (is_large) ++busy;
  std::this_thread::yield();
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (is_large && busy-- > 1) c[0] += 1;
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
void read_c_when_empty(SQRTN_GEMM) {
  plain_gemm<T>(SQRTN_GEMM_ARGUMENTS);
  if (n == 0) static_cast<void>(*const_cast<const volatile T*>(c));
}
template <class T>
T norm_of_nothing(int n, const T* x, int incx) {
  return n == 0 ? T(1) : plain_nrm2<T>(n, x, incx);
}

const std::vector<Planted>& planted() {
  static const std::vector<Planted> all{
      {"reads_past_a", SQRTN_BOTH(gemm, read_past_a), {"gemm/f32/inside", "gemm/f64/inside"}, "touched memory after A"},
      {"writes_before_c", SQRTN_BOTH(gemm, write_before_c), {"gemm/f32/inside", "gemm/f64/inside"}, " before C"},
      {"remembers_nan",
       SQRTN_BOTH(gemm, remember_nan),
       {"gemm/f32/history", "gemm/f64/history"},
       "other bits than before, after "},
      {"shares_a_buffer",
       SQRTN_BOTH(gemm, share_a_buffer),
       {"all/f32/concurrent", "all/f64/concurrent"},
       " callers at once: "},
      {"mixes_up_large_products",
       SQRTN_BOTH(gemm, mix_up_large_products),
       {"all/f32/concurrent", "all/f64/concurrent"},
       "3 callers at once: "},
      {"drops_far_terms",
       SQRTN_BOTH(gemm, drop_far_terms),
       {"gemm/f32/precision", "gemm/f64/precision"},
       "terms whose factors lie far apart are lost"},
      {"rounds_downwards",
       SQRTN_BOTH(gemm, round_downwards),
       {"all/f32/environment", "all/f64/environment"},
       "the rounding mode is no longer to nearest"},
      {"mistakes_the_layout",
       SQRTN_BOTH(gemm, column_major_as_row_major),
       {"gemm/f32/exact_small"},
       "sgemm column-major "},
      {"writes_both_triangles",
       SQRTN_BOTH(syrk, write_both_triangles),
       {"syrk/f32/exact_small"},
       "in the triangle that is not used"},
      {"reads_a_diagonal_of_ones", SQRTN_BOTH(trsm, read_the_diagonal), {"trsm/f32/exact", "trsm/f64/bound"}, "trsm "},
      {"solves_to_a_few_digits",
       SQRTN_BOTH(trsm, solve_to_a_few_digits),
       {"trsm/f32/bound", "trsm/f64/bound"},
       "of the solution put back in"},
      {"reads_c_when_empty",
       SQRTN_BOTH(gemm, read_c_when_empty),
       {"gemm/f32/empty", "gemm/f64/empty"},
       "touched an operand"},
      {"has_a_norm_of_nothing",
       SQRTN_BOTH(nrm2, norm_of_nothing),
       {"nrm2/f32/empty", "nrm2/f64/empty"},
       "got 1, expected 0"},
  };
  return all;
}

class Judge : public testing::TestWithParam<Planted> {};
TEST_P(Judge, Finds) { expect_found(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Planted, Judge, testing::ValuesIn(planted()),
                         [](const testing::TestParamInfo<Planted>& info) { return info.param.name; });

// The number of threads that a library was last asked for.
int n_threads = 1;

/// A plain library of threads that loses a term where it has `wrong` threads.
claims::Subject threaded_subject(int wrong) {
  static int loses_at;
  loses_at = wrong;
  claims::Subject threaded = plain_subject();
  threaded.set_blas_threads = [](int n) { return n_threads = n; };
  threaded.products.f32.gemm = [](int layout, int trans_a, int trans_b, int m, int n, int k, float alpha,
                                  const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc) {
    plain_gemm(layout, trans_a, trans_b, m, n, n_threads == loses_at && m > 64 ? k - 1 : k, alpha, a, lda, b, ldb, beta,
               c, ldc);
  };
  return threaded;
}

TEST(Judge, FindsWhatSeveralThreadsLose) {
  EXPECT_EQ(result_of("all/f32/threaded", threaded_subject(0)).outcome.verdict, claims::Verdict::pass);
  const claims::Result result = result_of("all/f32/threaded", threaded_subject(4));
  EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail);
  EXPECT_NE(result.outcome.reason.find("4 threads"), std::string::npos) << result.outcome.reason;
}

TEST(Judge, FindsWhatRemainsOfSeveralThreads) {
  claims::Subject threaded = threaded_subject(0);
  threaded.products.f32.gemm = [](int layout, int trans_a, int trans_b, int m, int n, int k, float alpha,
                                  const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc) {
    static bool had_several = false;
    plain_gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    had_several |= n_threads > 1;
    if (had_several && n_threads == 1) c[0] = std::nextafter(c[0], 0.0F);
  };
  const claims::Result result = result_of("all/f32/threaded", threaded);
  EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail);
  EXPECT_NE(result.outcome.reason.find("other bits"), std::string::npos) << result.outcome.reason;
}

// Whether once in 17 calls or always, exact_large fails; only the first is a fault at random.
TEST(Judge, TellsWhatIsWrongAtRandom) {
  static int every, n_calls;
  claims::Subject wrong = plain_subject();
  wrong.products.f32.gemm = [](int layout, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a,
                               int lda, const float* b, int ldb, float beta, float* c, int ldc) {
    plain_gemm(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    if (std::size_t{1} * m * n * k > 1'000'000 && ++n_calls % every == 0) c[0] += 1;
  };
  for (const int each : {17, 1}) {
    every = each;
    n_calls = 0;
    const claims::Result result = result_of("gemm/f32/exact_large", wrong);
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail);
    EXPECT_EQ(result.outcome.at_random, each > 1) << result.outcome.reason;
    EXPECT_EQ(result.outcome.reason.starts_with("other when judged again: "), each > 1) << result.outcome.reason;
    const std::string as = each > 1 ? "products/gemm/f32/repeatable" : "products/gemm/f32/exact_large";
    EXPECT_EQ(claims::symptom_of(result), claims::symptom_of(as));
  }
}

TEST(GuardedOperand, TellsOfEveryByteBesideIt) {
  claims::GuardedOperand there(5000);
  const std::vector<std::byte> content(100, std::byte{7});
  for (const bool at_end : {true, false}) {
    std::byte* const begin = there.place(content, 8, at_end);
    EXPECT_FALSE(there.overrun());
    std::byte* const beyond = at_end ? begin - 1 : begin + 100;
    for (std::byte* const written : {beyond, at_end ? begin - 4000 : begin + 4000, begin + 92, begin + 99}) {
      const std::byte before = std::exchange(*written, std::byte{1});
      EXPECT_TRUE(there.overrun());
      *written = before;
    }
    begin[91] = std::byte{1};
    EXPECT_FALSE(there.overrun()) << "it belongs to the operand";
  }
}

TEST(Judge, SkipsWhatALibraryLacks) {
  claims::Subject bare = plain_subject();
  bare.products.f32.syrk = nullptr;
  const claims::Result result = result_of("syrk/f32/exact_small", bare);
  EXPECT_EQ(result.outcome.verdict, claims::Verdict::skipped);
  EXPECT_EQ(result.outcome.reason, "the library has no cblas_ssyrk");
}

TEST(Judge, FailsWhatComparedNothing) {
  for (const claims::Outcome& outcome :
       {claims::exact_outcome("", 0), claims::exact_outcome(claims::Findings{}), claims::bound_outcome({})}) {
    EXPECT_EQ(outcome.verdict, claims::Verdict::fail);
    EXPECT_EQ(outcome.reason, "nothing was compared");
  }
  EXPECT_EQ(claims::exact_outcome("", 1).verdict, claims::Verdict::pass);
  EXPECT_EQ(claims::exact_outcome("x is 2", 0).reason, "x is 2");
  // As where a library has no routine of one type.
  claims::Subject single = threaded_subject(0);
  single.products.f64 = {};
  for (const char* id : {"all/f64/environment", "all/f64/concurrent", "all/f64/threaded"}) {
    const claims::Result result = result_of(id, single);
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::fail) << claims::describe(result);
    EXPECT_EQ(result.outcome.reason, "nothing was compared");
  }
}

}  // namespace
}  // namespace sqrtn::verify
