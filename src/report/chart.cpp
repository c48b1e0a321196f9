#include "report/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/html.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using html::escaped;

constexpr double width = 420, height = 260;
constexpr double left = 48, right = 408, top = 16, bottom = 220;  // the drawing area

struct Axes {
  bool linear;
  double x_low, x_high;  // log2 unless linear
  double y_low, y_high, x_step, y_step;

  [[nodiscard]] double x(double value) const {
    return left + (right - left) * ((linear ? value : std::log2(value)) - x_low) / (x_high - x_low);
  }
  [[nodiscard]] double y(double value) const {
    return bottom - (bottom - top) * std::clamp((value - y_low) / (y_high - y_low), 0.0, 1.0);
  }
  [[nodiscard]] bool shows(const ChartPoint& point) const {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) return false;
    return linear ? point.y >= y_low && point.y <= y_high : point.x > 0 && point.y >= 0;
  }
};

/// From the lowest to the highest of what is added.
struct Range {
  double low = INFINITY, high = -INFINITY;
  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

Axes linear_axes(const Chart& chart) {
  Range x, y;
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      x.add(point.x);
      if (series.marked) y.add(point.y);
    }
  }
  for (const ChartRoof& roof : chart.roofs) y.add(roof.y);
  if (!(x.low < x.high)) x = {0, 1};
  if (y.low > y.high) y = {0, 0};
  const double room = std::max(0.05 * (y.high - y.low), chart.y_room), height_in_y = y.high - y.low + 2 * room;
  return {true, x.low, x.high, y.low - room, y.high + room, nice_step(x.high - x.low), nice_step(height_in_y)};
}

Axes size_axes(const Chart& chart) {
  Range x, y;
  y.add(0);
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      if (!(point.x > 0) || !std::isfinite(point.x) || !(point.y >= 0) || !std::isfinite(point.y)) continue;
      x.add(std::log2(point.x));
      y.add(point.y);
      if (point.interval) y.add(point.interval->high);
    }
  }
  for (const ChartRoof& roof : chart.roofs) y.add(roof.y);
  if (!(y.high > 1e-300)) y.high = 1;
  if (x.low > x.high) x = {0, 0};
  const double low = x.low - 0.4, high = x.high + 0.4;
  return {false, low, high, 0, std::min(y.high * 1.06, 1e300), std::ceil((high - low) / 8), nice_step(y.high)};
}

std::string grid(const Chart& chart, const Axes& axes) {
  std::string lines, words;
  for (double i = std::ceil(axes.y_low / axes.y_step); i * axes.y_step <= axes.y_high; ++i) {
    const double value = i * axes.y_step + 0.0, y = axes.y(value);  // not -0
    lines += fmt::format("M{:.0f} {:.1f}H{:.0f}", left, y, right);
    words +=
        fmt::format(R"(<text x="{:.0f}" y="{:.1f}" class="e">{}</text>)", left - 6, y + 4, results::compact(value, 4));
  }
  const double first = axes.linear ? std::ceil(axes.x_low / axes.x_step) * axes.x_step : std::ceil(axes.x_low);
  for (int i = 0; first + i * axes.x_step <= axes.x_high; ++i) {
    const double at = first + i * axes.x_step;
    const double value = axes.linear ? at : std::exp2(at), x = axes.x(value);
    lines += fmt::format("M{:.1f} {:.0f}v5", x, bottom);
    words +=
        fmt::format(R"(<text x="{:.1f}" y="{:.0f}" class="m">{}</text>)", x, bottom + 18, results::compact(value, 5));
  }
  return fmt::format(R"(<path class="grid" d="{}"/>{}<text x="{:.0f}" y="{:.0f}" class="m">{}</text>)", lines, words,
                     (left + right) / 2, height - 6, escaped(chart.x_label));
}

/// Its value stands above it where it is one of few.
std::string roof_line(const ChartRoof& roof, const Axes& axes, bool few) {
  if (!std::isfinite(roof.y) || (roof.y <= 0 && !axes.linear)) return {};
  const double y = axes.y(roof.y);
  const std::string value =
      few ? fmt::format(R"(<text x="{:.0f}" y="{:.1f}" class="e">{}</text>)", right, y - 4, results::compact(roof.y, 4))
          : "";
  return fmt::format(R"(<g class="roof s{}"><path d="M{:.0f} {:.1f}H{:.0f}"/>{}<title>{}</title></g>)",
                     roof.style % chart_styles, left, y, right, value, escaped(roof.label));
}

std::string path_point(bool first, double x, double y) {
  return fmt::format("{}{:.1f} {:.1f}", first ? 'M' : 'L', x, y);
}

/// The band of the connected points, their line, and all marks with what they stand for.
std::string series_lines(const ChartSeries& series, const Axes& axes) {
  std::string line, upper, lower, points;
  for (const ChartPoint& point : series.points) {
    if (!axes.shows(point)) continue;
    const double x = axes.x(point.x), y = axes.y(point.y);
    points += "<g>" + mark_at(series.style, x, y, point.connected ? "" : " alone");
    if (point.interval && std::isfinite(point.interval->low) && std::isfinite(point.interval->high)) {
      const double low = axes.y(point.interval->low), high = axes.y(point.interval->high);
      points += fmt::format(R"(<path class="bar" d="M{0:.1f} {1:.1f}V{2:.1f}"/>)", x, low, high);
      if (point.connected) {
        upper += path_point(upper.empty(), x, high);
        lower.insert(0, path_point(false, x, low));
      }
    }
    points += fmt::format("<title>{}</title></g>", escaped(point.label));
    if (point.connected) line += path_point(line.empty(), x, y);
  }
  if (!series.marked) points.clear();
  if (!upper.empty()) upper = fmt::format(R"(<path class="band" d="{}{}Z"/>)", upper, lower);
  return fmt::format(R"(<g class="s{}">{}<path class="line" d="{}"/>{}</g>)", series.style % chart_styles, upper, line,
                     points);
}

std::string body(const Chart& chart) {
  const Axes axes = chart.linear ? linear_axes(chart) : size_axes(chart);
  std::string text = svg_names(chart.id, chart.title, chart.description);
  text += grid(chart, axes);
  for (const ChartRoof& roof : chart.roofs) text += roof_line(roof, axes, chart.roofs.size() <= 3);
  for (const ChartSeries& series : chart.series) text += series_lines(series, axes);
  return text;
}

}  // namespace

std::string svg(const Chart& chart) { return svg_opened(chart.id, width, height) + body(chart) + "</svg>\n"; }

std::string svg_file(const Chart& chart) {
  std::vector<std::pair<std::size_t, std::string>> legend;
  for (const ChartSeries& series : chart.series) {
    if (series.marked) legend.emplace_back(series.style, series.name);
  }
  if (legend.size() == 1 && !chart.linear) legend.clear();
  return svg_file(chart.id, width, height, body(chart), legend);
}

}  // namespace sqrtn::report
