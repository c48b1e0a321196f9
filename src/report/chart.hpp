#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/picture.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// Line pictures as SVG text, small enough to stand in a page by the dozen and drawn without another program.
namespace sqrtn::report {

struct ChartPoint {
  double x = 0, y = 0;
  std::optional<statistics::Interval> interval;
  std::string label;      ///< what is shown of the point when asked for
  bool connected = true;  ///< by the series' line; else a mark of its own
};

/// One line; its style is a number that stands for a colour, a mark and a dash pattern alike.
struct ChartSeries {
  std::string name;
  std::size_t style = 0;
  std::vector<ChartPoint> points;
  bool marked = true;  ///< else line and band alone, cut off where the marks of the others end
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
  double y_room = 0.5;  ///< at least, above and below the marks of a linear axis
  bool linear = false;  ///< both axes linear, y wherever the marks are; else x logarithmic and y from 0
};

/// The chart for a page with the style sheet. What is not finite is left out, and on a logarithmic axis what has x ≤ 0.
std::string svg(const Chart& chart);

/// The same as a file of its own, with a legend where there are several series, or a chain.
std::string svg_file(const Chart& chart);

}  // namespace sqrtn::report
