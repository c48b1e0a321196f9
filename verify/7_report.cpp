#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <regex>

#include "csv.hpp"
#include "program.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "results/format.hpp"
#include "results/peers.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

using nlohmann::ordered_json;
using report::Table;

TEST(ReportTable, CsvQuotesWhatItMust) {
  const Table table{.title = "", .columns = {"a", "b"}, .rows = {{"1,5", "say \"x\""}, {"two\nlines", ""}}};
  EXPECT_EQ(to_csv(table), "a,b\r\n\"1,5\",\"say \"\"x\"\"\"\r\n\"two\nlines\",\r\n");
  const std::vector<std::vector<std::string>> rows{{"a", "b"}, {"1,5", "say \"x\""}, {"two\nlines", ""}};
  EXPECT_EQ(parse_csv(to_csv(table)), rows);
  EXPECT_THROW(report::to_csv({.title = "", .columns = {"a"}, .rows = {{"1", "2"}}}), std::invalid_argument);
}

TEST(ReportText, IsPrintable) {
  EXPECT_EQ(results::printable("σ² = 1\t\x1b[2J\x7f\r\n"), "σ² = 1 ?[2J?  ");
  EXPECT_EQ(results::printable("\xc2\x9b \xff \xe2\x80 \xc0\xaf \xc2"), "? ? ?? ?? ?");
}

TEST(ReportTable, CsvHoldsNoFormulas) {
  const Table table{.title = "",
                    .columns = {"=a", "b", "c"},
                    .rows = {{"=1+1", "-1.5e-3", "+x"}, {"@SUM(A1)", "-2", "-2+3"}, {"\tx", "+7", "a=b"}}};
  EXPECT_EQ(to_csv(table), "'=a,b,c\r\n'=1+1,-1.5e-3,'+x\r\n'@SUM(A1),-2,'-2+3\r\n'\tx,+7,a=b\r\n");
}

TEST(ReportTable, TextIsOnlyTextInMarkdown) {
  EXPECT_EQ(report::markdown_text("a < b\n*c* [d](e) [0, 1]"), "a \\< b \\*c\\* [d]\\(e) [0, 1]");
  EXPECT_EQ(report::markdown_code("a<b>"), "`a<b>`");
  EXPECT_EQ(report::markdown_code("a`` b\n`"), "``` a`` b ` ```");
}

TEST(ReportTable, AnItemOfAListIsOneLineOfText) {
  EXPECT_EQ(report::markdown_item("# a\n- b | <i>"), "- \\# a - b | \\<i>\n");
  EXPECT_EQ(report::markdown_item(""), "- \n");
}

TEST(ReportFormat, LongTextLosesItsMiddle) {
  EXPECT_EQ(results::shortened("abcdefghi", 9), "abcdefghi");
  EXPECT_EQ(results::shortened("abcdefghij", 9), "abc…hij");
  EXPECT_EQ(results::shortened("σσσσσσ", 9), "σ…σ");
}

TEST(ReportTable, MarkdownAlignsAndEscapes) {
  const Table table{.title = "T", .columns = {"law", "x"}, .rows = {{"|a| * 2\n", "–"}, {"σ²", "12.5 µs"}}};
  EXPECT_EQ(to_markdown(table),
            "### T\n\n"
            "| law         |       x |\n"
            "|:------------|--------:|\n"
            "| \\|a\\| \\* 2  |       – |\n"
            "| σ²          | 12.5 µs |\n");
  EXPECT_EQ(to_markdown(Table{.title = "T", .columns = {"a"}, .rows = {}}), "");
}

TEST(ReportFormat, NumbersAsPeopleReadThem) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(results::significant(94.0), "94.00");
  EXPECT_EQ(results::significant(0.012345), "0.01235");
  EXPECT_EQ(results::significant(123456.0), "123456");
  EXPECT_EQ(results::significant(1.2346e-9), "1.235e-09");
  EXPECT_EQ(results::significant(0.0), "0.000");
  EXPECT_EQ(results::significant(nan), "–");
  EXPECT_EQ(results::compact(0.99987149), "0.999871");
  EXPECT_EQ(results::compact(std::optional<double>()), "–");
  EXPECT_EQ(results::duration(1.234e-5), "12.34 µs");
  EXPECT_EQ(results::duration(0.0), "0.000 ns");
  EXPECT_EQ(results::duration(statistics::Interval{0.0123, 0.01251}), "12.30–12.51 ms");
  EXPECT_EQ(results::duration(statistics::Interval{nan, 1}), "–");
  EXPECT_EQ(results::count(999), "999");
  EXPECT_EQ(results::count(2360000), "2.36 M");
  EXPECT_EQ(results::percent(0.005), "0.5 %");
  EXPECT_EQ(results::bytes(49152), "48 KiB");
  EXPECT_EQ(results::shell_line({"sqrtn", "", "a b", "it's", "x=1"}), "sqrtn '' 'a b' 'it'\\''s' x=1");
}

TEST(ReportFormat, AnExactFilterMatchesItsIdAlone) {
  const std::string id = "layers/leaky_relu(0.01)/f32+[x]";
  const std::regex filter(results::exact_filter(id));
  EXPECT_TRUE(std::regex_search(id, filter));
  for (const std::string& other : {id + "x", "x" + id, std::string("layers/leaky_relu(0x01)/f32+[x]")}) {
    EXPECT_FALSE(std::regex_search(other, filter)) << other;
  }
}

results::Document document_with(claims::Verdict verdict) {
  claims::Result result;
  result.claim.id = "layers/leaky_relu(0.01)";
  result.claim.statement = "Σ y² ~ χ²";
  result.claim.alpha = 1e-9;
  result.outcome.verdict = verdict;
  result.outcome.reason = "the slope is 0.02";
  result.outcome.observed = std::numeric_limits<double>::infinity();
  results::Document document;
  document.claims = {result};
  document.seed = std::numeric_limits<std::uint64_t>::max();
  document.command = {"sqrtn", "verify", "--effect-scale", "10", "--filter", "\xff"};
  document.verdict = claims::Verdict::fail;
  return document;
}

TEST(Report, NamesWhatFailedAndHowToSeeItAgain) {
  EXPECT_EQ(report::findings(document_with(claims::Verdict::pass)), "");
  const std::string text = report::to_markdown(document_with(claims::Verdict::fail));
  EXPECT_TRUE(holds(text, "**fail** `layers/leaky_relu(0.01)`: the slope is 0.02"));
  EXPECT_TRUE(holds(text,
                    "`./sqrtn verify --seed 18446744073709551615 --effect-scale 10 "
                    "--filter '^layers/leaky_relu\\(0\\.01\\)$'`"));
  EXPECT_LT(text.find("**fail**"), text.find("### Claims"));
}

TEST(Report, DrawsStandBesideTheBestPeer) {
  results::Document document;
  const auto add = [&](const char* subject, int threads, double median_s) {
    results::Measurement row;
    row.id = fmt::format("{}/{}", subject, threads);
    row.group = "init", row.subject = subject, row.shape = "1 MiB", row.dtype = "f32", row.threads = threads;
    row.median_s = median_s, row.confidence_interval_s = {0.5 * median_s, 2 * median_s};
    document.measurements.push_back(row);
  };
  add("he_normal ars", 1, 1);
  add("std_normal mt19937_64", 1, 30);
  add("mkl_normal ars5_icdf", 1, 3);
  add("mkl_uniform ars5", 1, 2);
  add("normal ars", 2, 1);
  add("gemm core", 1, 4);
  add("gemm raw", 1, 3);
  const auto ratio = results::ratio_to_best_peer(document, document.measurements[0]);
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->peer, "mkl_normal ars5_icdf");
  EXPECT_EQ(ratio->ratio, 3);
  EXPECT_EQ(ratio->interval.low, 0.75);
  EXPECT_EQ(ratio->interval.high, 12);
  for (const std::size_t other : {1, 2, 3, 4}) {
    EXPECT_FALSE(results::ratio_to_best_peer(document, document.measurements[other])) << other;
  }
  const auto call = results::ratio_to_best_peer(document, document.measurements[5]);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->peer, "gemm raw");
  EXPECT_EQ(call->ratio, 0.75);
  EXPECT_FALSE(results::ratio_to_best_peer(document, document.measurements[6]));
  EXPECT_TRUE(holds(report::to_markdown(report::measurement_table(document, "init")), "× best peer"));
}

TEST(Report, JsonIsStrict) {
  const std::string text = results::to_text(results::to_json(document_with(claims::Verdict::fail)));
  const ordered_json json = ordered_json::parse(text);
  EXPECT_TRUE(json["claims"][0]["observed"].is_null());
  EXPECT_EQ(json["seed"].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(json["environment"]["backend"].is_null());
}

}  // namespace
}  // namespace sqrtn::verify
