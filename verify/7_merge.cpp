#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "documents.hpp"
#include "mutation.hpp"
#include "program.hpp"
#include "report/fleet_text.hpp"
#include "report/page_machines.hpp"
#include "results/fleet.hpp"
#include "results/read_screening.hpp"
#include "screenings.hpp"
#include "support/output.hpp"
#include "verify.hpp"

/// The documents of many machines as one.
namespace sqrtn::verify {
namespace {

using results::Fleet;

std::string text_of(const Fleet& fleet) { return results::to_text(results::to_json(fleet)); }

results::Screening well() {
  results::Screening screening = synthetic_screening();
  screening.faults.clear();
  for (results::ScreenedCore& core : screening.cores) {
    core.faulty_rounds = 0;
    for (results::Exposure& exposure : core.exposures) exposure.faults = 0;
  }
  return screening;
}

std::string text_of(const results::Screening& screening) { return results::to_text(results::to_json(screening)); }

/// Nodes of which one has a fault, one another library, one is slow, one cannot be read and one has a run's results.
std::vector<std::string> written_nodes(const Folder& folder) {
  std::vector<std::string> paths;
  const auto add = [&](const std::string& name, const std::string& content) {
    paths.push_back(folder / (name + ".json").c_str());
    write_file(paths.back(), content);
  };
  for (int i = 0; i < 5; ++i) add(fmt::format("node{}", i), text_of(well()));
  add("faulty", text_of(synthetic_screening()));
  results::Screening other = well();
  other.blas->identity.file_name = "libblis.so";
  add("other", text_of(other));
  results::Screening slow = well();
  for (results::ScreenedCore& core : slow.cores) core.flop /= 2;
  add("slow", text_of(slow));
  add("torn", text_of(well()).substr(0, 700));
  add("run", results::to_text(results::to_json(synthetic_document())));
  add("libraries", results::to_text(results::to_json(synthetic_libraries())));
  return paths;
}

TEST(Merge, ChangesNoBitWithTheOrderOfFiles) {
  const Folder folder;
  std::vector<std::string> paths = written_nodes(folder);
  const std::string text = text_of(results::merge(paths));
  std::mt19937 engine(1);
  for (int i = 0; i < 10; ++i) {
    std::ranges::shuffle(paths, engine);
    EXPECT_EQ(text_of(results::merge(paths, 1 + i % 3)), text);
  }
  EXPECT_EQ(text_of(results::parse_fleet(text, "fleet.json")), text);
}

// Halves that were merged before give what all give, and what stands in both counts once.
TEST(Merge, OfMergedFilesIsTheSame) {
  const Folder folder;
  const std::vector<std::string> paths = written_nodes(folder);
  const Fleet whole = results::merge(paths);
  for (const std::size_t overlap : {0, 2}) {
    write_file(folder / "first.json", text_of(results::merge({paths.begin(), paths.begin() + 6})));
    write_file(folder / "second.json",
               text_of(results::merge({paths.begin() + 6 - static_cast<std::ptrdiff_t>(overlap), paths.end()})));
    EXPECT_EQ(text_of(results::merge({folder / "second.json", folder / "first.json"})), text_of(whole));
  }
}

TEST(Merge, NamesWhoIsOddFirst) {
  const Folder folder;
  const Fleet fleet = results::merge(written_nodes(folder));
  ASSERT_EQ(fleet.nodes.size(), 11U);
  EXPECT_EQ(results::verdict_of(fleet), claims::Verdict::fail);
  const report::Table table = report::node_table(fleet);
  std::vector<std::string> order;
  for (const report::Row& row : table.rows) order.push_back(row.front().text);
  const auto place = [&order](const char* name) { return std::ranges::find(order, name) - order.begin(); };
  EXPECT_LT(place("faulty"), place("torn"));
  EXPECT_LT(place("torn"), place("other"));
  EXPECT_LT(place("other"), place("slow"));
  EXPECT_LT(place("slow"), place("node0"));
  const std::string text = report::fleet_text(fleet);
  for (const char* part : {"**processor** faulty, core 0: dense integers f32", "**unreadable** torn: ", "libblis.so",
                           "0.500", "11 nodes: "}) {
    EXPECT_TRUE(holds(text, part));
  }
}

TEST(Merge, TellsHowManyCoresEachNodeHasScreened) {
  const Folder folder;
  results::Screening other = well();
  other.cores.pop_back();
  other.environment.cores = 64;
  write_file(folder / "one.json", text_of(other));
  write_file(folder / "two.json", text_of(well()));
  const report::Table table = report::node_table(results::merge({folder / "one.json", folder / "two.json"}));
  const auto column = std::ranges::find(table.columns, "cores") - table.columns.begin();
  ASSERT_LT(static_cast<std::size_t>(column), table.columns.size());
  for (const report::Row& row : table.rows) {
    EXPECT_EQ(row[static_cast<std::size_t>(column)].text, row.front().text == "one" ? "1" : "2") << row.front().text;
  }
}

TEST(Merge, NamesWhoseSumsContradictTheirOrder) {
  const Folder folder;
  results::Screening open = well();
  open.predictions[1].is_contradicted = true;
  write_file(folder / "open.json", text_of(open));
  write_file(folder / "well.json", text_of(well()));
  const Fleet fleet = results::merge({folder / "open.json", folder / "well.json"});
  EXPECT_EQ(results::verdict_of(fleet), claims::Verdict::inconclusive);
  EXPECT_TRUE(holds(report::fleet_text(fleet), "**contradicted order** open: sums of f64 512"));
  EXPECT_EQ(report::node_table(fleet).rows.front().front().text, "open");
}

TEST(Merge, NamesAreWithoutWhatAllHaveInCommon) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "mkdir -p a/x b").code, 0);
  for (const char* name : {"a/x/n.json", "b/n.json"}) write_file(folder / name, text_of(well()));
  const Fleet fleet = results::merge({folder / "a/x/n.json", folder / "b/n.json"});
  ASSERT_EQ(fleet.nodes.size(), 2U);
  EXPECT_EQ(fleet.nodes[0].name, "a/x/n");
  EXPECT_EQ(fleet.nodes[1].name, "b/n");
}

TEST(Merge, AsAUserRunsIt) {
  const Folder folder;
  written_nodes(folder);
  const Ended ended = shell(folder, "sqrtn merge *.json --json fleet.out");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(holds(ended.out, "11 nodes: "));
  EXPECT_FALSE(results::parse_fleet(content_of(folder / "fleet.out"), "fleet.out").nodes.empty());
  EXPECT_EQ(shell(folder, "sqrtn merge node*.json").code, 0);
  EXPECT_EQ(shell(folder, "sqrtn merge node*.json torn.json").code, 4);
  const Ended torn = shell(folder, "sqrtn merge torn.json missing.json");
  EXPECT_EQ(torn.code, 2);
  EXPECT_TRUE(holds(torn.err, "missing.json"));
  EXPECT_EQ(content_of(folder / "fleet.out").find(folder / ""), std::string::npos) << "a path of this machine";
}

/// Taken whole, and then read again as it is written, or refused in one line.
template <class Parse>
void expect_survived(const std::string& original, Parse parse) {
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = mutated(original, random);
    try {
      const std::string again = text_of(parse(text, "r.json"));
      ASSERT_EQ(text_of(parse(again, "r.json")), again) << i;
      ++taken;
    } catch (const std::invalid_argument& error) {
      ASSERT_EQ(std::string_view(error.what()).substr(0, 8), "r.json: ") << i;
    }
  }
  EXPECT_GT(taken, 20);  // else the mutations test the parser alone
}

TEST(Merge, ItsReadersSurviveMutations) {
  const Folder folder;
  expect_survived(results::to_json(synthetic_screening()).dump(), results::parse_screening);
  expect_survived(results::to_json(results::merge(written_nodes(folder))).dump(), results::parse_fleet);
}

TEST(MachinePage, ShowsFaultsWithTheCommandThatRepeatsThem) {
  const report::More more = report::page_part(synthetic_screening(), "n<1>.json", 2);
  const std::string page = report::to_html({}, {}, {}, {&more, 1});
  for (const char* part : {"id=screening-2", "Screening n&lt;1&gt;.json", "<strong>✗ fail</strong>",
                           "Processor &lt;b&gt;", "<td>0x00001000", "<td>17 of 34", "--call 0:12:5"}) {
    EXPECT_TRUE(holds(page, part));
  }
  EXPECT_EQ(page.find("<b>"), page.npos);
  EXPECT_TRUE(holds(more.markdown, "Again: `./sqrtn screen"));
}

TEST(MachinePage, ShowsTheOddNodesFirst) {
  const Folder folder;
  const report::More more = report::page_part(results::merge(written_nodes(folder)), "fleet.json", 1);
  const std::string& page = more.section.content;
  const std::size_t faulty = page.find("<tr class=wrong><th scope=row>faulty"),
                    usual = page.find("<th scope=row>node0");
  EXPECT_LT(faulty, usual);
  EXPECT_NE(usual, page.npos);
  for (const char* part : {"In what they differ", "<td>libblis.so", "<td>unreadable", "What is wrong"}) {
    EXPECT_TRUE(holds(page, part));
  }
}

TEST(MachinePage, ReportTakesBothBesideResults) {
  const Folder folder;
  (void)written_nodes(folder);
  ASSERT_EQ(shell(folder, "sqrtn merge node0.json faulty.json --json fleet.json").code, 1);
  const Ended ended = shell(folder, "sqrtn report faulty.json fleet.json run.json --output page");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "faulty.json: fail: 1 of 2600 calls are wrong: processor, core 0"));
  EXPECT_TRUE(holds(ended.out, "fleet.json: 2 nodes: 1 fail, 1 pass"));
}

// As many files as a large cluster has; how long that took is a property of the test, and no test fails by the clock.
TEST(MergeSlow, TenThousandFilesAreOneFleet) {
  const Folder folder;
  std::vector<std::string> paths;
  for (int i = 0; i < 10'000; ++i) {
    results::Screening screening = well();
    screening.cores[0].wall_s += 1e-3 * i;
    paths.push_back(folder / fmt::format("node{:05}.json", i).c_str());
    std::ofstream(paths.back()) << text_of(screening);
  }
  const auto start = std::chrono::steady_clock::now();
  const Fleet fleet = results::merge(paths);
  const std::string text = text_of(fleet) + report::fleet_text(fleet);
  const double time_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(fleet.nodes.size(), 10'000U);
  EXPECT_FALSE(text.empty());
  RecordProperty("time_s", fmt::format("{:.2f}", time_s));
}

}  // namespace
}  // namespace sqrtn::verify
