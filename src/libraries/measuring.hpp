#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "bench.hpp"
#include "libraries/children.hpp"

/// A library is measured in children, one for each number of threads, which was started with that number: no idle
/// thread of the library stands beside a row.
namespace sqrtn::libraries {

/// What measuring one library found.
struct Measured {
  std::vector<results::Measurement> measurements;  ///< in the order of bench::matching_ids, ceilings before
  std::vector<results::Incident> incidents;        ///< what it did beside answering
};

/// A live line on standard error tells meanwhile how far it is.
Measured measure_in_children(const Candidate& library, const bench::Options& options);

/// In a child: tells the parent on standard output how far the measurements are, at most ten times a second.
std::function<void(double, std::string_view)> told_to_parent();

}  // namespace sqrtn::libraries
