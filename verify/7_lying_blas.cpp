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
  const char* words = "";  ///< which the reason holds
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
  EXPECT_FALSE(found.reasons[claim].empty());
  EXPECT_TRUE(holds(found.reasons[claim], GetParam().words));
}

constexpr Lie lies[] = {
    {"k0_garbage", "gemm/f32/beta_zero"},
    {"blocked_kernel", "gemm/f32/exact_large"},
    {"core_type", "gemm/f64/exact_small"},
    {"race", "all/f32/concurrent"},
    {"zero_times_nan", "gemm/f32/zero_factor"},
    {"beta_nan", "gemm/f64/beta_zero"},
    {"nrm2_overflow", "nrm2/f32/extremes"},
    {"intermittent", "gemm/f32/exact_small"},
    {"uninitialised_register", "gemm/f32/history"},
    {"unchanged", "gemm/f32/exact_small"},
    {"tiny_row_major", "gemm/f64/exact_small"},
    {"out_of_bounds", "gemm/f32/inside"},
    {"padding_nan", "gemm/f32/exact_small"},
    {"odd_shape", "gemm/f32/exact_large"},
    {"large_batch", "gemm/f32/exact_large"},
    {"stale_state", "gemm/f64/history"},
    {"tf32", "gemm/f32/precision", "of the 24 significant bits of a factor 11 are used"},
    {"bf16", "gemm/f32/precision", "of the 24 significant bits of a factor 8 are used"},
    {"ftz", "all/f32/environment"},
    {"crash", "gemm/f32/exact_small", "the library ended the process: "},
    {"exit", "gemm/f32/exact_small", "the library ended the process: "},
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
  ASSERT_GT(real.verdicts.size(), 100U);
  for (const auto& [claim, verdict] : real.verdicts) {
    if (claim.ends_with("/threaded")) continue;  // the liar's threads cannot be set
    EXPECT_EQ(handed_on.verdicts[claim], verdict) << claim << ": " << handed_on.reasons[claim];
  }
}

}  // namespace
}  // namespace sqrtn::verify
