#pragma once

#include <string>
#include <vector>

#include "report/chart.hpp"
#include "report/page_parts.hpp"
#include "report/rank_chart.hpp"

namespace sqrtn::report {

/// One chart for each subject, type and number of threads of a group: rate by size, a line for each run.
std::vector<Chart> rate_charts(const std::vector<Run>& runs, const std::string& group);

/// One chart for each shape, type and number of threads of a group: a row for each subject, a mark for each run.
std::vector<RankChart> rank_charts(const std::vector<Run>& runs, const std::string& group);

/// One chart for each run and setting of its deep chains, with a line, a band and marks for each initialiser.
std::vector<Chart> chain_charts(const std::vector<Run>& runs);

/// The charts side by side, with a legend if there are several runs.
std::string charts_of(const std::vector<Run>& runs, const std::string& group);
std::string ranks_of(const std::vector<Run>& runs, const std::string& group);

/// What a rate says when asked: its interval and its share of the ceiling too.
std::string rate_label(const std::string& name, const Measurement& row);
/// From the time's: a rate goes as one over it.
std::optional<statistics::Interval> rate_interval(const Measurement& row);

/// Style and label of each run, if there are several.
std::vector<std::pair<std::size_t, std::string>> legend_entries(const std::vector<Run>& runs);
std::string legend_of(const std::vector<std::pair<std::size_t, std::string>>& entries);

/// `picture`: markup.
std::string figure_of(const std::string& title, const std::string& picture);

}  // namespace sqrtn::report
