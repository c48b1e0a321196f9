#pragma once

#include <string>
#include <string_view>

#include "gate/google_benchmark.hpp"

/// What other benchmark programs wrote: nanobench and hyperfine as JSON, Catch2 as XML.
namespace sqrtn::gate {

/// By what the text holds: it begins as XML, or as an object whose first field is "results".
bool is_suite_output(std::string_view text);

/// Reads one of these, told apart by what they hold. Times are of the wall clock, in seconds:
/// - nanobench's templates::json(): the epochs of a benchmark are its repetitions, each the mean time of an iteration
///   (not of an item of `batch`). A case is "title/name/complexityN", without the title that nanobench gives by itself
///   and without an N that was not set.
/// - hyperfine's --export-json: `times` are the repetitions of a command, else there is its `median`. A command is
///   stopped if it ever ended with another code than 0. Its parameters are told where two commands read alike.
/// - Catch2's --reporter xml, versions 2 and 3: the mean alone. Samples are not written, and the interval there is one
///   of the mean over the samples of one run, so that nothing can be said of the difference to another run. A case is
///   "test case/section/benchmark".
/// Where several bear one name they are taken together, and marked.
/// **limits**: as results::parse_json and read_xml. Throws: std::invalid_argument for what is none of these, with line
/// and column or the field.
/// Source: nanobench.h (templates::json, v4.3), hyperfine src/benchmark/benchmark_result.rs (1.12 to 1.20), Catch2
/// catch_reporter_xml.cpp (2.13, 3.7).
BenchmarkOutput read_suite_output(std::string_view text, const std::string& name);

}  // namespace sqrtn::gate
