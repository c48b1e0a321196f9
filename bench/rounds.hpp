#pragma once

#include "case.hpp"

/// How rows are timed: in interleaved rounds, so that a neighbour's load or a change of clock falls
/// on all of them alike.
namespace sqrtn::bench {

/// Registers a case with Google Benchmark under its id. The case must be ready to run.
benchmark::internal::Benchmark* register_case(const std::shared_ptr<Case>& c);

/// One row while it is being measured.
struct Row {
  std::shared_ptr<Case> c;
  benchmark::IterationCount iterations = 0;  ///< of a round; 0: not known yet
  double round_s = 0;                        ///< what its last round took, setup included
  double spent_s = 0;
  std::vector<double> times_s;  ///< of one call, one a round
  bool limited = false;
};

/// How long a run takes.
struct Plan {
  double round_s;      ///< least time of one row in one round
  std::size_t rounds;  ///< of a row that keeps to that time
  double limit_s;      ///< hard limit of the whole run
};

/// Times every row once a round until the rounds or the time are used up; `progress` as in
/// run_benchmarks. A round before the first finds the number of iterations and is not counted.
void run_rounds(std::vector<Row>& rows, const Plan& plan,
                const std::function<void(double, std::string_view)>& progress);

}  // namespace sqrtn::bench
