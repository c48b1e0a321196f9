#include "report/page_charts.hpp"

#include <algorithm>
#include <cmath>

#include "results/format.hpp"

namespace sqrtn::report {
namespace {

/// The sides of "512x64x512"; empty for what is no such shape.
std::vector<double> sides_of(const std::string& shape) {
  std::vector<double> sides;
  const char* at = shape.c_str();
  for (;;) {
    char* end = nullptr;
    const double side = std::strtod(at, &end);
    if (end == at || !(side >= 1 && side <= 1e15)) return {};
    sides.push_back(side);
    if (*end == '\0') return sides;
    if (*end != 'x') return {};
    at = end + 1;
  }
}

std::optional<ChartPoint> point_of(const Measurement& row) {
  const std::vector<double> sides = sides_of(row.shape);
  if (sides.empty() || !row.rate) return std::nullopt;
  double log_size = 0;
  for (const double side : sides) log_size += std::log(side);
  return ChartPoint{.x = std::exp(log_size / static_cast<double>(sides.size())),
                    .y = *row.rate,
                    .interval = rate_interval(row),
                    .label = rate_label(row.shape, row),
                    .connected = std::ranges::all_of(sides, [&](double side) { return side == sides.front(); })};
}

/// What a panel holds alike.
std::string panel_of(const Measurement& row) {
  return fmt::format("{} {}, {} thread{}, {}", row.subject, row.dtype, row.threads, row.threads == 1 ? "" : "s",
                     row.rate_unit);
}

void add_run(const Run& run, const std::string& group, Chart& chart) {
  ChartSeries series{.name = run.label, .style = run.style, .points = {}};
  const Measurement* best = nullptr;
  for (const Measurement& row : run.document->measurements) {
    if (row.group != group || !row.rate || panel_of(row) != chart.title) continue;
    if (std::optional<ChartPoint> point = point_of(row)) series.points.push_back(std::move(*point));
    if (best == nullptr || *row.rate > *best->rate) best = &row;
    const auto same = [&row](const ChartRoof& roof) { return roof.y == row.ceiling; };
    if (row.ceiling && std::ranges::none_of(chart.roofs, same)) {
      chart.roofs.push_back({*row.ceiling, run.style,
                             fmt::format("{}{}{} {}: {}", run.label, run.label.empty() ? "" : ", ",
                                         significant(row.ceiling), row.rate_unit, row.ceiling_id)});
    }
  }
  if (series.points.empty()) return;
  std::ranges::stable_sort(series.points, {}, &ChartPoint::x);
  chart.description += fmt::format(
      "{}{}best {} {} at {}{}. ", run.label, run.label.empty() ? "" : ": ", significant(best->rate), best->rate_unit,
      best->shape,
      best->percent_of_ceiling ? fmt::format(", {:.1f} % of the measured ceiling", *best->percent_of_ceiling) : "");
  chart.series.push_back(std::move(series));
}

constexpr const char* how_to_read_charts =
    "<p>Rate by size; the band is the median's 99 % interval. The dashed line is the ceiling that was measured in the "
    "same run. Lines join squares; hollow marks are other shapes, at the geometric mean of their sides.\n";

}  // namespace

std::optional<statistics::Interval> rate_interval(const Measurement& row) {
  if (!row.confidence_interval_s || !(row.confidence_interval_s->low > 0)) return std::nullopt;
  const double work = *row.rate * row.median_s;
  return statistics::Interval{work / row.confidence_interval_s->high, work / row.confidence_interval_s->low};
}

std::string rate_label(const std::string& name, const Measurement& row) {
  std::string label = fmt::format("{}: {} {}", name, significant(row.rate), row.rate_unit);
  const auto interval = rate_interval(row);
  if (interval) label += fmt::format(", interval {}", compact(interval, 4));
  if (row.percent_of_ceiling) label += fmt::format(", {:.1f} % of the ceiling", *row.percent_of_ceiling);
  return label;
}

std::vector<std::pair<std::size_t, std::string>> legend_entries(const std::vector<Run>& runs) {
  std::vector<std::pair<std::size_t, std::string>> entries;
  for (const Run& run : runs) {
    if (runs.size() > 1) entries.emplace_back(run.style, run.label);
  }
  return entries;
}

std::string legend_of(const std::vector<std::pair<std::size_t, std::string>>& entries) {
  std::string items;
  for (const auto& [style, name] : entries) items += fmt::format("<li>{}{}", svg_key(style), html::escaped(name));
  return items.empty() ? "" : fmt::format("<ul class=legend>{}</ul>\n", items);
}

std::string figure_of(const std::string& title, const std::string& picture) {
  return fmt::format("<figure><figcaption>{}</figcaption>\n{}</figure>\n", html::escaped(title), picture);
}

std::vector<Chart> rate_charts(const std::vector<Run>& runs, const std::string& group) {
  const auto panels = names_over(runs, [&group](const Document& document) {
    std::vector<std::string> names;
    for (const Measurement& row : document.measurements) {
      if (row.group == group && point_of(row)) names.push_back(panel_of(row));
    }
    return names;
  });
  std::vector<Chart> charts;
  for (const std::string& panel : panels) {
    Chart chart{.id = fmt::format("chart-{}", charts.size() + 1),
                .title = panel,
                .description = "Rate by size. ",
                .x_label = "size: n, or the geometric mean of the sides",
                .y_label = "",
                .series = {},
                .roofs = {}};
    for (const Run& run : runs) add_run(run, group, chart);
    charts.push_back(std::move(chart));
  }
  return charts;
}

std::string charts_of(const std::vector<Run>& runs, const std::string& group) {
  const std::vector<Chart> charts = rate_charts(runs, group);
  if (charts.empty()) return {};
  std::string text = how_to_read_charts + legend_of(legend_entries(runs)) + "<div class=charts>\n";
  for (const Chart& chart : charts) text += figure_of(chart.title, svg(chart));
  return text + "</div>\n";
}

}  // namespace sqrtn::report
