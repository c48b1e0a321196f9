#include "history/trends.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sqrtn/random/stream.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/require.hpp"
#include "support/filter.hpp"

namespace sqrtn::history {
namespace {

using statistics::LevelChange;

constexpr std::size_t runs_of_now = 9;

/// Part of the error rate that a series has.
double share_of(const Series& series, double alpha) {
  return alpha * statistics::part_of_rate(series.batch + 1) / series.batch_size;
}

Finding finding_of(const Series& series, const LevelChange& change) {
  const std::size_t earliest = std::max<std::size_t>(change.earliest, 1);
  return {.before = series.runs[earliest - 1],
          .likeliest = series.runs[change.place],
          .after = series.runs[change.latest],
          .found = series.runs[change.found],
          .slower = change.up,
          .ratio_interval = {}};
}

void add_size(Finding& finding, std::span<const double> before, std::span<const double> after) {
  if (before.empty()) before = after.first(1);  // it cannot be: the first observation shows nothing
  const statistics::Shift shift = statistics::shift_between(before, after);
  finding.ratio = std::exp(shift.estimate);
  finding.ratio_interval = {std::exp(shift.interval.low), std::exp(shift.interval.high)};
}

CaseTrend trend_of(const Series& series, double alpha) {
  std::vector<double> logs;
  logs.reserve(series.times.size());
  for (const Time& time : series.times) logs.push_back(std::log(time.median_s));
  CaseTrend result{.series = &series, .alpha = share_of(series, alpha), .findings = {}};
  const auto stream = random::stream_of(series.machine + '\0' + series.name);
  const statistics::Trend trend = statistics::find_changes(logs, result.alpha, stream);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < trend.changes.size(); ++i) {
    const LevelChange& change = trend.changes[i];
    const std::size_t end = i + 1 < trend.changes.size() ? trend.changes[i + 1].place : logs.size();
    result.findings.push_back(finding_of(series, change));
    add_size(result.findings.back(), std::span(logs).subspan(begin, change.place - begin),
             std::span(logs).subspan(change.place, end - change.place));
    begin = change.place;
  }
  result.noise_factor = trend.noise_factor;
  result.able = trend.able;
  const auto level = std::span(logs).subspan(begin);
  result.now_s = std::exp(*statistics::median(level.last(std::min(runs_of_now, level.size()))));
  return result;
}

}  // namespace

Trends find_trends(const History& history, const Settings& settings) {
  require(settings.alpha >= 1e-6 && settings.alpha < 0.5, "--alpha must be in [1e-6, 1/2), got {}", settings.alpha);
  const std::optional<Filter> filter = settings.filter.empty() ? std::nullopt : std::optional(Filter(settings.filter));
  Trends trends{.settings = settings, .cases = {}};
  for (const Series& series : history.series) {
    if (!filter || filter->finds(series.name)) trends.cases.push_back({.series = &series, .findings = {}});
  }
  parallel_for(trends.cases.size(), 0, [&](std::size_t i) {
    CaseTrend& trend = trends.cases[i];
    trend = trend_of(*trend.series, settings.alpha);
    for (Finding& finding : trend.findings) finding.is_new = finding.found + settings.newest >= history.runs.size();
  });
  return trends;
}

Word word_of(const Trends& trends) {
  if (trends.cases.empty()) return Word::nothing;
  bool better = false, able = false;
  for (const CaseTrend& trend : trends.cases) {
    able = able || trend.able || !trend.findings.empty();
    for (const Finding& finding : trend.findings) {
      if (finding.is_new && finding.slower) return Word::worse;
      better = better || finding.is_new;
    }
  }
  if (better) return Word::better;
  return able ? Word::all_well : Word::learning;
}

}  // namespace sqrtn::history
