#pragma once

#include <string>
#include <vector>

#include "isolation.hpp"
#include "rounds.hpp"
#include "sqrtn/report/backends.hpp"

/// From samples over rounds to what is reported of each library.
namespace sqrtn::command {

/// Medians with their intervals, per cent of the ceilings among `measurements`, and ratios to the library named
/// `default_name` in the same rounds.
void add_speeds(report::BackendReport& report, const std::vector<Timed>& timed,
                const std::vector<report::Measurement>& measurements);

}  // namespace sqrtn::command
