#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// Where did the level of a growing series change? Looked at after every observation, with one error rate over all
/// looks, whatever the law of the noise.
///
/// Null: the observations since the last change are exchangeable. Then the sequential ranks (of each observation among
/// those so far) are independent, and the n-th is uniform on 1, …, n; ties are broken by a fair draw. Two statistics of
/// them are maxima over all places of the change:
/// - Σ score(rank) from the place to the newest, a cumulative sum that starts anew at 0; the score is the logarithm of
///   the likelihood ratio of a rank under a shift of a normal law by 0.75 or 2 standard deviations, a tenth of it mixed
///   with the null, rounded to 1/16. Its law over all looks is computed exactly, by recursion over the states.
/// - the wealth of a wager on where what is behind the place falls among what is before it: a martingale, which
///   exceeds x at any look with probability ≤ 1/x.
/// And an event: the newest m of n, from three on, are the highest of all, which has probability 1/C(n, m). No test
/// whose bound holds whatever the law has fewer: two are the highest at some look from 30 to 500 in 6 % of series.
/// Error: P(any false change) ≤ alpha for exchangeable noise; the law is computed to 1e-9 relative, the others are
/// bounds. Not exchangeable are noise that is correlated in time and noise whose spread drifts: both are estimated, and
/// where noise is larger by a factor f than independent noise of constant spread would be, a logarithm must exceed f²
/// times its threshold. This takes changes away and adds none, so that alpha still holds. Appending observations alters
/// no change that was found.
/// Source: Barndorff-Nielsen, Ann. Math. Statist. 34 (1963) 992 (sequential ranks are independent); McDonald, Naval
/// Res. Logist. 37 (1990) 627 (cumulative sums of them); Gordon and Pollak, Ann. Statist. 22 (1994) 763 (likelihood
/// ratios); Brook and Evans, Biometrika 59 (1972) 539 (recursion over the states).
namespace sqrtn::statistics {

struct LevelChange {
  std::size_t place = 0;     ///< of the first observation after the change, the likeliest
  std::size_t earliest = 0;  ///< places whose log-likelihood is less by at most 3, or 4 of wagers
  std::size_t latest = 0;    ///< the first and the last of them
  std::size_t found = 0;     ///< the observation at whose look it was found, place ≤ found
  bool up = false;           ///< the values became larger
  friend bool operator==(const LevelChange&, const LevelChange&) = default;
};

struct Trend {
  std::vector<LevelChange> changes;  ///< in order; the level is learnt anew after each was found
  double noise_factor = 1;           ///< by which the standard error since the last change is larger than independent
                                     ///< noise of constant spread would have it; 1 if no such is seen
  bool able = false;                 ///< since then there were observations enough: if all of the newer half lay above
                                     ///< all of the older one, a change would have been found
};

/// Of one error rate that infinitely many share the j-th has this part, j from 1: 2/(4j² − 1). They add up to 1.
double part_of_rate(std::size_t j);

/// All changes, at error rate alpha for the whole series however long it becomes: the j-th segment has the part of the
/// j-th, of it a tenth each sum and the highest, a fifth the wagers, up and down alike; of the sums' n/(n + 250) is
/// spent after n observations. `stream`: number of the draws that break ties; two series need not have two.
/// Cost: 0.1 µs an observation, and once for a level and 1,000 observations some 0.2 s; results are kept.
/// Throws: std::invalid_argument if a value is not finite, there are more than 20,000, or alpha is not in [1e-15, ½).
Trend find_changes(std::span<const double> series, double alpha, std::uint64_t stream = 0);

/// How far the level of `after` lies above that of `before`: the median of all differences (Hodges and Lehmann), and
/// the interval by the exact law of Mann and Whitney's statistic, of level ≥ 99 %, if one law is the other shifted.
/// Of each side at most the 40 observations are used that are nearest to the change: the last of `before`, the
/// first of `after`. The interval is unbounded where there are too few.
/// Throws: std::invalid_argument if a side is empty or a value is not finite.
struct Shift {
  double estimate = 0;
  Interval interval;
};
Shift shift_between(std::span<const double> before, std::span<const double> after);

}  // namespace sqrtn::statistics
