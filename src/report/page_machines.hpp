#pragma once

#include <string>

#include "report/page.hpp"
#include "results/fleet.hpp"
#include "results/screening.hpp"

/// What screening found and what many machines are, on the page of results.
namespace sqrtn::report {

/// The verdict, a line a core, what was done of each family and excluded by it, and each fault with the command that
/// repeats it. `name`: of the file; `number` sets apart several on one page.
More page_part(const Screening& screening, const std::string& name, std::size_t number);

/// The verdict, the nodes with the odd ones first, in what they differ, and what is wrong on which.
More page_part(const Fleet& fleet, const std::string& name, std::size_t number);

}  // namespace sqrtn::report
