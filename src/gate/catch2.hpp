#pragma once

#include <string>
#include <string_view>

#include "gate/google_benchmark.hpp"

namespace sqrtn::gate {

/// What a program of Catch2's wrote with --reporter xml: see suites.hpp, which tells the kinds of output apart.
/// Throws: std::invalid_argument as read_xml does, and for XML that is not Catch2's.
BenchmarkOutput read_catch2(std::string_view text, const std::string& name);

}  // namespace sqrtn::gate
