#pragma once

#include <string>
#include <string_view>

#include "results/json_input.hpp"
#include "results/screening.hpp"

/// Screenings as they come back from outside, under the rules of read.hpp.
namespace sqrtn::results {

inline constexpr const char* screen_schema = "sqrtn.screen";

/// Throws: std::invalid_argument, also for a cause or verdict that does not follow from what was found.
Screening parse_screening(std::string_view text, const std::string& name);
Screening read_screening(const JsonInput& json);

}  // namespace sqrtn::results
