#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "blas/c_functions.hpp"
#include "blas/coverage.hpp"
#include "verify.hpp"

/// What a library with 64-bit integers is handed, and how the width is read back from functions.
namespace sqrtn::verify {
namespace {

std::vector<std::int64_t> seen;

float wide_dot(std::int64_t n, const float* /*x*/, std::int64_t incx, const float* /*y*/, std::int64_t incy) {
  seen = {n, incx, incy};
  return 0;
}

// A caller of 32 bits leaves the upper halves of registers and of places on the stack open.
void wide_trsm(int layout, int side, int uplo, int trans, int diag, std::int64_t m, std::int64_t n, double /*alpha*/,
               const double* /*a*/, std::int64_t lda, double* /*b*/, std::int64_t ldb) {
  seen = {layout, side, uplo, trans, diag, m, n, lda, ldb};
}

float narrow_dot(int n, const float* /*x*/, int incx, const float* /*y*/, int incy) {
  return static_cast<float>(n * incx * incy);
}

float idle_dot(int, const float*, int, const float*, int) { return 0; }

// A negative number shows whether all 64 bits were written.
TEST(WideIntegers, ArePassedInWhole) {
  const blas::SymbolLookup look_up = [](const std::string& name) -> void* {
    if (name == "cblas_sdot64_") return reinterpret_cast<void*>(wide_dot);
    return name == "cblas_dtrsm64_" ? reinterpret_cast<void*>(wide_trsm) : nullptr;
  };
  const blas::Functions functions = blas::c_functions(look_up, {"", "64_", "_64_"}, 64).functions;
  ASSERT_NE(functions.f32.dot, nullptr);
  functions.f32.dot(-3, nullptr, -1, nullptr, -2);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{-3, -1, -2}));
  functions.f64.trsm(101, 141, 121, 111, 131, -4, -5, 1, nullptr, -6, nullptr, -7);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{101, 141, 121, 111, 131, -4, -5, -6, -7}));
  EXPECT_EQ(functions.f32.gemm, nullptr) << "the library has none";
}

TEST(WideIntegers, AreToldByWhatFunctionsReadAndNotByNames) {
  const blas::Naming naming{"", "64_", "_64_"};
  const auto width_with = [&naming](void* dot) {
    return blas::probe_integer_bits([dot](const std::string& name) { return name == "cblas_sdot64_" ? dot : nullptr; },
                                    naming, true);
  };
  EXPECT_EQ(width_with(reinterpret_cast<void*>(narrow_dot)), 32);
  EXPECT_EQ(width_with(reinterpret_cast<void*>(idle_dot)), 0) << "what never counts tells nothing";
  EXPECT_EQ(width_with(nullptr), 0);
}

using Symbols = std::set<std::string, std::less<>>;
using Words = std::vector<std::string>;

TEST(Coverage, TellsWhatIsExportedAndNotDescribed) {
  const blas::Coverage coverage =
      blas::coverage_of({"cblas_dgemm", "dgemm_", "cblas_zdotu_sub", "cblas_zdotu", "cblas_drotg", "drotg_", "srotg_",
                         "cblas_icmax", "dsdot_", "sbgemm_", "sbgemmt_", "domatcopy_", "dgetrf_", "cblas_xerbla",
                         "cblas_new", "cblas_D\033[31m", "openblas_get_config"},
                        {"", "", "_"});
  EXPECT_EQ(coverage.n_described, 6U) << "dgemm, zdotu, drotg, srotg, dsdot, sbgemm";
  EXPECT_EQ(coverage.not_described, (Words{"domatcopy", "icmax", "new", "sbgemmt"}));
}

TEST(Coverage, ReadsNamesByTheirScheme) {
  const blas::Naming numpy{"scipy_", "64_", "_64_"};
  const Symbols symbols{"scipy_cblas_dgemm64_", "scipy_cblas_icmax64_", "scipy_sbgemmt_64_", "cblas_drotg", "drotg_"};
  const blas::Coverage coverage = blas::coverage_of(symbols, numpy);
  EXPECT_EQ(coverage.n_described, 1U);
  EXPECT_EQ(coverage.not_described, (Words{"icmax", "sbgemmt"}));
}

TEST(Coverage, TellsOfSecondNamesByTheirEnding) {
  const blas::Coverage coverage = blas::coverage_of({"cblas_dgemm", "cblas_dgemm_64", "cblas_dgemm_64_", "cblas_dgemm_",
                                                     "cblas_new", "cblas_new_64", "cblas_alone_64"},
                                                    {"", "", "_"});
  EXPECT_EQ(coverage.not_described, (Words{"..._", "..._64", "..._64_", "alone_64", "new"}));
}

TEST(Coverage, FortransComplexFunctionsAreJudgedWhereCsAreMissing) {
  const blas::Coverage coverage = blas::coverage_of({"dgemm_", "zdotu_", "cdotc_"}, {"", "", "_"});
  EXPECT_EQ(coverage.n_described, 3U);
  EXPECT_EQ(coverage.not_described, Words{});
}

TEST(Coverage, HasOneWordARoutine) {
  EXPECT_EQ(blas::by_routine({"crotg", "drotg", "dsdot", "icmax", "idmax", "zimatcopy"}),
            (Words{"rotg (c d)", "dsdot", "imax (c d)", "zimatcopy"}));
}

}  // namespace
}  // namespace sqrtn::verify
