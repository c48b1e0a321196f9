#include <dlfcn.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "program.hpp"
#include "verify.hpp"

/// The command judges a shared library that lies in one chosen way; the claim that finds it is named.
namespace sqrtn::verify {
namespace {

struct Lie {
  const char* fault;
  const char* claim;
  const char* where;  ///< in words of the reason
  const char* what;   ///< likewise
};
std::ostream& operator<<(std::ostream& out, const Lie& lie) { return out << lie.fault; }

/// Verdict and reason of each claim that `sqrtn verify --filter` judged.
struct Judged {
  std::map<std::string, std::string> verdicts, reasons;
};
Judged judged(const std::string& environment, const std::string& blas, const std::string& filter) {
  const Folder folder;
  const Ended ended = shell(folder, fmt::format("{} OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 BLIS_NUM_THREADS=1 sqrtn "
                                                "verify --blas '{}' --filter '{}' --json verdicts.json",
                                                environment, blas, filter));
  Judged result;
  const auto json = nlohmann::json::parse(content_of(folder / "verdicts.json"), nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << ended.err;
  if (json.is_discarded()) return result;
  for (const auto& claim : json["claims"]) {
    result.verdicts[claim["id"]] = claim["verdict"];
    if (claim["reason"].is_string()) result.reasons[claim["id"]] = claim["reason"];
  }
  return result;
}

std::string real_library() {
  Dl_info info{};
  dladdr(reinterpret_cast<const void*>(backend().functions().f32.gemm), &info);
  return std::filesystem::canonical(info.dli_fname).string();
}
std::string liar() { return (program_folder() / "lying-blas.so").string(); }
std::string lying(const std::string& fault) {
  return fmt::format("SQRTN_LIAR_REAL='{}' SQRTN_LIAR_FAULT={}", real_library(), fault);
}

class LyingBlas : public testing::TestWithParam<Lie> {};

TEST_P(LyingBlas, IsFoundOut) {
#if !defined(__x86_64__)
  const std::string fault = GetParam().fault;
  if (fault == "uninitialised_register" || fault == "ftz") GTEST_SKIP() << "x86-64 only";
#endif
  const std::string claim = std::string("products/") + GetParam().claim, filter = "^" + claim + "$";
  if (judged("", real_library(), filter).verdicts[claim] != "pass") GTEST_SKIP() << "the real library fails " << claim;
  Judged found = judged(lying(GetParam().fault), liar(), filter);
  EXPECT_EQ(found.verdicts[claim], "fail");
  EXPECT_TRUE(holds(found.reasons[claim], GetParam().where));
  EXPECT_TRUE(holds(found.reasons[claim], GetParam().what));
}

constexpr Lie lies[] = {
    {"k0_garbage", "gemm/f32/beta_zero", " k=0 ", "got nan, expected 0"},
    {"blocked_kernel", "gemm/f32/exact_large", " m=128 n=128 k=128 ", "entry (127, 127) of C: got "},
    {"core_type", "gemm/f64/exact_small", "dgemm column-major transa=T transb=N m=1 n=1 k=0 ",
     "entry (0, 0) of C: got 1, expected 0"},
    {"race", "all/f32/concurrent", "4 callers at once: cblas_sgemm ", "other bits than when it was called alone"},
    {"zero_times_nan", "gemm/f32/zero_factor", "with nan at (0, 0) of op(A)", "got 0, expected nan"},
    {"beta_nan", "gemm/f64/beta_zero", " beta=0 ", "got nan, expected 0"},
    {"nrm2_overflow", "nrm2/f32/extremes", "snrm2 n=1 incx=1, entries of size 2^120", "got inf, expected "},
    {"intermittent", "gemm/f32/exact_small", "sgemm ", "entry ("},
    {"uninitialised_register", "gemm/f32/history", "sgemm ", "after NaN in registers and stack"},
    {"unchanged", "gemm/f32/exact_small", "sgemm column-major transa=N transb=N m=5 n=1 k=0 ", "expected 0"},
    {"tiny_row_major", "gemm/f64/exact_small", "dgemm row-major transa=N transb=N m=2 n=1 k=1 ",
     "entry (0, 0) of C: got "},
    {"out_of_bounds", "gemm/f32/inside", "sgemm ", "touched memory after A"},
    {"padding_nan", "gemm/f32/exact_small", " lda=2 ldb=3 beta=0 ldc=4, ", "got nan, expected "},
    {"odd_shape", "gemm/f32/exact_large", " m=625 n=5 k=5 ", "entry (624, 4) of C: got "},
    {"large_batch", "gemm/f32/exact_large", " m=65536 n=2 k=3 ", "entry (65535, 1) of C: got 0, expected "},
    {"stale_state", "gemm/f64/history", "dgemm ", "after the same call on larger operands, all NaN"},
    {"tf32", "gemm/f32/precision", "sgemm ", "of the 24 significant bits of a factor 11 are used"},
    {"bf16", "gemm/f32/precision", "sgemm ", "of the 24 significant bits of a factor 8 are used"},
    {"ftz", "all/f32/environment", "after cblas_sgemm ", "subnormal operands are taken for 0 (DAZ)"},
    {"crash", "gemm/f32/exact_small", "the library ended the process: ", "killed by signal 6 (aborted)"},
    {"exit", "gemm/f32/exact_small", "the library ended the process: ", "by exit()"},
};
INSTANTIATE_TEST_SUITE_P(Catalogue, LyingBlas, testing::ValuesIn(lies),
                         [](const testing::TestParamInfo<Lie>& info) { return info.param.fault; });

// The defect of one core type is not there on another.
TEST(LyingBlas, OfOneCoreTypeOnly) {
  const std::string claim = "products/gemm/f64/exact_small", filter = "^" + claim + "$";
  Judged found = judged(lying("core_type") + " OPENBLAS_CORETYPE=Nehalem", liar(), filter);
  EXPECT_EQ(found.verdicts[claim], "pass") << found.reasons[claim];
}

TEST(LyingBlasSlow, WithoutAFaultIsAsTheRealOne) {
  Judged real = judged("", real_library(), "^products/"), handed_on = judged(lying("''"), liar(), "^products/");
  std::size_t n_compared = 0;
  for (const auto& [claim, verdict] : real.verdicts) {
    if (claim.ends_with("/threaded")) continue;            // the liar's threads cannot be set
    if (handed_on.verdicts[claim] == "skipped") continue;  // it has only the routines that it lies about
    if (claim.ends_with("/flags")) continue;               // one claim about all routines, those that it lacks too
    ++n_compared;
    EXPECT_EQ(handed_on.verdicts[claim], verdict) << claim << ": " << handed_on.reasons[claim];
  }
  EXPECT_GT(n_compared, 200U);
}

}  // namespace
}  // namespace sqrtn::verify
