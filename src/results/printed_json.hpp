#pragma once

#include <string>
#include <string_view>

/// JSON as programs print it: with lines of log around and amid it, and with what is no JSON.
namespace sqrtn::results {

/// The same text with blanks and null for what is no JSON, each sign in its place, so that a parser's line and column
/// are those of `text`:
/// - what stands before the document (a line that is a lone brace, else the first line that begins with a brace) and
///   after its last brace;
/// - lines, and ends of lines, at which no JSON can stand: "-- LOG(0): …", "[INFO] …", "    }done";
/// - NaN, Infinity and their kin, as Google Benchmark writes them.
/// A comma is put where one is missing between fields of "context", as Google Benchmark 1.5.4 to 1.7.0 leave it out
/// before a custom field, and between two benchmarks, where a line of log took it along.
/// What is still no JSON is left for the parser to refuse. Time and memory are linear in the text.
/// Source: JSONReporter in google/benchmark, src/json_reporter.cc, tags v1.5.0 to v1.9.5.
std::string without_noise(std::string_view text);

}  // namespace sqrtn::results
