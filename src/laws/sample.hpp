#pragma once

#include <cstddef>

#include "sqrtn/init/rules.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// Bounds on p-values and exact intervals for a sample whose law's scale is not known. None rests on a limit theorem:
/// at levels of 1e-9 and below it would be wrong by factors. Source: laws.md §12.
namespace sqrtn::laws {

using statistics::Interval;

/// I(s) with P(Σx²/(nσ²) ≥ s) ≤ exp(−n·I(s)) for s ≥ 1, and ≤ s for s ≤ 1, for n draws with mean 0 and variance σ²;
/// 0 at s = 1, ∞ where the law reaches no such mean square. Chernoff's bound: (s − 1 − ln s)/2 for the normal law; for
/// the others sup_t (t·s − ln E exp(t·x²/σ²)), over a table of t in steps of 2^(1/8), so never too large.
/// Source: Chernoff, Ann. Math. Statist. 23 (1952) 493.
double mean_square_rate(init::Law law, double s);

/// An upper bound of P(Σ q_i² ≥ sum), where each of n q_i is a sum with unit coefficients' norm of draws of the law,
/// over its standard deviation: exp(−n·(s − 1 − ln s)/2), s = sum/n ≥ 1; 1 below. Exact Chernoff for the normal law;
/// the uniform and the truncated normal laws are strictly sub-Gaussian, so that it holds for them too. Source: Arbel,
/// Marchal, Nguyen, ESAIM: P&S 24 (2020) 39.
double contrasts_p_value(double sum, std::size_t n);

/// An upper bound of P(|Σx| ≥ |sum|) for n draws of deviation `stddev`, mean 0: 2·exp(−sum²/(2nσ²)). Source: as above.
double sum_p_value(double sum, double stddev, std::size_t n);

/// An upper bound of P(at least, or at most, k of n hit), each with probability p: exp(−n·KL(k/n ‖ p)); 1 on the side
/// of the mean that is expected. Source: Hoeffding, JASA 58 (1963) 13, theorem 1.
double at_least_p_value(double k, double n, double p);
double at_most_p_value(double k, double n, double p);

/// The interval of level 1 − alpha of the standard deviation: of a normal law from Σx² of n draws, exactly by χ²; of a
/// bounded law from the largest |x|, exactly too: its limit is at least that, and P(all n below it) ≥ alpha.
Interval normal_stddev_interval(double sum_of_squares, std::size_t n, double alpha);
Interval bounded_stddev_interval(init::Law law, double largest, std::size_t n, double alpha);

}  // namespace sqrtn::laws
