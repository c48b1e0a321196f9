#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "program.hpp"
#include "report/compare_text.hpp"
#include "support/output.hpp"

namespace sqrtn::verify {
namespace {

using claims::Verdict;
using nlohmann::ordered_json;
using results::Change;
using results::Document;

/// The synthetic document without what fails in it, with every time multiplied.
Document right_document(double time_factor = 1) {
  Document document = synthetic_document();
  std::erase_if(document.claims, [](const claims::Result& r) { return r.outcome.verdict == Verdict::fail; });
  std::erase_if(document.measurements, [](const results::Measurement& row) { return !row.rate; });
  for (results::Measurement& row : document.measurements) {
    row.median_s *= time_factor;
    row.confidence_interval_s->low *= time_factor;
    row.confidence_interval_s->high *= time_factor;
  }
  document.verdict = claims::Verdict::inconclusive;
  return document;
}

TEST(Compare, IntervalsOfRatiosAreConservative) {
  // Each median's interval is −2 % to +3 %: the ratio's is 0.98/1.03 to 1.03/0.98 of the ratio.
  const results::Comparison slower = compare(right_document(), right_document(1.2));
  ASSERT_EQ(slower.ratios.size(), 4U);
  for (const results::TimeRatio& row : slower.ratios) {
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
  const results::Comparison comparison = compare(right_document(), after);
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
  after.measurements[1].note = {results::NoteKind::wrong_answer, "wrong"};
  after.measurements[2].id = "products/new";
  const results::Comparison comparison = compare(before, after);
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
    const results::Comparison comparison = compare(right_document(), after);
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
  write_file(folder / "old.json", results::to_text(results::to_json(right_document())));
  write_file(folder / "new.json", results::to_text(results::to_json(after)));
  return shell(folder, "sqrtn compare old.json new.json " + options);
}

TEST(Compare, ExitsByWhatTurnedWrong) {
  const Ended slower = compare_with("", [](Document&) {});
  EXPECT_EQ(slower.code, 0) << slower.err;
  EXPECT_TRUE(holds(slower.out, "| products | "));
  EXPECT_TRUE(holds(slower.out, "slower"));
  const auto fail = [](Document& d) {
    d.claims[0].outcome.verdict = Verdict::fail;
    d.verdict = claims::Verdict::fail;
  };
  EXPECT_EQ(compare_with("", fail).code, 1);
  const auto unranked = [](results::NoteKind why, const char* text) {
    return [why, text](Document& d) {
      d.measurements[1].rate = std::nullopt;
      d.measurements[1].note = {why, text};
      d.verdict = verdict_of(d);
    };
  };
  EXPECT_EQ(compare_with("", unranked(results::NoteKind::wrong_answer, "wrong answer")).code, 1);
  // What is no longer timed, as on a busy machine, is no wrong answer.
  EXPECT_EQ(compare_with("", unranked(results::NoteKind::busy_threads, "not ranked")).code, 0);
  EXPECT_EQ(compare_with("", unranked(results::NoteKind::left_out, "left out")).code, 0);
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

TEST(Compare, ShowsPropertiesThatChanged) {
  Document after = right_document();
  after.properties[0].value = "0.7";
  after.properties.push_back(after.properties[0]);
  after.properties[1].id = "products/new";
  const results::Comparison comparison = compare(right_document(), after);
  ASSERT_EQ(comparison.properties.size(), 2U);
  EXPECT_EQ(comparison.properties[0].before, "0.52 <b> [0.5, 0.55]");
  EXPECT_EQ(comparison.properties[0].after, "0.7 [0.5, 0.55]");
  EXPECT_EQ(comparison.properties[1].before, "–");
  EXPECT_EQ(compare(after, right_document()).properties[1].after, "–");
  EXPECT_TRUE(compare(after, after).properties.empty());
  EXPECT_TRUE(holds(report::to_markdown(comparison), "Properties that changed"));
  EXPECT_EQ(results::to_json(comparison)["properties"][0]["new"], "0.7 [0.5, 0.55]");
}

/// The command on backends.json, the later one after `change`.
Ended compare_libraries(const std::string& options, const std::function<void(results::Libraries&)>& change) {
  const Folder folder;
  results::Libraries after = synthetic_libraries();
  change(after);
  write_file(folder / "old.json", results::to_text(results::to_json(synthetic_libraries())));
  write_file(folder / "new.json", results::to_text(results::to_json(after)));
  return shell(folder, "sqrtn compare old.json new.json " + options);
}

TEST(Compare, EveryLibraryByItsName) {
  using results::Libraries;
  // Texts that are copied whole: GCC 12 has false alarms where characters are copied in place.
  const auto slower = [grade = std::string("B"), version = std::string("2.0")](Libraries& r) {
    for (results::LibrarySpeed& speed : r.backends[0].speeds) {
      results::Measurement& row = speed.row;
      row.median_s *= 1.2;
      row.confidence_interval_s = {1.2 * row.confidence_interval_s->low, 1.2 * row.confidence_interval_s->high};
    }
    r.backends[0].properties[0].value = grade;
    r.backends[0].record->identity.version = version;
  };
  const ordered_json json = ordered_json::parse(compare_libraries("--json -", slower).out);
  EXPECT_EQ(json["measurements"][0]["id"], "right: products/gemm/64x64x64/f32/1");
  EXPECT_EQ(json["measurements"][0]["change"], "slower");
  EXPECT_DOUBLE_EQ(json["measurements"][0]["confidence_interval"][0], 1.2 * 0.98 / 1.03);
  EXPECT_EQ(json["geometric_means"][0]["group"], "right");
  EXPECT_DOUBLE_EQ(json["geometric_means"][0]["ratio"], 1.2);
  EXPECT_DOUBLE_EQ(json["geometric_means"][1]["ratio"], 1);
  EXPECT_EQ(json["properties"][0]["field"], "right: products/gemm/f32/grade");
  EXPECT_EQ(json["differences"][0]["field"], "right: version");
  EXPECT_EQ(compare_libraries("", slower).code, 0);
}

TEST(Compare, LibrariesExitByWhatTurnedWrong) {
  using results::Libraries;
  const Ended incident = compare_libraries(
      "", [](Libraries& r) { r.backends[0].incidents = {{.kind = {}, .place = "", .text = "crashed"}}; });
  EXPECT_EQ(incident.code, 1);
  EXPECT_TRUE(holds(incident.out, "| right: verdict | pass | fail | crashed |"));
  const auto wrong = [](Libraries& r) { r.backends[0].claims[0].outcome.verdict = Verdict::fail; };
  EXPECT_EQ(compare_libraries("", wrong).code, 1);
  EXPECT_EQ(compare_libraries("", [](Libraries& r) { r.backends[0].claims.pop_back(); }).code, 4);
  EXPECT_EQ(compare_libraries("", [](Libraries& r) { r.backends.erase(r.backends.begin() + 1); }).code, 4);
  EXPECT_EQ(compare_libraries("", [](Libraries& r) { r.environment->cores = 9; }).code, 5);
  EXPECT_EQ(compare_libraries("--force", [](Libraries& r) { r.environment->cores = 9; }).code, 0);
  EXPECT_EQ(compare_libraries("", [](Libraries& r) { r.environment.reset(); }).code, 0);
  const Ended other = compare_libraries("", [](Libraries& r) { r.environment.reset(), r.provenance = "x; Y; z"; });
  EXPECT_EQ(other.code, 5);
  EXPECT_TRUE(holds(other.err, "cpu_model is 'Example <b>CPU</b> & \"Co\"' in the one and 'Y' in the other"));
}

TEST(Compare, DocumentsOfTwoKindsAreRefused) {
  const Folder folder;
  write_file(folder / "old.json", results::to_text(results::to_json(right_document())));
  write_file(folder / "new.json", results::to_text(results::to_json(synthetic_libraries())));
  const Ended ended = shell(folder, "sqrtn compare old.json new.json");
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "name two results.json or two backends.json"));
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
