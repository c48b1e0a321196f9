#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/picture.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

namespace sqrtn::report {

/// How far one run got in a row.
struct RankMark {
  std::size_t style = 0;
  double value = 0;  ///< finite, ≥ 0
  std::optional<statistics::Interval> interval;
  std::string label;  ///< what is shown of the mark when asked for
};

struct RankRow {
  std::string name;
  std::vector<RankMark> marks;
};

/// What is called by a name and has no size, side by side: a row each, and in it a mark for each run on one axis from
/// 0.
struct RankChart {
  std::string id;           ///< unique in the page: letters, digits, hyphens
  std::string title;        ///< above the picture and for screen readers
  std::string description;  ///< in words, for those who do not see it
  std::string x_label;
  std::vector<RankRow> rows;
  std::vector<std::pair<std::size_t, std::string>> legend;  ///< of the file: styles and runs; empty for one run
};

/// As those of Chart.
std::string svg(const RankChart& chart);
std::string svg_file(const RankChart& chart);

}  // namespace sqrtn::report
