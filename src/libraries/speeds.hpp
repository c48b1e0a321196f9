#pragma once

#include <string>
#include <vector>

#include "libraries/judge.hpp"
#include "libraries/timing.hpp"
#include "report/libraries.hpp"

/// From samples over rounds to what is reported of each library.
namespace sqrtn::libraries {

/// Medians with their intervals, per cent of the ceilings among `measurements`, and ratios to the library named
/// `default_name` in the same rounds.
void add_speeds(results::Libraries& report, const std::vector<Timed>& timed,
                const std::vector<results::Measurement>& measurements);

}  // namespace sqrtn::libraries
