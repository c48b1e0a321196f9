#pragma once

#include <string>
#include <vector>

#include "gate/google_benchmark.hpp"
#include "history/history.hpp"

/// What a history keeps of one run's results.
namespace sqrtn::history {

/// What the results do not tell; empty: they, or this machine, do.
struct RunOptions {
  std::string commit, date, machine;
  gate::BenchmarkClock clock = gate::BenchmarkClock::real;  ///< of Google Benchmark's times
};

struct TakenRun {
  Run run;
  std::vector<std::string> left_out;  ///< "gemm/512: error: out of memory"
};

/// The run that `text` holds: sqrtn's own results, what a Google Benchmark program wrote as JSON, or what
/// gate/suites.hpp reads. Of these the time is the median over the repetitions of a case, of Catch2's the mean. A case
/// without a time, or with a wrong answer, is left out.
/// The machine is that of the results; of Google Benchmark's this one, if it has as many processors as they tell; the
/// others tell none. The date is theirs, or else `now`.
/// Throws: std::invalid_argument for what is neither, has no case, or of which the machine is not known.
TakenRun run_from(std::string_view text, const std::string& name, const RunOptions& options, const std::string& now);

}  // namespace sqrtn::history
