#include <algorithm>
#include <map>

#include "report/page_charts.hpp"
#include "results/format.hpp"

/// Initialisers and generators by speed.
namespace sqrtn::report {
namespace {

/// What a panel holds alike.
std::string rank_panel_of(const Measurement& row) {
  return fmt::format("{} {}, {} thread{}, {}", row.shape, row.dtype, row.threads, row.threads == 1 ? "" : "s",
                     row.rate_unit);
}

/// A panel while its rows come in.
struct Panel {
  RankChart chart;
  std::map<std::string, std::size_t> row_of_name;

  void add(const Run& run, const Measurement& row) {
    const auto [found, is_new] = row_of_name.emplace(row.subject, chart.rows.size());
    if (is_new) chart.rows.push_back({row.subject, {}});
    const std::string whose = run.label.empty() ? row.subject : fmt::format("{}, {}", row.subject, run.label);
    chart.rows[found->second].marks.push_back({run.style, *row.rate, rate_interval(row), rate_label(whose, row)});
  }
};

double best_of(const RankRow& row) { return std::ranges::max(row.marks, {}, &RankMark::value).value; }

/// The fastest first, and in words the first and the last.
RankChart ranked(RankChart chart) {
  std::ranges::stable_sort(chart.rows, std::ranges::greater{}, best_of);
  const auto best_label = [](const RankRow& row) { return std::ranges::max(row.marks, {}, &RankMark::value).label; };
  chart.description = fmt::format("Rate by method. Fastest {}; slowest {}.", best_label(chart.rows.front()),
                                  best_label(chart.rows.back()));
  return chart;
}

}  // namespace

std::vector<RankChart> rank_charts(const std::vector<Run>& runs, const std::string& group) {
  std::vector<Panel> panels;
  std::map<std::string, std::size_t> panel_of_title;
  for (const Run& run : runs) {
    for (const Measurement& row : run.document->measurements) {
      if (row.group != group || !row.rate) continue;
      const auto [found, is_new] = panel_of_title.emplace(rank_panel_of(row), panels.size());
      if (is_new) {
        Panel& panel = panels.emplace_back();
        panel.chart.id = fmt::format("rank-{}", panels.size());
        panel.chart.title = found->first;
        panel.chart.x_label = row.rate_unit;
        panel.chart.legend = legend_entries(runs);
      }
      panels[found->second].add(run, row);
    }
  }
  std::vector<RankChart> charts;
  for (Panel& panel : panels) charts.push_back(ranked(std::move(panel.chart)));
  return charts;
}

std::string ranks_of(const std::vector<Run>& runs, const std::string& group) {
  std::string figures;
  for (const RankChart& chart : rank_charts(runs, group)) figures += figure_of(chart.title, svg(chart));
  if (figures.empty()) return {};
  return "<p>Rate by method, the fastest first; the bar is the median's 99 % interval.\n" +
         legend_of(legend_entries(runs)) + "<div class=charts>\n" + figures + "</div>\n";
}

}  // namespace sqrtn::report
