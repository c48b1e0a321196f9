#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What a Google Benchmark program printed with --benchmark_format=json, read as text from a stranger.
namespace sqrtn::gate {

enum class BenchmarkClock { real, cpu };

/// What is compared: the time of one iteration, or a counter.
struct Quantity {
  BenchmarkClock clock = BenchmarkClock::real;  ///< real is the manual time where a program measures that itself
  std::string counter = {};                     ///< items_per_second, or one of the program's own; empty: the time
  bool more_is_better = false;
};

/// What the value of a case stands on.
enum class Basis { repetitions, own_median, own_mean };

/// One case of one launch.
struct BenchmarkCase {
  std::string name;                 ///< run_name, which --benchmark_filter is matched with
  double value = 0;                 ///< median over the repetitions, seconds for a time; finite and > 0 unless there is
                                    ///< a fault or it was stopped
  std::vector<double> repetitions;  ///< in the order in which they ran; empty if the program reports aggregates only
  Basis basis = Basis::repetitions;
  double loops_s = 0;          ///< all iterations together, those that sought their number left out
  bool wrong_answer = false;   ///< a sqrtn-bench says so by the case's label, which is bench::wrong_answer
  bool shared_name = false;    ///< several benchmarks bear it, and are taken together
  bool lacks_counter = false;  ///< no entry has the counter; stopped says so too
  std::string fault;           ///< why there is no value: "real_time is NaN"; empty if all is well
  std::string stopped;         ///< it ended itself, in one repetition at least: "error: out of memory", "skipped: …"
};

/// Whose output it is.
enum class Tool { google_benchmark, nanobench, catch2, hyperfine };

constexpr const char* name_of(Tool tool) {
  constexpr const char* names[] = {"Google Benchmark", "nanobench", "Catch2", "hyperfine"};
  return names[static_cast<int>(tool)];
}

struct BenchmarkOutput {
  Tool tool = Tool::google_benchmark;
  std::vector<BenchmarkCase> cases;            ///< in order of first appearance
  std::map<std::string, std::string> context;  ///< its texts and numbers: what AddCustomContext gave, executable, date
  std::set<std::string> counters;              ///< names of the numbers that are no time
};

/// Reads what Google Benchmark 1.5 to 1.9 print. Fits of complexity (BigO, RMS), deviations and percentages are no
/// cases. Lines of log around and amid the JSON are passed over, NaN and Infinity are read as "no number" and make a
/// case with such a value a fault, not the document (results/printed_json.hpp). Where the program reports aggregates
/// only, their median (else their mean) is the value.
/// **limits**: as results::parse_json. Throws: std::invalid_argument, "its output: not JSON, line 3, column 7: …",
/// without the program's name.
BenchmarkOutput read_benchmark_output(std::string_view text, const Quantity& quantity = {},
                                      const std::string& name = "its output");

}  // namespace sqrtn::gate
