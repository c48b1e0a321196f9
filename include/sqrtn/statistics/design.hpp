#pragma once

#include <cstddef>
#include <string_view>

/// How many samples a claim needs, computed from alpha, effect and power, never chosen.
namespace sqrtn::statistics {

/// The error rates of one claim. Defaults: with at most 1,000 claims a run a correct machine sees a
/// false alarm in at most one run in a million.
struct ErrorRates {
  double alpha = 1e-9;
  double miss = 1e-6;  ///< 1 − power, kept apart because 1 − 1e-6 loses digits
  [[nodiscard]] double power() const { return 1 - miss; }
};

/// All sizes: the smallest n whose two-sided level-alpha test finds the effect, in either direction,
/// with power ≥ 1 − miss; z_q is the standard normal's quantile.
/// Throws: std::invalid_argument for rates outside (0, ½), an effect outside its range, or one so small
/// that it needs more than 2⁵³ samples.

/// Relative effect δ > 0 on the variance of a law with kurtosis κ > 1, for second_moment_test; normal
/// approximation. A variance (1 ± δ)σ² shifts the ratio by δ and spreads it by 1 ± δ, so the larger
/// one is harder to find: n = max(2, ⌈((z_{1−α/2} + z_{1−miss}·(1 + δ))/δ)²·(κ − 1)⌉).
/// Error: for small n the law's skewness counts; use the exact size below where the law is normal.
/// Source: laws.md §10, with the spread under the effect.
std::size_t n_samples_for_variance(double effect_size, double kurtosis, const ErrorRates& rates = {});

/// The effect that n samples resolve, the inverse of n_samples_for_variance:
/// δ = (z_{1−α/2} + z_{1−miss})/(√(n/(κ − 1)) − z_{1−miss}); ∞ if n resolves none.
double resolvable_variance_effect(std::size_t n_samples, double kurtosis, const ErrorRates& rates = {});

/// The smallest degrees of freedom at which the exact χ² test finds σ² → σ²(1 ± δ), 0 < δ < 1.
/// Exact, by search: under the effect the statistic is (1 ± δ)·χ².
std::size_t degrees_of_freedom_for_chi_squared(double effect_size, const ErrorRates& rates = {});

/// Shift of a mean by effect_size > 0 standard deviations, where the effect multiplies the spread by `spread` ≥ 1:
/// ⌈((z_{1−α/2} + spread·z_{1−miss})/effect_size)²⌉.
std::size_t n_samples_for_mean(double effect_size, const ErrorRates& rates = {}, double spread = 1);

/// A sum of squares that is χ² under the law and under the effect non-central χ² with n·per_sample > 0 as its
/// non-centrality, found by the upper tail of the two-sided chi_squared_test. Exact, by bisection.
std::size_t n_samples_for_non_centrality(double degrees_of_freedom, double per_sample, const ErrorRates& rates = {});

/// A probability p that is p(1 ± δ) instead, p(1 + δ) < 1, for binomial_test; p(1 + δ) alone if
/// δ ≥ 1. Exact, by search near the normal approximation among the multiples of `multiple`: the
/// returned n has the power and n − multiple has not. (A discrete law's power climbs in a saw-tooth, so
/// a slightly larger n may fall short: draws that come in chunks give their size.)
std::size_t n_samples_for_probability(double probability, double effect_size, const ErrorRates& rates = {},
                                      std::size_t multiple = 1);

/// The mean of a Poisson count, a whole number, at which poisson_test finds that it is (1 + δ) times as large, δ > 0.
/// Exact: the first that has the power from the normal approximation on.
double mean_for_poisson(double effect_size, const ErrorRates& rates = {});

/// A distribution function that is off by `distance` in (0, 1) at some point:
/// n = max(100, ⌈((√(ln(2/α)/2) + √(ln(1/miss)/2))/distance)²⌉.
/// Error: an upper bound, since it holds for every law: the null by the inequality of Dvoretzky,
/// Kiefer, Wolfowitz and Massart, the power by Hoeffding's at that one point.
/// Source: Massart, Ann. Probab. 18 (1990) 1269; Hoeffding, JASA 58 (1963) 13, theorem 1.
std::size_t n_samples_for_cdf(double distance, const ErrorRates& rates = {});

/// Counts the statistical claims of one run: at most 1,000, each with alpha ≤ 1e-9.
class AlphaBudget {
 public:
  static constexpr std::size_t max_claims = 1000;
  static constexpr double alpha_per_claim = 1e-9;
  /// Throws: std::logic_error that names the claim when the budget is overspent, or alpha is not in
  /// (0, alpha_per_claim]; nothing is spent then.
  void spend(std::string_view claim_id, double alpha);
  [[nodiscard]] std::size_t n_claims() const { return n_claims_; }
  [[nodiscard]] double spent() const { return spent_; }

 private:
  std::size_t n_claims_ = 0;
  double spent_ = 0;
};

}  // namespace sqrtn::statistics
