#pragma once

#include <optional>
#include <span>

#include "sqrtn/statistics/hypothesis.hpp"

/// Two samples that were not taken in turn: what can be said of the shift between them, drift aside.
namespace sqrtn::statistics {

/// Interval of the shift Δ, if newer has the law of older moved by Δ: [D₍k₎, D₍nm+1−k₎] of the nm differences
/// newer − older in order, k the largest with P(U < k) ≤ (1 − level)/2 for the Mann–Whitney statistic U of a shift of
/// none, counted exactly. It covers with probability ≥ level.
/// Above 25 in the larger sample, where counting takes long: [low − high, high − low] of the intervals of both medians,
/// each at (1 + level)/2, which covers at least as often by Bonferroni's inequality and assumes no common law.
/// Assumes independent draws within and between. nullopt if there are too few (5 and 5 are enough for 99 %).
/// Throws: std::invalid_argument if level is outside (0, 1) or a value is NaN.
/// Source: Mann and Whitney, Ann. Math. Statist. 18 (1947) 50; Hodges and Lehmann, Ann. Math. Statist. 34 (1963) 598.
std::optional<Interval> shift_interval(std::span<const double> older, std::span<const double> newer,
                                       double level = 0.99);

}  // namespace sqrtn::statistics
