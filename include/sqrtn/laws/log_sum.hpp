#pragma once

#include <complex>
#include <cstddef>
#include <vector>

/// The exact law of a sum of independent logarithms of χ² variables, which is what the norm of a
/// deep chain is. Source: laws.md §6.
namespace sqrtn::laws {

/// X = constant + Σ of independent terms, each ln χ²_dof or ln χ²_K with K ~ Binomial(n, ½) given K ≥ 1.
/// Value semantics; terms are added before the law is asked for.
class LogSum {
 public:
  LogSum& add(double constant);
  /// `times` terms ln χ²_dof, dof > 0: characteristic function 2^{it}·Γ(dof/2 + it)/Γ(dof/2).
  LogSum& add_chi_squared(double dof, std::size_t times = 1);
  /// `times` terms ln χ²_K, K ~ Binomial(n, ½) given K ≥ 1 (K = 0, whose logarithm is −∞, has
  /// probability 2⁻ⁿ). Throws: std::invalid_argument unless 1 ≤ n ≤ 65,536.
  LogSum& add_rectified(std::size_t n, std::size_t times = 1);

  [[nodiscard]] double mean() const { return constant_ + terms_mean_; }
  [[nodiscard]] double variance() const { return variance_; }
  [[nodiscard]] double stddev() const;

  /// P(X ≤ x), P(X > x) and the density, by numerical inversion of the characteristic function.
  /// Error: 1e-13 absolute; 0 or 1 farther than 40 standard deviations from the mean.
  /// Throws: std::logic_error without a term that varies.
  /// Source: Gil-Pelaez, Biometrika 38 (1951) 481; Davies, Biometrika 60 (1973) 415, for the step.
  [[nodiscard]] double cdf(double x) const;
  [[nodiscard]] double survival(double x) const;
  [[nodiscard]] double density(double x) const;
  /// The x with cdf(x) = probability. Throws: std::invalid_argument outside (0, 1).
  [[nodiscard]] double quantile(double probability) const;

 private:
  struct Term {
    double dof;                  ///< of a plain term
    std::vector<double> counts;  ///< of a rectified one: P(K = k), k = 1, 2, …; empty: plain
    std::size_t times;
  };
  [[nodiscard]] std::complex<double> characteristic(double t) const;
  [[nodiscard]] double half_minus_cdf(double x) const;
  void prepare() const;

  double constant_ = 0, terms_mean_ = 0, variance_ = 0;
  std::vector<Term> terms_;
  mutable double step_ = 0;
  mutable std::vector<std::complex<double>> nodes_;  ///< of X − mean() at (j + ½)·step_
};

}  // namespace sqrtn::laws
