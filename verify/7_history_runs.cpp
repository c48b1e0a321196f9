#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "bench.hpp"
#include "documents.hpp"
#include "history/from_results.hpp"
#include "history/history.hpp"
#include "history/trends.hpp"
#include "results/document.hpp"
#include "results/format.hpp"
#include "verify.hpp"

/// What a history takes of a run, and how its cases share the error rate.
namespace sqrtn::verify {
namespace {

// A time of a wrong answer is no time, whoever tells it.
TEST(History, LeavesOutWrongAnswers) {
  history::RunOptions options;
  options.machine = "m";
  const auto taken = [&](const std::string& text) { return history::run_from(text, "r", options, "now"); };
  const std::string output =
      fmt::format(R"({{"benchmarks":[{{"name":"good","real_time":5}},{{"name":"bad","real_time":5,"label":"{}"}}]}})",
                  bench::wrong_answer);
  EXPECT_EQ(taken(output).run.cases.size(), 1u);
  EXPECT_EQ(taken(output).left_out, std::vector<std::string>{"bad: wrong answer"});
  results::Document document = synthetic_document();
  const std::size_t before = taken(results::to_text(results::to_json(document))).run.cases.size();
  const auto timed = std::ranges::find_if(
      document.measurements, [](const auto& row) { return row.rounds > 0 && row.median_s > 0 && row.note.empty(); });
  ASSERT_NE(timed, document.measurements.end());
  timed->note.kind = results::NoteKind::wrong_answer;
  EXPECT_EQ(taken(results::to_text(results::to_json(document))).run.cases.size(), before - 1);
}

// alpha·2/(4b² − 1), shared by the cases that the b-th run to bring any brought.
TEST(History, CasesShareTheErrorRate) {
  const auto line = [](const std::vector<std::string>& names) {
    history::Run run{.commit = "c", .date = "d", .machine = "m", .cases = {}};
    for (const std::string& name : names) run.cases.push_back({name, {1e-6, NAN, NAN}});
    return history::to_line(run);
  };
  const history::History all = history::parse_history(line({"a", "b"}) + line({"a"}) + line({"a", "c"}), "h");
  history::Settings settings;
  settings.alpha = 0.012;
  const history::Trends trends = history::find_trends(all, settings);
  ASSERT_EQ(trends.cases.size(), 3u);
  const double shares[] = {0.004, 0.004, 0.0016};
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(trends.cases[i].alpha, shares[i], 1e-15) << i;
}

}  // namespace
}  // namespace sqrtn::verify
