#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "history/history.hpp"
#include "history/trends.hpp"
#include "mutation.hpp"
#include "outside.hpp"
#include "program.hpp"
#include "verify.hpp"

/// `sqrtn history` as its users run it: exit codes, what is told, what is refused, and that nothing is lost.
namespace sqrtn::verify {
namespace {

using nlohmann::json;

/// A line of a history: times of the cases a and b in nanoseconds, with noise of 1 %.
std::string line_of(std::size_t run, double a, double b, std::mt19937_64& random, const char* machine = "m") {
  std::normal_distribution<double> noise(1, 0.01);
  return history::to_line({.commit = fmt::format("commit{}", run),
                           .date = "2026-01-02T03:04:05Z",
                           .machine = machine,
                           .cases = {{"a", {a * noise(random), NAN, NAN}}, {"b/<x>", {b * noise(random), NAN, NAN}}}});
}

/// 40 runs of which a becomes slower by 10 % after 30: found with the run `found`, from 0.
std::string history_with_step(std::mt19937_64& random) {
  std::string text;
  for (std::size_t run = 0; run < 40; ++run) text += line_of(run, run < 30 ? 1e-6 : 1.1e-6, 2e-6, random);
  return text;
}

std::string first_lines(const std::string& text, std::size_t n) {
  std::size_t end = 0;
  for (; n > 0; --n) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

Ended check(const Folder& folder, const std::string& text, const std::string& options = "") {
  std::ofstream(folder / "history.jsonl", std::ios::binary) << text;
  return shell(folder, "sqrtn history check history.jsonl " + options);
}

TEST(History, ANewChangeForTheWorseFailsOnce) {
  const Folder folder;
  std::mt19937_64 random(settings().seed);
  const std::string text = history_with_step(random);
  const history::History all = history::parse_history(text, "h");
  const history::Trends trends = history::find_trends(all, {.filter = "^a$"});
  ASSERT_EQ(trends.cases.size(), 1u);
  ASSERT_EQ(trends.cases[0].findings.size(), 1u);
  const history::Finding& finding = trends.cases[0].findings[0];
  EXPECT_TRUE(finding.slower);
  EXPECT_TRUE(finding.ratio_interval.contains(1.1)) << finding.ratio;
  EXPECT_LT(finding.before, 30u);
  EXPECT_GE(finding.after, 30u);
  const std::size_t found = finding.found;
  EXPECT_EQ(check(folder, first_lines(text, found)).code, 0);
  const Ended failed = check(folder, first_lines(text, found + 1), "--json trends.json --summary summary.md");
  EXPECT_EQ(failed.code, 1) << failed.err;
  EXPECT_TRUE(holds(failed.out, "slower: 1 new changes for the worse"));
  EXPECT_TRUE(holds(failed.out, fmt::format("commit{} (2026-01-02)", finding.before)));
  EXPECT_TRUE(holds(failed.out, fmt::format("commit{} (2026-01-02)", finding.after)));
  EXPECT_EQ(content_of(folder / "summary.md"), failed.out);
  const json told = json::parse(content_of(folder / "trends.json"));
  EXPECT_EQ(told["verdict"], "slower");
  EXPECT_EQ(told["cases"][0]["changes"][0]["found_with"]["commit"], fmt::format("commit{}", found));
  EXPECT_EQ(check(folder, first_lines(text, found + 2)).code, 0) << "it is told once";
  EXPECT_EQ(check(folder, first_lines(text, found + 2), "--newest 2").code, 1);
  EXPECT_EQ(check(folder, first_lines(text, found + 1), "--case '^b'").code, 0);
  EXPECT_EQ(check(folder, first_lines(text, found + 1), "--case nothing").code, 4);
}

TEST(History, SaysThatItIsLearning) {
  const Folder folder;
  std::mt19937_64 random(settings().seed);
  const std::string text = first_lines(history_with_step(random), 5);
  const Ended ended = check(folder, text);
  EXPECT_EQ(ended.code, 3);
  EXPECT_TRUE(holds(ended.out, "learning"));
  EXPECT_EQ(check(folder, text, "--learning").code, 0);
  EXPECT_EQ(check(folder, "").code, 4);
}

// A machine that is slower by half is no change of the code.
TEST(History, MachinesAreNeverMixed) {
  const Folder folder;
  std::mt19937_64 random(settings().seed);
  std::string text;
  for (std::size_t run = 0; run < 120; ++run) {
    const bool slow = run >= 60 || run % 2 == 1;
    text += line_of(run, slow ? 1.5e-6 : 1e-6, 2e-6, random, slow ? "slow" : "fast");
  }
  EXPECT_EQ(check(folder, text, "--newest 120").code, 0);
  const Ended shown = shell(folder, "sqrtn history show history.jsonl");
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_TRUE(holds(shown.out, "a on slow"));
  EXPECT_TRUE(holds(shown.out, "a on fast"));
}

constexpr const char* benchmark =
    R"({"context":{"date":"2026-05-06T07:08:09+00:00"},"benchmarks":[)"
    R"({"name":"x","run_type":"iteration","real_time":5,"cpu_time":4,"time_unit":"us"},)"
    R"({"name":"broken","run_type":"iteration","error_occurred":true,"error_message":"no memory"}]})";

TEST(History, AddsWhatGoogleBenchmarkWrote) {
  const Folder folder;
  std::ofstream(folder / "out.json") << benchmark;
  const std::string add = "sqrtn history add out.json --to h.jsonl --machine runner ";
  const Ended ended = shell(folder, "GITHUB_SHA= CI_COMMIT_SHA=fromci " + add);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "left out: broken: error: no memory"));
  EXPECT_EQ(shell(folder, add + "--commit given --cpu-time <out.json").code, 0);
  const history::History all = history::read_history(folder / "h.jsonl");
  ASSERT_EQ(all.runs.size(), 2u);
  EXPECT_EQ(all.runs[0].commit, "fromci");
  EXPECT_EQ(all.runs[1].commit, "given");
  EXPECT_EQ(all.runs[0].date, "2026-05-06T07:08:09+00:00");
  EXPECT_EQ(all.runs[0].machine, "runner");
  ASSERT_EQ(all.series.size(), 1u);
  EXPECT_DOUBLE_EQ(all.series[0].times[0].median_s, 5e-6);
  EXPECT_DOUBLE_EQ(all.series[0].times[1].median_s, 4e-6);
}

TEST(History, AddsOwnResultsWithTheirIntervals) {
  const Folder folder;
  const std::string run = "sqrtn bench --quick --filter '^products/gemv/.*/f32/1$' --json r.json >out";
  ASSERT_EQ(shell(folder, run + " && sqrtn history add r.json --commit one").code, 0);
  const history::History all = history::read_history(folder / "history.jsonl");
  ASSERT_FALSE(all.series.empty());
  EXPECT_TRUE(all.series.back().name.starts_with("products/gemv/")) << all.series.back().name;
  for (const history::Series& series : all.series) {
    EXPECT_LE(series.times[0].low_s, series.times[0].median_s);
    EXPECT_LE(series.times[0].median_s, series.times[0].high_s);
  }
}

// Bad lines are named, and `add` leaves a file alone that is no history.
TEST(History, RefusesWhatIsNoHistory) {
  const std::string head = R"({"schema":"sqrtn.history/1","commit":"c","date":"d","machine":"m","cases":)";
  const std::string good = head + R"([["a",1.0]]})" + "\n";
  const std::pair<std::string, std::string> bad[] = {
      {"no history\n", "line 1: not JSON"},
      {good + "{}\n", "line 2: schema: expected \"sqrtn.history/1\""},
      {good + good.substr(0, 40), "line 2: the last line is not whole"},
      {head + "[]}\n", "line 1: cases: expected an array of cases"},
      {head + R"([["a",0]]})" + "\n", "cases[0]: expected a time above 0"},
      {head + R"([["a",1e-9,2e-9,3e-9]]})" + "\n", "cases[0]: expected an interval about the median"},
      {head + R"([["a",1],["a",2]]})" + "\n", "line 1: the case 'a' stands twice"},
      {head + R"([["",1]]})" + "\n", "cases[0]: expected a name"},
      {head + R"([["a\u001b",1]]})" + "\n", "a string holds the control character"},
      {R"({"schema":"sqrtn.history/1","commit":"","date":"d","machine":"m","cases":[["a",1]]})"
       "\n",
       "line 1: commit: expected a string that is not empty"},
  };
  for (const auto& [text, says] : bad) {
    const Folder folder;
    std::ofstream(folder / "out.json") << benchmark;
    const Ended ended = check(folder, text);
    EXPECT_EQ(ended.code, 2) << text;
    EXPECT_TRUE(holds(ended.err, "history.jsonl, " + std::string(says.starts_with("line") ? "" : "line 1: ") + says));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  }
  const Folder folder;
  std::ofstream(folder / "out.json") << benchmark;
  for (const std::string& text : {std::string("my notes\n"), good + good.substr(0, 40)}) {
    std::ofstream(folder / "history.jsonl") << text;
    EXPECT_EQ(shell(folder, "sqrtn history add out.json --machine m --commit c").code, 2);
    EXPECT_EQ(content_of(folder / "history.jsonl"), text);
  }
}

TEST(History, SurvivesMutations) {
  std::mt19937_64 random(1);
  const std::string original = first_lines(history_with_step(random), 3);
  int taken = 0;
  for (int i = 0; i < 4'000; ++i) {
    const std::string text = mutated(original, random);
    const std::string refusal = refusal_of([&] { return history::parse_history(text, "h"); });
    EXPECT_TRUE(refusal.empty() || refusal.starts_with("h, line ")) << refusal;
    taken += refusal.empty() ? 1 : 0;
  }
  EXPECT_GT(taken, 100);  // else the mutations test the parser alone
}

// On the page each case has a picture, and its text is text.
TEST(History, IsShownOnThePage) {
  const Folder folder;
  std::mt19937_64 random(settings().seed);
  std::ofstream(folder / "h.jsonl") << history_with_step(random);
  const Ended ended = shell(folder, "sqrtn report h.jsonl --output page");
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::string page = content_of(folder / "page/report.html");
  EXPECT_TRUE(holds(page, "<section id=history-1"));
  EXPECT_TRUE(holds(page, "trend-1-2-t"));
  EXPECT_TRUE(holds(page, "b/&lt;x&gt;"));
  EXPECT_EQ(page.find("<x>"), std::string::npos);
  EXPECT_TRUE(holds(page, "slower, +"));
  EXPECT_TRUE(holds(content_of(folder / "page/report.md"), "slower, +"));
}

TEST(History, RefusesWhatItIsNotTold) {
  const std::pair<const char*, const char*> bad[] = {
      {"sqrtn history", "sqrtn history --help"},
      {"sqrtn history chek", "did you mean check?"},
      {"sqrtn history check --newst 2", "did you mean --newest?"},
      {"sqrtn history check --to x", "history check does not know '--to'"},
      {"sqrtn history check missing.jsonl", "missing.jsonl"},
      {"sqrtn history check --alpha 2", "from 1e-06 to 0.4"},
      {"sqrtn history add missing.json --commit c", "missing.json"},
      {"sqrtn history add out.json --machine m", "--commit"},
      {"sqrtn history add out.json --commit c", "--machine"},
      {"sqrtn history add broken.json --commit c --machine m", "broken.json: not JSON"},
      {"sqrtn history add out.json --commit c --machine m --to /nowhere/h", "/nowhere/h"},
  };
  const Folder folder;
  std::ofstream(folder / "out.json") << benchmark;
  std::ofstream(folder / "broken.json") << "{";
  for (const auto& [line, says] : bad) {
    const Ended ended = shell(folder, std::string("unset GITHUB_SHA CI_COMMIT_SHA; ") + line);
    EXPECT_EQ(ended.code, 2) << line;
    EXPECT_TRUE(holds(ended.err, says)) << line;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  }
  EXPECT_EQ(folder.entries(), 2) << "left something behind";
}

}  // namespace
}  // namespace sqrtn::verify
