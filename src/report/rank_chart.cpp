#include "report/rank_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/html.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

constexpr double width = 420, left = 208, right = 408, top = 8;
constexpr double row_gap = 8, mark_height = 10, axis_height = 38;

double height_of(const RankRow& row) { return row_gap + mark_height * static_cast<double>(row.marks.size()); }

double bottom_of(const RankChart& chart) {
  double y = top;
  for (const RankRow& row : chart.rows) y += height_of(row);
  return y;
}

/// The value at the right end.
double most_of(const RankChart& chart) {
  double most = 0;
  for (const RankRow& row : chart.rows) {
    for (const RankMark& mark : row.marks) {
      most = std::max(most, mark.value);
      if (mark.interval && std::isfinite(mark.interval->high)) most = std::max(most, mark.interval->high);
    }
  }
  return most > 1e-300 ? std::min(1.04 * most, 1e300) : 1;
}

double x_of(double value, double most) { return left + (right - left) * std::clamp(value / most, 0.0, 1.0); }

std::string grid(const RankChart& chart, double most, double bottom) {
  std::string lines, words;
  const double step = nice_step(most);
  for (int i = 0; i * step <= most; ++i) {
    const double x = x_of(i * step, most);
    lines += fmt::format("M{:.1f} {:.0f}V{:.0f}", x, top, bottom);
    words += fmt::format(R"(<text x="{:.1f}" y="{:.0f}" class="m">{}</text>)", x, bottom + 14,
                         results::compact(i * step, 4));
  }
  return fmt::format(R"(<path class="grid" d="{}"/>{}<text x="{:.0f}" y="{:.0f}" class="m">{}</text>)", lines, words,
                     (left + right) / 2, bottom + 30, html::escaped(chart.x_label));
}

/// A stem from 0, the interval and the mark.
std::string mark_line(const RankMark& mark, double y, double most) {
  std::string text = fmt::format(R"(<g class="s{}"><path class="stem" d="M{:.0f} {:.1f}H{:.1f}"/>)",
                                 mark.style % chart_styles, left, y, x_of(mark.value, most));
  if (mark.interval && std::isfinite(mark.interval->low) && std::isfinite(mark.interval->high)) {
    text += fmt::format(R"(<path class="bar" d="M{:.1f} {:.1f}H{:.1f}"/>)", x_of(mark.interval->low, most), y,
                        x_of(mark.interval->high, most));
  }
  return text + mark_at(mark.style, x_of(mark.value, most), y) +
         fmt::format("<title>{}</title></g>", html::escaped(mark.label));
}

std::string body(const RankChart& chart) {
  const double most = most_of(chart);
  std::string text = svg_names(chart.id, chart.title, chart.description) + grid(chart, most, bottom_of(chart));
  double y = top;
  for (const RankRow& row : chart.rows) {
    text += fmt::format(R"(<text x="{:.0f}" y="{:.1f}" class="e">{}</text>)", left - 8, y + height_of(row) / 2 + 4,
                        html::escaped(row.name));
    for (std::size_t i = 0; i < row.marks.size(); ++i) {
      text += mark_line(row.marks[i], y + row_gap / 2 + mark_height * (static_cast<double>(i) + 0.5), most);
    }
    y += height_of(row);
  }
  return text;
}

}  // namespace

std::string svg(const RankChart& chart) {
  return svg_opened(chart.id, width, bottom_of(chart) + axis_height) + body(chart) + "</svg>\n";
}

std::string svg_file(const RankChart& chart) {
  return svg_file(chart.id, width, bottom_of(chart) + axis_height, body(chart), chart.legend);
}

}  // namespace sqrtn::report
