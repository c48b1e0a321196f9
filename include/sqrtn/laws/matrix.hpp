#pragma once

#include <cstddef>

#include "sqrtn/statistics/design.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// Laws of a weight as a whole: entries of Haar matrices, the norm of a Gaussian one, and what power
/// iteration can miss of a norm. Source: laws.md §4.
namespace sqrtn::laws {

/// P(Q_ij ≤ x) for an entry of a Haar distributed matrix with orthonormal columns of length n, or rows
/// for a wide one: a coordinate of a uniform point on the sphere, so that Q_ij² ~ Beta(½, (n − 1)/2).
/// Throws: std::invalid_argument for n < 2, where Q = ±1 has no density.
double haar_entry_cdf(std::size_t n, double x);

/// Bound of P(‖Wx‖²/‖x‖² ≤ (1 − deficit)·‖W‖₂²) at x = (WᵀW)^steps b, b uniform on the sphere of the n
/// inputs: √(2nδ/π), δ = (1 − deficit)^(2·steps + 1)/(2·deficit·(2·steps + 1)), at most 1. Any W; n ≥ 3.
/// Derivation: with ‖W‖₂ = 1 and bᵢ along the eigenvectors of WᵀW, the event needs deficit·b₁² ≤
/// Σ λᵢ^(2·steps)(1 − deficit − λᵢ)bᵢ² ≤ δ·deficit, and b₁ has a density below √(n/2π).
/// Throws: std::invalid_argument unless steps ≥ 1, n ≥ 3 and 0 < deficit ≤ 1.
/// Source: the argument of Kuczyński and Woźniakowski, SIAM J. Matrix Anal. Appl. 13 (1992) 1094, for
/// an explicit constant.
double power_iteration_miss(std::size_t n, std::size_t steps, double deficit);

/// The deficit that is exceeded with probability at most alpha: the inverse of the bound.
double power_iteration_deficit(std::size_t n, std::size_t steps, double alpha);

/// Where √(mean of ‖W‖₂²/σ²) over n_matrices Gaussian m × n matrices lies with probability 1 − alpha:
///   low   √(χ²-quantile(alpha/2; N(m + n − 1))/N): ‖W‖₂ ≥ ‖Wx‖ at x along W's first row, exactly χ²
///   high  √((√m + √n)² + 1) + √(2·ln(2/alpha)/N): E‖W‖₂ ≤ √m + √n, and the root is 1/√N-Lipschitz
/// Error: a bound for all sizes, not the law; for large m = n the truth is near high and √2·low.
/// Source: Davidson and Szarek, Handbook of the Geometry of Banach Spaces 1 (2001), theorem II.13.
statistics::Interval gaussian_norm_bounds(std::size_t m, std::size_t n, std::size_t n_matrices, double alpha);

/// The smallest number of matrices at which those bounds at rates.alpha surely tell a norm that is
/// (1 ± effect_size) times the law's, whatever the law is between the bounds at miss.
/// Throws: std::invalid_argument for an effect that no number of matrices tells.
std::size_t matrices_for_gaussian_norm(std::size_t m, std::size_t n, double effect_size,
                                       const statistics::ErrorRates& rates = {});

/// Marchenko and Pastur's law: the share of the singular values of an m × n matrix of independent entries of variance
/// σ² that are at most x·σ·√max(m, n), in the limit of large matrices of the ratio min(m, n)/max(m, n). Of mean 0 and a
/// finite fourth moment the law does not matter. All of it lies between 1 − √ratio and 1 + √ratio.
/// Error: 1e-15/ratio. Throws: std::invalid_argument for a ratio outside (0, 1].
/// Source: Marchenko and Pastur, Math. USSR Sbornik 1 (1967) 457.
double marchenko_pastur_cdf(double ratio, double x);

/// The x with this probability at or below it, to 1e-10. Throws: also for a probability outside [0, 1].
double marchenko_pastur_quantile(double ratio, double probability);

}  // namespace sqrtn::laws
