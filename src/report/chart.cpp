#include "report/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/assets.hpp"
#include "report/html.hpp"
#include "sqrtn/report/format.hpp"

namespace sqrtn::report {
namespace {

using html::escaped;

// The drawing area within the picture, in its units.
constexpr double width = 420, height = 260, left = 48, right = 408, top = 16, bottom = 220;

/// Shapes of about one area around the origin, told apart without colour.
constexpr std::array<const char*, chart_styles> marks{
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",                                           // disc
    "M-3.5-3.5h7v7h-7z",                                                            // square
    "M0-4.5L4.5 3.5H-4.5z",                                                         // triangle
    "M0-5L4.5 0 0 5-4.5 0z",                                                        // diamond
    "M0 4.5L4.5-3.5H-4.5z",                                                         // triangle downwards
    "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",                                        // plus
    "M-4.5-1L0-4.5 4.5-1 2.8 4.2H-2.8z",                                            // pentagon
    "M-4.5-3L-3-4.5 0-1.5 3-4.5 4.5-3 1.5 0 4.5 3 3 4.5 0 1.5-3 4.5-4.5 3-1.5 0z",  // cross
    "M-5-2h10v4h-10z"};                                                             // bar

struct Axes {
  double x_low, x_high;  // log2
  double y_high, y_step;

  [[nodiscard]] double x(double value) const {
    return left + (right - left) * (std::log2(value) - x_low) / (x_high - x_low);
  }
  [[nodiscard]] double y(double value) const { return bottom - (bottom - top) * std::min(value / y_high, 1.0); }
};

bool drawable(const ChartPoint& point) {
  return std::isfinite(point.x) && point.x > 0 && std::isfinite(point.y) && point.y >= 0;
}

/// 1, 2 or 5 times a power of ten, about a fifth of `range`.
double nice_step(double range) {
  const double step = std::pow(10.0, std::floor(std::log10(range / 5)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (range / (factor * step) <= 6) return factor * step;
  }
  return 10 * step;
}

Axes axes_of(const Chart& chart) {
  double x_low = INFINITY, x_high = -INFINITY, y_high = 0;
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      if (!drawable(point)) continue;
      x_low = std::min(x_low, std::log2(point.x));
      x_high = std::max(x_high, std::log2(point.x));
      y_high = std::max(y_high, point.y);
      if (point.interval && std::isfinite(point.interval->high)) y_high = std::max(y_high, point.interval->high);
    }
  }
  for (const ChartRoof& roof : chart.roofs) y_high = std::max(y_high, std::isfinite(roof.y) ? roof.y : 0);
  if (!(y_high > 1e-300)) y_high = 1;
  if (x_low > x_high) x_low = x_high = 0;
  return {x_low - 0.4, x_high + 0.4, std::min(y_high * 1.06, 1e300), nice_step(y_high)};
}

std::string grid(const Chart& chart, const Axes& axes) {
  std::string lines, words;
  for (int i = 0; i * axes.y_step <= axes.y_high; ++i) {
    const double value = i * axes.y_step, y = axes.y(value);
    lines += fmt::format("M{:.0f} {:.1f}H{:.0f}", left, y, right);
    words += fmt::format(R"(<text x="{:.0f}" y="{:.1f}" class="e">{}</text>)", left - 6, y + 4, compact(value, 4));
  }
  const double every = std::ceil((axes.x_high - axes.x_low) / 8);
  for (double power = std::ceil(axes.x_low); power <= axes.x_high; power += every) {
    const double value = std::exp2(power), x = axes.x(value);
    lines += fmt::format("M{:.1f} {:.0f}v5", x, bottom);
    words += fmt::format(R"(<text x="{:.1f}" y="{:.0f}" class="m">{}</text>)", x, bottom + 18, compact(value, 5));
  }
  return fmt::format(R"(<path class="grid" d="{}"/>{}<text x="{:.0f}" y="{:.0f}" class="m">{}</text>)", lines, words,
                     (left + right) / 2, height - 6, escaped(chart.x_label));
}

/// Its value stands above it where it is one of few.
std::string roof_line(const ChartRoof& roof, const Axes& axes, bool few) {
  if (!std::isfinite(roof.y) || roof.y <= 0) return {};
  const double y = axes.y(roof.y);
  const std::string value =
      few ? fmt::format(R"(<text x="{:.0f}" y="{:.1f}" class="e">{}</text>)", right, y - 4, compact(roof.y, 4)) : "";
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
    if (!drawable(point)) continue;
    const double x = axes.x(point.x), y = axes.y(point.y);
    points += fmt::format(R"svg(<g><path class="mark{}" transform="translate({:.1f} {:.1f})" d="{}"/>)svg",
                          point.connected ? "" : " alone", x, y, marks.at(series.style % chart_styles));
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
  if (!upper.empty()) upper = fmt::format(R"(<path class="band" d="{}{}Z"/>)", upper, lower);
  return fmt::format(R"(<g class="s{}">{}<path class="line" d="{}"/>{}</g>)", series.style % chart_styles, upper, line,
                     points);
}

std::string body(const Chart& chart) {
  const Axes axes = axes_of(chart);
  std::string text = fmt::format(R"(<title id="{0}-t">{1}</title><desc id="{0}-d">{2}</desc>)", chart.id,
                                 escaped(chart.title), escaped(chart.description));
  text += grid(chart, axes);
  for (const ChartRoof& roof : chart.roofs) text += roof_line(roof, axes, chart.roofs.size() <= 3);
  for (const ChartSeries& series : chart.series) text += series_lines(series, axes);
  return text;
}

std::string opened(const Chart& chart, double tall, const char* more) {
  return fmt::format(R"(<svg class="chart" viewBox="0 0 {0:.0f} {1:.0f}" role="img" aria-labelledby="{2}-t {2}-d"{3}>)",
                     width, tall, chart.id, more);
}

std::string key(std::size_t style) {
  return fmt::format(R"(<path class="line" d="M-16 0H16"/><path class="mark" d="{}"/>)",
                     marks.at(style % chart_styles));
}

}  // namespace

std::string svg(const Chart& chart) { return opened(chart, height, "") + body(chart) + "</svg>\n"; }

std::string svg_key(std::size_t style) {
  return fmt::format(R"(<svg class="key s{}" viewBox="-16 -7 32 14" aria-hidden="true">{}</svg>)", style % chart_styles,
                     key(style));
}

std::string svg_file(const Chart& chart) {
  constexpr double line_height = 18;
  const std::size_t entries = chart.series.size() > 1 ? chart.series.size() : 0;
  std::string legend;
  for (std::size_t i = 0; i < entries; ++i) {
    legend += fmt::format(
        R"svg(<g class="s{}" transform="translate({:.0f} {:.0f})">{}<text x="24" y="4">{}</text></g>)svg",
        chart.series[i].style % chart_styles, left + 16, height + line_height * (static_cast<double>(i) + 0.5),
        key(chart.series[i].style), escaped(chart.series[i].name));
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         opened(chart, height + line_height * static_cast<double>(entries), R"( xmlns="http://www.w3.org/2000/svg")") +
         fmt::format("<style>{}</style>", page_style_sheet()) + body(chart) + legend + "</svg>\n";
}

}  // namespace sqrtn::report
