#pragma once

#include <string>

#include "report/table.hpp"
#include "results/screening.hpp"

/// What screening found, for people.
namespace sqrtn::report {

/// A line a core: where it is, what it did, its share of time within products, clock and temperature where known.
Table core_table(const Screening& screening);

/// A line a family and type: the fewest operations of any core, and the rate of faults that they exclude.
Table exposure_table(const Screening& screening);

/// A line for each order of the library's sums that was read: whether it predicts bits, and why not. "" if none was.
std::string prediction_text(const Screening& screening);

/// One finding a fault, with the command that repeats it; then what the library did beside answering. "" if none.
std::string screening_findings(const Screening& screening);

/// "no fault in 1234 calls, …": what bears the verdict out.
std::string outcome_text(const Screening& screening);

/// "pass: no fault in 3.1e+12 fused multiply-adds a core: a rate above 4.5e-12 is excluded at 1 − 1e-6".
std::string verdict_line(const Screening& screening);

/// All of it, the verdict last, where a terminal shows it.
std::string screening_text(const Screening& screening);

/// "2 cores, 1234 calls, 1.2e+12 FLOP, 87 GFLOP/s, no fault"
std::string live_text(const Screening& screening);

}  // namespace sqrtn::report
