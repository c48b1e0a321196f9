#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What a Google Benchmark program printed with --benchmark_format=json, read as text from a stranger.
namespace sqrtn::gate {

/// One case of one launch.
struct BenchmarkCase {
  std::string name;           ///< run_name, which --benchmark_filter is matched with
  double time_s = 0;          ///< of one iteration: median over the repetitions; finite and > 0 unless there is a fault
  bool wrong_answer = false;  ///< a sqrtn-bench says so by the case's label, which is bench::wrong_answer
  std::string fault;          ///< why there is no time: "time is NaN", "error: out of memory"; empty if all is well
};

struct BenchmarkOutput {
  std::vector<BenchmarkCase> cases;            ///< in order of first appearance
  std::map<std::string, std::string> context;  ///< its texts and numbers: what AddCustomContext gave, executable, date
};

enum class BenchmarkClock { real, cpu };

/// Lines before and after the JSON are passed over. Google Benchmark writes bare NaN and Infinity, which no JSON
/// reader takes; they are read as "no number", and make a case with such a time a fault, not the document.
/// Where the program reports aggregates only, their median (else their mean) is the time.
/// Cost: memory a small multiple of the text; nesting deeper than Google Benchmark's is left out, so the caller bounds
/// all by bounding the text. Throws: std::invalid_argument, "its output is …", without the program's name.
BenchmarkOutput read_benchmark_output(std::string_view text, BenchmarkClock clock = BenchmarkClock::real);

}  // namespace sqrtn::gate
