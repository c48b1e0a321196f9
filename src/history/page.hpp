#pragma once

#include <string>

#include "history/trends.hpp"
#include "report/html.hpp"

/// A history on the page of results.
namespace sqrtn::history {

/// What changed, and a picture for each case: the newest 200 runs in per cent of the first level, with the levels and
/// the changes marked. Of more than 60 cases those that changed come first, and the rest is left out and counted.
/// `name`: of the file; sets apart several on one page.
report::html::Section page_section(const History& history, const Trends& trends, const std::string& name,
                                   std::size_t number);

}  // namespace sqrtn::history
