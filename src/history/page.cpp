#include "history/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "history/text.hpp"
#include "report/chart.hpp"
#include "report/page_charts.hpp"
#include "results/format.hpp"
#include "sqrtn/statistics/median.hpp"

namespace sqrtn::history {
namespace {

constexpr std::size_t most_charts = 60, most_runs = 200, longest_title = 60;

/// Where the level of a case changed, as places among its own runs, from the first of them on.
std::vector<std::size_t> places_of(const CaseTrend& trend) {
  const std::vector<std::uint32_t>& runs = trend.series->runs;
  std::vector<std::size_t> places{0};
  for (const Finding& finding : trend.findings) {
    places.push_back(static_cast<std::size_t>(std::ranges::find(runs, finding.likeliest) - runs.begin()));
  }
  places.push_back(runs.size());
  return places;
}

double middle(const Series& series, std::size_t begin, std::size_t end) {
  std::vector<double> times;
  for (std::size_t i = begin; i < end; ++i) times.push_back(series.times[i].median_s);
  return statistics::median(times).value_or(series.times[begin].median_s);
}

/// A case's times, and what they are shown in.
struct Shown {
  const History& history;
  const CaseTrend& trend;
  std::vector<std::size_t> places = places_of(trend);
  std::size_t first = trend.series->runs.size() - std::min(most_runs, trend.series->runs.size());
  double first_level_s = middle(*trend.series, 0, places[1]);

  [[nodiscard]] report::ChartPoint point(std::size_t i, double time_s, std::string label, bool connected) const {
    return {.x = static_cast<double>(i + 1),
            .y = 100 * (time_s / first_level_s - 1),
            .interval = {},
            .label = std::move(label),
            .connected = connected};
  }
};

report::ChartSeries times_of(const Shown& shown) {
  const Series& series = *shown.trend.series;
  report::ChartSeries times{.name = "median of a run", .style = 0, .points = {}};
  for (std::size_t i = shown.first; i < series.runs.size(); ++i) {
    const History::Head& run = shown.history.runs[series.runs[i]];
    const double time_s = series.times[i].median_s;
    times.points.push_back(
        shown.point(i, time_s, fmt::format("{} {}: {}", run.commit, run.date, results::duration(time_s)), false));
  }
  return times;
}

report::ChartSeries levels_of(const Shown& shown) {
  report::ChartSeries levels{.name = "level", .style = 1, .points = {}};
  for (std::size_t j = 0; j + 1 < shown.places.size(); ++j) {
    const double level_s = middle(*shown.trend.series, shown.places[j], shown.places[j + 1]);
    const std::string label =
        j == 0 ? results::duration(level_s) : change_text(shown.history, shown.trend.findings[j - 1]);
    for (const std::size_t i : {std::max(shown.places[j], shown.first), shown.places[j + 1] - 1}) {
      if (i >= shown.first) levels.points.push_back(shown.point(i, level_s, label, true));
    }
  }
  return levels;
}

report::Chart chart_of(const History& history, const CaseTrend& trend, const std::string& id) {
  const Shown shown{.history = history, .trend = trend};
  std::string description = fmt::format("{} runs, {} changes. ", trend.series->runs.size(), trend.findings.size());
  for (const Finding& finding : trend.findings) description += change_text(history, finding) + ". ";
  return {.id = id,
          .title = results::shortened(case_name(history, *trend.series), longest_title),
          .description = description,
          .x_label = "run",
          .y_label = "",
          .series = {times_of(shown), levels_of(shown)},
          .roofs = {},
          .linear = true};
}

}  // namespace

report::html::Section page_section(const History& history, const Trends& trends, const std::string& name,
                                   std::size_t number) {
  std::vector<const CaseTrend*> cases;
  for (const CaseTrend& trend : trends.cases) cases.push_back(&trend);
  std::ranges::stable_sort(cases, {}, [](const CaseTrend* trend) { return trend->findings.empty(); });
  std::string text = fmt::format("<p>{}. Times in per cent of the first level; lines are the levels between changes.\n",
                                 report::html::escaped(headline(history, trends)));
  text += report::html::table(change_table(history, trends, false));
  text += "<div class=charts>\n";
  for (std::size_t i = 0; i < std::min(most_charts, cases.size()); ++i) {
    const report::Chart chart = chart_of(history, *cases[i], fmt::format("trend-{}-{}", number, i + 1));
    text += report::figure_of(chart.title, report::svg(chart));
  }
  text += "</div>\n";
  if (cases.size() > most_charts) text += fmt::format("<p>{} more cases are not drawn.\n", cases.size() - most_charts);
  return {
      .id = fmt::format("history-{}", number), .heading = fmt::format("History {}", name), .content = std::move(text)};
}

}  // namespace sqrtn::history
