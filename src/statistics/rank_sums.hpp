#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

/// Scores of sequential ranks, and the exact law of their cumulative sums.
namespace sqrtn::statistics {

/// What is looked for: a normal law whose level shifts upwards by so many standard deviations.
inline constexpr std::array<double, 2> sought_shifts{0.75, 2};
/// Of a score: this many make one nat.
inline constexpr int score_units = 16;
/// Of this many observations on ranks are put into so many classes.
inline constexpr std::size_t most_classes = 512;

/// Which class of a rank is that of `rank` (from 0) among n, of min(n, most_classes) that are as equal as can be.
inline std::size_t rank_class(std::size_t rank, std::size_t n) {
  return n <= most_classes ? rank : rank * most_classes / n;
}

/// The score of each of the N classes of the rank among n: 16·ln(0.9·N(F((j + 1)/N) − F(j/N)) + 0.1), rounded to a
/// whole number. F(x) = Φ(Φ⁻¹(x) − δ) is the probability of the lower share x of the ranks under a shift by δ.
std::span<const std::int16_t> rank_scores(std::size_t shift, std::size_t n);

/// thresholds[n − 1]: the sum that is an alarm after n observations, the first of sums that start at 0 and never fall
/// below. At any of the first n looks there is one with probability ≤ level·n/(n + 250), exactly: each threshold is the
/// lowest for which that holds.
using Thresholds = std::vector<std::int32_t>;

/// Those of each shift, for at least so many observations. Kept; safe beside other threads.
std::array<std::shared_ptr<const Thresholds>, sought_shifts.size()> sum_thresholds(double level, std::size_t n);

/// P(an alarm at one of these looks) under the null.
double alarm_probability(std::size_t shift, const Thresholds& thresholds);

}  // namespace sqrtn::statistics
