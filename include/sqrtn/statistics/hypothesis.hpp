#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include "sqrtn/statistics/moments.hpp"

/// Tests as values: each returns a statistic, a two-sided p-value, an estimate and a confidence
/// interval of level 1 − alpha, such that p < alpha exactly when the interval misses the null value.
/// Built on Boost.Math's distributions (not on its statistics/z_test.hpp, which is wrong).
/// nullopt: too little data to mean anything. Every function throws std::invalid_argument for
/// alpha outside (0, 1), a parameter outside its range (NaN included), or a sum of squares below 0;
/// data that are NaN or Inf give p = 0 and an interval of NaN, which contains nothing, never an
/// exception.
/// Error: p-values to 1e-12 relative, 1e-9 from 1e8 degrees of freedom or trials on, and 1e-5 where p is
/// below 1e-30; Kolmogorov and Smirnov's as stated there.
namespace sqrtn::statistics {

struct Interval {
  double low = 0, high = 0;
  [[nodiscard]] bool contains(double x) const { return low <= x && x <= high; }
};

struct TestResult {
  double statistic = 0;
  double p_value = 1;  ///< two-sided
  double estimate = 0;
  Interval confidence_interval;  ///< of the estimated quantity, level 1 − alpha; its ends belong to it
  std::size_t n_samples = 0;
  bool rejected = false;  ///< p_value < alpha: the interval does not hold the null value
};

/// Mean of n_samples draws with known deviation: z = (mean − expected)/(stddev/√n_samples) ~ N(0,1).
/// Exact for normal draws, otherwise by the central limit theorem. Needs n_samples ≥ 1, stddev > 0.
std::optional<TestResult> normal_mean_test(double mean, double expected, double stddev, std::size_t n_samples,
                                           double alpha);

/// Mean of normal draws with unknown deviation: t = (mean − expected)/(s/√n) ~ Student(n − 1).
/// nullopt if n < 2 or s = 0.
std::optional<TestResult> student_mean_test(const Moments& sample, double expected, double alpha);

/// Σ(x/σ)² = `sum` over `degrees_of_freedom` squares of iid N(0, σ²) draws with known mean:
/// sum ~ χ²(dof). Estimate and interval: the ratio of the true variance to σ²; null value 1.
/// nullopt if degrees_of_freedom < 1.
std::optional<TestResult> chi_squared_test(double sum, double degrees_of_freedom, double alpha);

/// Second moment about the known mean 0 of n draws of a law with variance σ² and kurtosis κ, both
/// the law's own: z = (mean_square/σ² − 1)/√((κ − 1)/n) ~ N(0,1) by the central limit theorem.
/// Estimate: mean_square/σ², null value 1. nullopt if n < 2. Needs κ > 1.
std::optional<TestResult> second_moment_test(double mean_square, double variance, double kurtosis,
                                             std::size_t n_samples, double alpha);

/// Successes ~ Binomial(n_trials, probability); p = min(1, 2·smaller tail); Clopper–Pearson interval
/// of the probability. statistic = successes. nullopt if n_trials = 0.
std::optional<TestResult> binomial_test(std::size_t successes, std::size_t n_trials, double probability, double alpha);

/// count ~ Poisson(expected), expected > 0; exact (Garwood) interval of the mean; statistic = count.
TestResult poisson_test(std::size_t count, double expected, double alpha);

/// x ~ scale·Beta(a, b) with known a and b: statistic = x/scale, estimate (median-unbiased) x/q(½) of
/// the scale, interval [x/q(1 − alpha/2), x/q(alpha/2)] with q Beta's quantile; null value `scale`.
/// Needs x ≥ 0; x ≥ scale gives p = 0. x/scale must be finer than the law: for the largest of n draws,
/// Beta(n, 1), take n well below 2²⁴ with float draws.
TestResult beta_scale_test(double x, double scale, double a, double b, double alpha);

/// Kolmogorov–Smirnov: D = sup |F_n − cdf|, p = min(1, 2·exp(−2nD²)). `sorted` ascending. Estimate D;
/// interval of sup |true cdf − cdf|: D ± √(ln(2/alpha)/2n), clipped to [0, 1]; statistic √n·D; null 0.
/// Error: p is an upper bound, by the inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's
/// constant, for every n and every law; at p = 1e-9 within 3 % of the exact one from 10,000 draws on.
/// nullopt if fewer than 100 draws. Throws also if `sorted` is not ascending or cdf leaves [0, 1].
/// Source: Massart, Ann. Probab. 18 (1990) 1269.
template <class T>
std::optional<TestResult> kolmogorov_smirnov_test(std::span<const T> sorted, const std::function<double(double)>& cdf,
                                                  double alpha);

/// Pearson's χ² of counts against expected counts, dof = bins − 1; statistic X², estimate X²/dof,
/// interval of it from χ²(dof) (null value 1); n_samples = Σcounts. Asymptotic: nullopt for fewer than
/// 2 bins or an expected count below 25. The bins cover the whole line: counts whose sum is not that
/// of the expected ones hold a draw that fell in no bin (a NaN), and give p = 0.
std::optional<TestResult> pearson_test(std::span<const std::size_t> counts, std::span<const double> expected,
                                       double alpha);

}  // namespace sqrtn::statistics
