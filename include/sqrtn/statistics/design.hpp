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

/// All sizes: smallest n whose two-sided level-alpha test finds the effect with power ≥ 1 − miss.
/// Throws: std::invalid_argument for rates outside (0, ½), or an effect outside its range.

/// Relative effect δ > 0 on a variance, law with kurtosis κ > 1, normal approximation:
/// n = ⌈((z_{1−α/2} + z_power·(1 + δ'))/δ')²·(κ − 1)⌉ with δ' = min over both directions of the shift
/// (a smaller variance shifts by δ with spread (1 − δ), a larger one by δ with spread (1 + δ)).
/// Source: laws.md §10.
std::size_t n_samples_for_variance(double effect_size, double kurtosis, const ErrorRates& rates = {});

/// The smallest degrees of freedom at which the exact χ² test finds σ² → σ²(1 ± δ), 0 < δ < 1.
std::size_t degrees_of_freedom_for_chi_squared(double effect_size, const ErrorRates& rates = {});

/// Shift of a mean by effect_size standard deviations: ((z_{1−α/2} + z_power)/effect)².
std::size_t n_samples_for_mean(double effect_size, const ErrorRates& rates = {});

/// A probability p that is off by the relative effect δ in either direction, normal approximation.
std::size_t n_samples_for_probability(double probability, double effect_size, const ErrorRates& rates = {});

/// A distribution function that is off by `distance` somewhere, by the inequality of Dvoretzky,
/// Kiefer, Wolfowitz and Massart on both sides: ((√(ln(2/α)/2) + √(ln(2/miss)/2))/distance)².
std::size_t n_samples_for_cdf(double distance, const ErrorRates& rates = {});

/// The effect that n samples resolve, the inverse of n_samples_for_variance.
double resolvable_variance_effect(std::size_t n_samples, double kurtosis, const ErrorRates& rates = {});

/// Counts the statistical claims of one run: at most 1,000, each with alpha ≤ 1e-9.
class AlphaBudget {
 public:
  static constexpr std::size_t max_claims = 1000;
  static constexpr double alpha_per_claim = 1e-9;
  /// Throws: std::logic_error that names the claim when the budget is overspent or alpha too large.
  void spend(std::string_view claim_id, double alpha);
  [[nodiscard]] std::size_t n_claims() const { return n_claims_; }
  [[nodiscard]] double spent() const { return spent_; }

 private:
  std::size_t n_claims_ = 0;
  double spent_ = 0;
};

}  // namespace sqrtn::statistics
