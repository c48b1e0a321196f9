#pragma once

#include <string>
#include <string_view>

#include "experiment/verdict.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// A verdict about signal and gradients, and their numbers, in words.
namespace sqrtn::report {

/// "gradients explode at layer 3, past 1000 times those of the last layer; the signal holds". `layer` is what one step
/// of the network is called.
std::string verdict_text(const experiment::Verdict& verdict, std::string_view layer = "layer");

/// The same without thresholds, for a cell of a table: "holds", "explodes at layer 12".
std::string short_verdict(const experiment::Verdict& verdict, std::string_view layer = "layer");

/// "0.9063" from a logarithm, also where the number itself leaves the range of double.
std::string show_log(double log_x);

/// "[0.4, 2.1]" from logarithms; a dash where there is no interval.
std::string show_log(const statistics::Interval& log_x);

/// "99 % of runs" for a band that holds at least that; less where it does.
std::string coverage_text(double coverage);

}  // namespace sqrtn::report
