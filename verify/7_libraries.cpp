#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "mutation.hpp"
#include "page_rows.hpp"
#include "program.hpp"
#include "report/page.hpp"
#include "report/screen.hpp"
#include "report/summary.hpp"
#include "results/read.hpp"
#include "support/output.hpp"

/// Every BLAS of a machine, as it comes back from outside and is shown again.
namespace sqrtn::verify {
namespace {

using nlohmann::ordered_json;
using results::Libraries;

std::string text_of(const Libraries& report) { return results::to_text(results::to_json(report)); }

Libraries parsed(const std::string& text) { return std::get<Libraries>(results::parse_any(text, "b.json")); }

std::string complaint(const ordered_json& json) {
  return message_of<std::invalid_argument>([&json] { parsed(json.dump()); });
}

TEST(Libraries, AreReadAsTheyWereWritten) {
  const std::string text = text_of(synthetic_libraries());
  EXPECT_EQ(text_of(parsed(text)), text);
  for (const auto& path : published_libraries()) {
    const ordered_json published = ordered_json::parse(content_of(path));
    const std::string again = text_of(std::get<Libraries>(results::read_any(path)));
    EXPECT_EQ(text_of(parsed(again)), again) << path;
    for (auto change : ordered_json::diff(published, ordered_json::parse(again))) {
      // The first version wrote the ends of an interval as fields of their own, and of each library a verdict.
      const std::string field = change["path"].get<std::string>();
      const bool end = field.ends_with("low") || field.ends_with("high") || field.ends_with("low_s") ||
                       field.ends_with("high_s") || field == "/schema" || field.ends_with("/verdict");
      EXPECT_TRUE(end || change["op"] == "add") << path << change;
    }
  }
}

TEST(Libraries, ThatReturnTheSameBitsHaveTheSameLetter) {
  Libraries report = synthetic_libraries();
  ASSERT_GE(report.backends.size(), 3u);
  for (results::Library& library : report.backends) library.orders = report.backends[0].orders;
  report.backends[1].orders[1].answer = "2";
  report.backends[2].orders[0].repeatable = false;
  report.backends[2].orders.pop_back();
  const report::Table table = report::orders_table(report);
  std::vector<std::string> f32, f64;
  for (const report::Row& row : table.rows) {
    f32.push_back(row.at(1).text);
    f64.push_back(row.at(5).text);
  }
  f32.resize(3);
  f64.resize(3);
  EXPECT_EQ(f32, (std::vector<std::string>{"A", "A", "not repeatable"}));
  EXPECT_EQ(f64, (std::vector<std::string>{"A", "B", ""}));
  EXPECT_EQ(table.rows[0].at(2).text, "from m = 4");
  EXPECT_EQ(table.rows[0].at(3).text, "yes");
  EXPECT_EQ(table.rows[0].at(4).text, "1.25e-07");
  report.backends = parsed(text_of(report)).backends;
  EXPECT_EQ(to_markdown(report::orders_table(report)), to_markdown(table));
}

TEST(Libraries, AListIsOneOfLibrariesThatWereNotJudged) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "sqrtn backends --json list.json").code, 0);
  const ordered_json json = ordered_json::parse(content_of(folder / "list.json"));
  const Libraries report = parsed(json.dump());
  ASSERT_EQ(report.backends.size(), json["backends"].size());
  for (const results::Library& backend : report.backends) EXPECT_EQ(word_of(backend), std::nullopt);
  const Ended ended = shell(folder, "sqrtn report list.json");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, " not judged"));
  EXPECT_TRUE(holds(content_of(folder / "report.html"), "Every BLAS of this machine"));
}

struct Fault {
  const char* pointer;
  ordered_json value;
  const char* complaint;
};

TEST(Libraries, AWrongFieldIsNamed) {
  const std::vector<Fault> faults{
      {"/schema", "sqrtn.backends/3", "b.json: schema: expected \"sqrtn.results/2\" or /1, the results of"},
      {"/backends", 1, "b.json: backends: expected an array, got 1"},
      {"/backends/0", nullptr, "b.json: backends[0]: expected an object"},
      {"/backends/0/name", "", "b.json: backends[0].name: expected a string that is not empty"},
      {"/backends/0/identity", "x", "b.json: backends[0].identity: expected an object"},
      {"/backends/0/identity/integer_bits", 1e99, "backends[0].identity.integer_bits: expected a whole number"},
      {"/backends/0/identity/not_judged", 7, "b.json: backends[0].identity.not_judged: expected an array, got 7"},
      {"/backends/0/word", "good", "b.json: backends[0].word: expected \"right\", which follows from its claims"},
      {"/backends/1/word", "right", "b.json: backends[1].word: expected \"wrong\", which follows from its claims"},
      {"/backends/0/claims/0/class", "so",
       "backends[0].claims[0].class: expected values, memory, process or exceptions"},
      {"/backends/1/standings/0/rates/0", -1.0, "backends[1].standings[0].rates[0]: expected a number not below 0"},
      {"/others_busy", -1.0, "b.json: others_busy: expected a number not below 0"},
      {"/backends/0/incidents/0", 7, "b.json: backends[0].incidents[0]: expected an object, got 7"},
      {"/backends/0/claims/0/verdict", "so", "backends[0].claims[0].verdict: expected pass, fail, inconclusive or"},
      {"/backends/0/claims/1/id", "products/gemm/f32/exact",
       "backends[0].claims[1].id: expected an id that stands once"},
      {"/backends/0/claims/0/time_s", -1.0, "backends[0].claims[0].time_s: expected a number not below 0, got -1.0"},
      {"/backends/0/properties/0/number", "x", "backends[0].properties[0].number: expected a number, got \"x\""},
      {"/backends/0/properties/0/confidence_interval/0", 1e9,
       "confidence_interval[0]: expected a number not above 1.05"},
      {"/backends/0/measurements/0/threads", -1, "backends[0].measurements[0].threads: expected a whole number"},
      {"/backends/0/measurements/0/rate", -1.0, "backends[0].measurements[0].rate: expected a number not below 0"},
      {"/backends/1/measurements/0/ratio_interval/0", 2, "ratio_interval[0]: expected a number not above 1.3, got 2"},
      {"/backends/0/slow_rounds", "3", "backends[0].slow_rounds: expected a whole number"},
      {"/environment/smt", 2, "b.json: environment.smt: expected true or false, got 2"},
      {"/default", "another", "b.json: default: expected null or the name of one of its libraries, got \"another\""},
      {"/seed", -1, "b.json: seed: expected a whole number"}};
  for (const Fault& fault : faults) {
    ordered_json json = results::to_json(synthetic_libraries());
    json[ordered_json::json_pointer(fault.pointer)] = fault.value;
    EXPECT_TRUE(holds(complaint(json), fault.complaint)) << fault.pointer;
  }
}

TEST(Libraries, MoreThanAMachineHasAreRefused) {
  ordered_json json = results::to_json(synthetic_libraries());
  for (int i = 0; i < 256; ++i) json["backends"].push_back(json["backends"][0]);
  EXPECT_TRUE(holds(complaint(json), "b.json: backends: expected at most 256 libraries, got an array of 259"));
  json = results::to_json(synthetic_libraries());
  ordered_json& rows = json["backends"][0]["measurements"];
  for (int i = 0; i < 2'000; ++i) {
    rows.push_back(rows[0]);
    rows.back()["id"] = rows.back()["shape"] = fmt::format("{}", i);
  }
  EXPECT_TRUE(holds(complaint(json), "b.json: backends[0].measurements: expected at most 2000 products"));
}

TEST(Libraries, MutationsAreRefusedOrReadToTheSame) {
  const std::string original = results::to_json(synthetic_libraries()).dump();
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = mutated(original, random);
    try {
      const Libraries report = parsed(text);
      ASSERT_EQ(text_of(parsed(text_of(report))), text_of(report)) << i;
      EXPECT_FALSE(report::to_html({}, {}, {&report, 1}).empty());
      ++taken;
    } catch (const std::invalid_argument& error) {
      ASSERT_EQ(std::string_view(error.what()).substr(0, 8), "b.json: ") << i;
    }
  }
  EXPECT_GT(taken, 100);  // else the mutations test the parser alone
}

/// "<section id=NAME …</section>" of a page.
std::string section_of(const std::string& page, const std::string& name) {
  const std::size_t at = page.find("<section id=" + name);
  return at == std::string::npos ? "" : page.substr(at, page.find("</section>", at) - at);
}

/// A folder as `run` leaves it.
void write_run(const std::string& folder, const std::string& cpu_model) {
  results::Document document = synthetic_document();
  document.environment.cpu_model = cpu_model;
  Libraries libraries = synthetic_libraries();
  libraries.provenance = report::provenance_line(document);
  report::write_results(document, folder, &libraries);
}

// The sections that `run` wrote, whether backends.json is named or found.
TEST(Libraries, AReportShowsThemAsTheRunDid) {
  const Folder folder;
  write_run(folder / "run", "Example CPU");
  const std::string page = content_of(folder / "run/report.html");
  for (const char* words :
       {"run/results.json", "run/results.json run/backends.json", "run/backends.json run/results.json"}) {
    const Ended ended = shell(folder, fmt::format("sqrtn report {} --output again", words));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_TRUE(holds(ended.out, "run/backends.json: 3 libraries, 1 cannot be used, 1 right, 1 wrong\n"));
    const std::string again = content_of(folder / "again/report.html");
    for (const char* section : {"libraries", "accuracy", "library-speeds", "verdict", "claims"}) {
      EXPECT_FALSE(section_of(page, section).empty());
      EXPECT_EQ(section_of(again, section), section_of(page, section)) << words;
    }
    for (const char* name : {"report.md", "backends.csv", "claims.csv", "measurements.csv"}) {
      EXPECT_EQ(content_of(folder / "again/" + name), content_of(folder / "run/" + name)) << name;
    }
  }
  EXPECT_TRUE(holds(content_of(folder / "again/report.md"), content_of(folder / "run/backends.md")));
}

TEST(Libraries, EachMachineIsNamedWhereThereAreSeveral) {
  const Folder folder;
  write_run(folder / "a", "First CPU");
  write_run(folder / "b", "Second CPU");
  ASSERT_EQ(shell(folder, "sqrtn report a/results.json b/results.json --output both").code, 0);
  const std::string part = section_of(content_of(folder / "both/report.html"), "libraries");
  for (const char* heading : {"<h3>First CPU</h3>", "<h3>Second CPU</h3>"}) EXPECT_TRUE(holds(part, heading));
  ASSERT_EQ(shell(folder, "sqrtn report b/backends.json --output alone").code, 0);
  const std::string alone = content_of(folder / "alone/report.html");
  EXPECT_TRUE(
      holds(section_of(alone, "libraries"), "<h3>sqrtn 0.2.0, commit 0123456789ab with uncommitted changes; Second"));
  EXPECT_TRUE(holds(alone, "<a class=skip href=#libraries>"));
  EXPECT_TRUE(content_of(folder / "alone/claims.csv").empty());
}

TEST(Libraries, TheirTextIsOnlyText) {
  const Libraries report = synthetic_libraries();
  const std::string page = report::to_html({synthetic_document()}, {}, {&report, 1});
  EXPECT_EQ(page.find("<u>"), std::string::npos);
  EXPECT_EQ(page.find("<script>"), page.rfind("<script>"));
  const std::string markdown = without_code(report::to_markdown(report));
  for (const char* markup : {"<u>", "<script>", "</u>"}) {
    for (std::size_t at = markdown.find(markup); at != std::string::npos; at = markdown.find(markup, at + 1)) {
      EXPECT_EQ(markdown[at - 1], '\\') << markdown.substr(at - std::min<std::size_t>(at, 40), 60);
    }
  }
  EXPECT_TRUE(holds(page, "cannot be used: it lacks &lt;u&gt;cblas_sgemm&lt;/u&gt;"));
}

TEST(Libraries, WhatIsNotJudgedIsSaid) {
  results::Document document = synthetic_document();
  const std::string names = "rotg (d s), dsdot";
  EXPECT_TRUE(holds(report::claims_text(document), "Exported by the library and not judged: " + names + ".\n"));
  EXPECT_TRUE(holds(report::to_markdown(document), "not judged: " + names));
  Libraries report = synthetic_libraries();
  ASSERT_TRUE(report.backends.front().record);
  report.backends.front().record->identity = document.blas->identity;
  EXPECT_TRUE(holds(report::to_markdown(report), "160"));
  EXPECT_TRUE(holds(report::to_markdown(report), names));
  EXPECT_TRUE(holds(report::to_html({document}, {}, {&report, 1}), names));
  document.blas->identity.not_judged = {"<u>"};
  EXPECT_TRUE(holds(report::claims_text(document), "\\<u"));
  results::Document unasked;
  unasked.blas = document.blas;
  EXPECT_FALSE(holds(report::claims_text(unasked), "not judged")) << "nothing was asked of the library";
}

// A place that cannot be written is found before the first file is replaced.
TEST(Libraries, AReportIsWrittenWholeOrNotAtAll) {
  const Folder folder;
  write_run(folder / "run", "Example CPU");
  write_run(folder / "page", "Earlier CPU");
  const std::string earlier = content_of(folder / "page/report.html");
  std::filesystem::remove(folder / "page/backends.csv");
  std::filesystem::create_directory(folder / "page/backends.csv");
  const std::size_t n = std::distance(std::filesystem::directory_iterator(folder / "page"), {});
  const Ended ended = shell(folder, "sqrtn report run/results.json --output page");
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "page/backends.csv"));
  EXPECT_EQ(content_of(folder / "page/report.html"), earlier);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "page"), {}), n) << "nothing is left behind";
}

TEST(Libraries, AFileBesideThatCannotBeReadIsNamed) {
  const Folder folder;
  write_run(folder / "run", "Example CPU");
  write_file(folder / "run/backends.json", "{}");
  const Ended ended = shell(folder, "sqrtn report run/results.json --output again");
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "run/backends.json: schema: expected"));
  EXPECT_FALSE(std::filesystem::exists(folder / "again"));
}

}  // namespace
}  // namespace sqrtn::verify
