#pragma once

#include <cstddef>

#include "sqrtn/init/rules.hpp"

/// What an initialiser's law predicts of its entries. Source: laws.md §4.
namespace sqrtn::laws {

/// κ: 3 normal, 1.8 uniform, 2.365537… truncated at ±2.
double kurtosis(init::Law law);

/// E(x/σ)⁶ and E(x/σ)⁸, for the spread of the sample's fourth moment.
double standardised_moment(init::Law law, int order);

/// P(X ≤ x) of one entry.
double cdf(const init::Distribution& distribution, double x);

/// P(|X| > x); no cancellation in the tail.
double two_sided_tail(const init::Distribution& distribution, double x);

/// The standard normal deviate of Σ(w/σ)² over n entries: exact for the normal law, where that is χ²(n); else that of
/// the saddlepoint, whose tails are right to 1 % from n = 100 on. NaN for a NaN.
double square_sum_deviate(init::Law law, double sum, std::size_t n);

}  // namespace sqrtn::laws
