#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "program.hpp"
#include "sqrtn/report/compare.hpp"
#include "sqrtn/support/output.hpp"

namespace sqrtn::verify {
namespace {

using claims::Verdict;
using nlohmann::ordered_json;
using report::Change;
using report::Document;

/// The synthetic document without what fails in it, with every time multiplied.
Document right_document(double time_factor = 1) {
  Document document = synthetic_document();
  std::erase_if(document.claims, [](const claims::Result& r) { return r.outcome.verdict == Verdict::fail; });
  std::erase_if(document.measurements, [](const report::Measurement& row) { return !row.rate; });
  for (report::Measurement& row : document.measurements) {
    row.median_s *= time_factor;
    row.confidence_interval_s->low *= time_factor;
    row.confidence_interval_s->high *= time_factor;
  }
  document.verdict = "inconclusive";
  return document;
}

TEST(Compare, IntervalsOfRatiosAreConservative) {
  // Each median's interval is −2 % to +3 %: the ratio's is 0.98/1.03 to 1.03/0.98 of the ratio.
  const report::Comparison slower = compare(right_document(), right_document(1.2));
  ASSERT_EQ(slower.ratios.size(), 4U);
  for (const report::TimeRatio& row : slower.ratios) {
    EXPECT_DOUBLE_EQ(*row.ratio, 1.2);
    EXPECT_DOUBLE_EQ(row.confidence_interval->low, 1.2 * 0.98 / 1.03);
    EXPECT_DOUBLE_EQ(row.confidence_interval->high, 1.2 * 1.03 / 0.98);
    EXPECT_EQ(row.change, Change::slower);
  }
  EXPECT_EQ(compare(right_document(1.2), right_document()).ratios.front().change, Change::faster);
  EXPECT_EQ(compare(right_document(), right_document(1.05)).ratios.front().change, Change::unresolved);
  EXPECT_EQ(compare(right_document(), right_document(1 / 1.05)).ratios.front().change, Change::unresolved);
}

TEST(Compare, GeometricMeansByGroup) {
  Document after = right_document();
  for (std::size_t i = 0; i < 4; ++i) after.measurements[i].median_s *= i == 3 ? 8 : 1;
  const report::Comparison comparison = compare(right_document(), after);
  ASSERT_EQ(comparison.means.size(), 2U);  // the ceiling apart from the products
  EXPECT_EQ(comparison.means[0].group, "ceilings");
  EXPECT_DOUBLE_EQ(comparison.means[0].ratio, 1);
  EXPECT_EQ(comparison.means[1].n, 3U);
  EXPECT_DOUBLE_EQ(comparison.means[1].ratio, 2);
}

TEST(Compare, TellsWhatTurnedWrongAppearedAndDisappeared) {
  const Document before = right_document();
  Document after = before;
  after.claims[0].outcome.verdict = Verdict::fail;
  after.claims[2].outcome.verdict = Verdict::pass;
  after.claims[3].claim.id = "chains/new";
  after.measurements[1].rate = std::nullopt;
  after.measurements[2].id = "products/new";
  const report::Comparison comparison = compare(before, after);
  EXPECT_EQ(comparison.same_claims, 1U);
  ASSERT_EQ(comparison.claims.size(), 4U);
  EXPECT_TRUE(comparison.claims[0].turned_wrong());
  EXPECT_EQ(comparison.claims[0].id, before.claims[0].claim.id);
  EXPECT_EQ(comparison.claims[2].before, std::nullopt);
  EXPECT_EQ(comparison.claims[3].after, std::nullopt);
  EXPECT_TRUE(comparison.ratios[1].turned_wrong);
  EXPECT_EQ(comparison.ratios[1].change, Change::not_ranked);
  EXPECT_EQ(comparison.appeared, std::vector<std::string>{"products/new"});
  EXPECT_EQ(comparison.disappeared, std::vector<std::string>{before.measurements[2].id});
}

/// The environment's fields by what a change of one means.
TEST(Compare, KnowsAMachineFromABuild) {
  const auto differs = [](auto change) {
    Document after = right_document();
    change(after);
    const report::Comparison comparison = compare(right_document(), after);
    return comparison.machine.size() * 10 + comparison.other.size();
  };
  EXPECT_EQ(differs([](Document& d) { d.environment.cpu_model = "other"; }), 10U);
  EXPECT_EQ(differs([](Document& d) { d.environment.caches.pop_back(); }), 10U);
  EXPECT_EQ(differs([](Document& d) { d.environment.isa.push_back("avx512f"); }), 10U);
  EXPECT_EQ(differs([](Document& d) { d.environment.available_processors = 1; }), 10U);
  EXPECT_EQ(differs([](Document& d) { d.environment.compiler = "Clang 14"; }), 1U);
  EXPECT_EQ(differs([](Document& d) { d.environment.libraries["fmt"] = "10"; }), 1U);
  EXPECT_EQ(differs([](Document& d) { d.blas->identity.kernel = "Zen"; }), 1U);
  EXPECT_EQ(differs([](Document& d) { d.blas.reset(); }), 1U);
  EXPECT_EQ(differs([](Document& d) { d.seed = 2; }), 1U);
  EXPECT_EQ(differs([](Document&) {}), 0U);
}

/// A folder with old.json, and new.json after `change`.
Ended compare_with(const std::string& options, const std::function<void(Document&)>& change) {
  const Folder folder;
  Document after = right_document(1.2);
  change(after);
  write_file(folder / "old.json", report::to_text(report::to_json(right_document())));
  write_file(folder / "new.json", report::to_text(report::to_json(after)));
  return shell(folder, "sqrtn compare old.json new.json " + options);
}

TEST(Compare, ExitsByWhatTurnedWrong) {
  const Ended slower = compare_with("", [](Document&) {});
  EXPECT_EQ(slower.code, 0) << slower.err;
  EXPECT_TRUE(holds(slower.out, "| products | "));
  EXPECT_TRUE(holds(slower.out, "slower"));
  const auto fail = [](Document& d) {
    d.claims[0].outcome.verdict = Verdict::fail;
    d.verdict = "fail";
  };
  EXPECT_EQ(compare_with("", fail).code, 1);
  EXPECT_EQ(compare_with("", [](Document& d) { d.measurements[1].rate = std::nullopt; }).code, 1);
  EXPECT_EQ(compare_with("", [](Document& d) { d.claims[0].outcome.verdict = Verdict::inconclusive; }).code, 3);
  const Ended nothing = compare_with("", [](Document& d) { d.claims.clear(), d.measurements.clear(); });
  EXPECT_EQ(nothing.code, 4);
  EXPECT_TRUE(holds(nothing.err, "'old.json' and 'new.json' share no claim and no measurement"));
}

// What is no longer checked may hide a failure.
TEST(Compare, TellsOfClaimsThatAreNoLongerChecked) {
  const Ended fewer = compare_with("", [](Document& d) { d.claims.erase(d.claims.begin()); });
  EXPECT_EQ(fewer.code, 4) << fewer.err;
  EXPECT_TRUE(holds(fewer.out, "1 are no longer checked"));
  EXPECT_EQ(compare_with("", [](Document& d) { d.claims[0].outcome.verdict = Verdict::skipped; }).code, 4);
}

TEST(Compare, RefusesAnotherMachineUnlessForced) {
  const auto other = [](Document& d) { d.environment.cpu_model = "Other CPU"; };
  const Ended refused = compare_with("", other);
  EXPECT_EQ(refused.code, 5);
  EXPECT_EQ(refused.out, "");
  EXPECT_TRUE(holds(refused.err, "cpu_model is 'Example <b>CPU</b> & \"Co\"' in the one and 'Other CPU' in the other"));
  const Ended forced = compare_with("--force", other);
  EXPECT_EQ(forced.code, 0);
  EXPECT_TRUE(holds(forced.out, "Different machines, compared by force"));
  const ordered_json json = ordered_json::parse(compare_with("--force --json -", other).out);
  EXPECT_EQ(json["comparable"], false);
  EXPECT_EQ(json["machine_differences"][0]["new"], "Other CPU");
  EXPECT_EQ(json["measurements"].size(), 4U);
}

TEST(Compare, NamesAnUnreadableFile) {
  const Folder folder;
  write_file(folder / "nan.json", "{\"schema\": NaN}");
  const Ended ended = shell(folder, "sqrtn compare nan.json nan.json");
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "sqrtn: nan.json: not JSON, line 1, column 12"));
  EXPECT_EQ(shell(folder, "sqrtn compare nan.json").code, 2);
  EXPECT_EQ(shell(folder, "sqrtn compare missing.json nan.json").code, 2);
}

}  // namespace
}  // namespace sqrtn::verify
