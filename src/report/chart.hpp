#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// Line pictures as SVG text, small enough to stand in a page by the dozen and drawn without another program.
namespace sqrtn::report {

struct ChartPoint {
  double x = 0, y = 0;  ///< x > 0
  std::optional<statistics::Interval> interval;
  std::string label;      ///< what is shown of the point when asked for
  bool connected = true;  ///< by the series' line; else a mark of its own
};

/// One line; its style is a number that stands for a colour, a mark and a dash pattern alike.
struct ChartSeries {
  std::string name;
  std::size_t style = 0;
  std::vector<ChartPoint> points;
};

/// A dashed line across: what the machine could do at most.
struct ChartRoof {
  double y = 0;
  std::size_t style = 0;
  std::string label;
};

struct Chart {
  std::string id;           ///< unique in the page: letters, digits, hyphens
  std::string title;        ///< above the picture and for screen readers
  std::string description;  ///< in words, for those who do not see it
  std::string x_label, y_label;
  std::vector<ChartSeries> series;
  std::vector<ChartRoof> roofs;
};

/// The chart with a logarithmic x-axis and a linear y-axis from 0, for a page with the style sheet below.
/// What is not finite, or has x ≤ 0, is left out.
std::string svg(const Chart& chart);

/// The same as a file of its own, with a legend where there are several series.
std::string svg_file(const Chart& chart);

/// The mark and the line of a style, for legends: one inline SVG.
std::string svg_key(std::size_t style);

/// Styles that can be told apart by mark and dashes, and by colour with any colour vision.
inline constexpr std::size_t chart_styles = 9;

}  // namespace sqrtn::report
