#pragma once

#include <functional>
#include <span>
#include <vector>

/// The law of a sum of independent copies of one variable, where its tails are wanted more exactly than the central
/// limit theorem gives them.
namespace sqrtn::laws {

/// n copies of X, which takes values[i] with probability weights[i]/Σ weights: a discrete law, or the nodes of a
/// quadrature over a continuous one.
class SumLaw {
 public:
  /// Throws: std::invalid_argument unless values and weights are finite and as many, weights not negative, and X
  /// varies.
  SumLaw(std::vector<double> values, std::vector<double> weights);

  /// X = value(z), z of a density that is proportional to `density` between the edges and 0 outside: 30 Gauss nodes in
  /// each panel. `edges` ascend, two at least; a kink or jump of either function belongs on one.
  static SumLaw of(const std::function<double(double)>& value, const std::function<double(double)>& density,
                   std::span<const double> edges);

  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double variance() const { return variance_; }

  /// The standard normal deviate r* of a sum of n copies: P(sum ≤ x) ≈ Φ(r*), r* = r + ln(v/r)/r, r² = 2n(ŝx̄ − K(ŝ)),
  /// v = ŝ√(nK''(ŝ)), K'(ŝ) = x̄ = x/n. ±∞ at and beyond the ends of what a sum can be; NaN for a NaN.
  /// Error: relative, in both tails, 0.25·n^(−3/2) for squares of N(0,1) and 4e-6 near the mean; 1 % for 12 uniforms.
  /// (The central limit theorem is wrong by a factor 30 at the 1e-9 tail of 1,000 squares.)
  /// Source: Lugannani and Rice, Adv. Appl. Probab. 12 (1980) 475, in the form of Barndorff-Nielsen, Biometrika 73
  /// (1986) 307.
  [[nodiscard]] double deviate(double sum, double n) const;

 private:
  struct Cumulants {
    double value, first, second;  ///< K, K' and K'' of X − mean
  };
  [[nodiscard]] Cumulants at(double s) const;
  [[nodiscard]] double saddlepoint(double mean_excess) const;

  std::vector<double> values_, weights_;  ///< values less the mean
  double mean_ = 0, variance_ = 0, skewness_ = 0, low_ = 0, high_ = 0;
};

/// The standard normal deviate with this much probability below and above it: by the smaller one, so that it keeps its
/// digits. NaN for a NaN.
double normal_deviate(double below, double above);

/// The same of Σ ~ χ²(dof): exact.
double chi_squared_deviate(double sum, double degrees_of_freedom);

/// The same of a count ~ Poisson(mean), which belongs to both tails.
double poisson_deviate(std::size_t count, double mean);

}  // namespace sqrtn::laws
