#pragma once

#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

namespace sqrtn::experiment {

/// An interval and the share of runs that it holds.
struct Band {
  statistics::Interval interval;
  double coverage = 0.99;
};

/// From the k-th smallest to the k-th largest of N independent values, k = max(1, ⌊(N + 1)/400⌋), whatever their law:
/// the next one lies inside with probability (N + 1 − 2k)/(N + 1), exactly for a continuous law, at least for others.
/// That is 99.5 % or more from N = 399 on, of which half a percent is kept for what these N values are by chance:
/// given them, the coverage is Beta(N + 1 − 2k, 2k), below 98 % with probability 0.003 at N = 399 and 5e-9 at 1,999.
/// −∞ is a value; a NaN counts as ∞. One value or none: a band of NaN with coverage 0.
/// Source: laws.md §11; David and Nagaraja, Order Statistics, 3rd edition, section 7.1.
Band band_of(std::vector<double> values);

/// The middle one, or the mean of the two; a NaN counts as ∞, and becomes one if it is met. NaN for no values.
double median_of(std::vector<double> values);

}  // namespace sqrtn::experiment
