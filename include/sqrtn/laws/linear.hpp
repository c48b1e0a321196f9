#pragma once

#include <cstddef>

/// One linear layer y = W x: W of shape m × n (fan_out × fan_in), iid entries with mean 0, variance
/// σ² and kurtosis κ; x of n iid N(0,1). Backward, δ_in = Wᵀδ_out, is the same with m and n exchanged.
/// Source: laws.md §2.
namespace sqrtn::laws {

/// Given x and Gaussian W, Σ_reps Σᵢ yᵢ²/(σ²‖x‖²) ~ χ² with this many degrees of freedom, m·reps.
double linear_degrees_of_freedom(std::size_t m, std::size_t n_replicates);

/// E S = nσ² of S = (1/m)Σyᵢ².
double linear_mean_square(std::size_t n, double variance);

/// Var S, x not given: exact for any κ. For κ = 3: σ⁴[n(n+2)(1 + 2/m) − n²].
double linear_mean_square_variance(std::size_t m, std::size_t n, double variance, double kurtosis = 3);

/// Var[yᵢ² | x] = 2σ⁴‖x‖⁴ + (κ − 3)σ⁴Σx_j⁴, from ‖x‖² and Σx_j⁴.
double linear_square_variance_given_x(double norm_squared, double sum_fourth, double variance, double kurtosis);

/// Var of (1/m)Σyᵢ, whose mean is 0, x not given: nσ²/m.
double linear_mean_variance(std::size_t m, std::size_t n, double variance);

}  // namespace sqrtn::laws
