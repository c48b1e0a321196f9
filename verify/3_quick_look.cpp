#include <stdexcept>
#include <string>
#include <vector>

#include "claims/products/checks.hpp"
#include "claims/products/sweep.hpp"
#include "described_blas.hpp"
#include "judge.hpp"

/// What a quick run judges of a library, and what it leaves out.
namespace sqrtn::verify {
namespace {

/// What a quick run makes of a claim about a library whose second interface leaves the last term out.
claims::Outcome quick_look(const std::string& id) {
  claims::Subject subject = claims::default_subject({}, "described");
  subject.interfaces = {described_blas(), described_blas({.name = "", .fits = nullptr, .forgets_last_term = true})};
  claims::Settings quick = settings();
  quick.quick = true;
  for (const claims::Claim& claim : claims::product_claims(quick)) {
    if (claim.id == id) return claims::run(claim, subject, quick).outcome;
  }
  throw std::out_of_range(id);
}

TEST(QuickLook, LeavesOutWhatTakesLong) {
  // Both interfaces at small shapes, the first alone at others, nothing with long operands.
  EXPECT_EQ(quick_look("products/symv/f32/exact_small").verdict, claims::Verdict::fail);
  EXPECT_EQ(quick_look("products/symv/f32/exact_large").verdict, claims::Verdict::pass);
  for (const char* id : {"products/symm/f32/exact_blocks", "products/dotu/c64/large_counts", "products/dotu/c64/growth",
                         "products/all/f64/environment"}) {
    const claims::Outcome outcome = quick_look(id);
    EXPECT_EQ(outcome.verdict, claims::Verdict::skipped) << id;
    EXPECT_EQ(outcome.reason, "left to a run that is not quick") << id;
  }
}

TEST(QuickLook, JudgesValuesOfTheNineAtFewerForms) {
  claims::Settings quick = settings();
  quick.quick = true;
  const auto n_compared = [](const char* id, const claims::Settings& how) {
    for (const claims::Claim& claim : claims::claims_of_the_nine()) {
      if (claim.id == id) return claims::run(claim, plain_subject(), how).outcome.n_samples.value_or(0);
    }
    throw std::out_of_range(id);
  };
  const char* values = "products/syrk/f32/random_bound";
  EXPECT_LT(n_compared(values, quick), n_compared(values, settings()));
  // Sizes past blocks and 2¹⁶ are left out, beside forms.
  const char* larger = "products/gemv/f32/exact_large";
  EXPECT_LT(50 * n_compared(larger, quick), n_compared(larger, settings()));
  const char* memory = "products/syrk/f32/inside";
  EXPECT_EQ(n_compared(memory, quick), n_compared(memory, settings()));
}

// Checks put what is special at a place of op(A), whatever form comes first.
TEST(Forms, ArePreparedWithNothingTransposed) {
  const std::vector<blas::Interface> interfaces{described_blas()};
  claims::TestData data(1, "forms");
  claims::Findings found;
  const claims::Inquiry inquiry{claims::described("gemm"), 's', interfaces, data, found};
  std::size_t n_transposed = 0;
  claims::for_forms<float>(
      inquiry, {{.m = 60, .n = 70, .k = 50}},
      [](const claims::Instance<float>& sum) { EXPECT_EQ(sum.choice.transpose_a, 'N'); },
      [&](const claims::Instance<float>& sum, const blas::Interface&) {
        n_transposed += sum.choice.transpose_a != 'N';
      });
  EXPECT_GT(n_transposed, 0U);
}

}  // namespace
}  // namespace sqrtn::verify
