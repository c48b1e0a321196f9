#pragma once

#include <string>
#include <vector>

#include "report/chart.hpp"
#include "report/page_parts.hpp"

namespace sqrtn::report {

/// One chart for each subject, type and number of threads of a group: rate by size, a line for each run.
std::vector<Chart> rate_charts(const std::vector<Run>& runs, const std::string& group);

/// The charts side by side, with a legend if there are several runs.
std::string charts_of(const std::vector<Run>& runs, const std::string& group);

}  // namespace sqrtn::report
