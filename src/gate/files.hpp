#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gate/google_benchmark.hpp"
#include "results/compare.hpp"
#include "results/read.hpp"

/// Files of what benchmark programs wrote, beside sqrtn's own results: Google Benchmark's JSON, as --benchmark_out or a
/// redirection left it, and those of suites.hpp.
namespace sqrtn::gate {

/// A document of sqrtn's, or what a benchmark program printed.
using AnyResults = std::variant<results::Document, results::Libraries, BenchmarkOutput>;

/// By what the text holds. Throws: std::invalid_argument as both readers do, std::system_error as results::read_any.
AnyResults parse_results(std::string_view text, const std::string& name);
AnyResults read_results(const std::string& path);

/// Its cases as measurements of a run, and those that ended themselves as their notes. Of the machine a
/// benchmark program tells little or nothing.
results::Document document_of(const BenchmarkOutput& output);

/// Ratios of the medians, with the interval of shift_interval at 99 % over the logarithms of the repetitions where both
/// have five or more, drift between the two aside. Throws: std::invalid_argument if two programs wrote them.
results::Comparison compare(const BenchmarkOutput& before, const BenchmarkOutput& after);

/// Two files of one kind. Throws: std::invalid_argument if they are of two, and as read_results.
results::Comparison compare_files(const std::string& before, const std::string& after);

}  // namespace sqrtn::gate
