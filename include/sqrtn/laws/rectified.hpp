#pragma once

#include <cstddef>

/// One ReLU layer y = max(0, W x), Gaussian W of shape m × n with variance σ², x of n iid N(0,1).
/// Given x: the number K of positive outputs is Binomial(m, ½) and, given K, Σy²/(σ²‖x‖²) ~ χ²_K.
/// Source: laws.md §3.
namespace sqrtn::laws {

/// E‖x‖ = √2·Γ((n+1)/2)/Γ(n/2).
double expected_norm(std::size_t n);

/// E y = σE‖x‖/√(2π).
double rectified_mean(std::size_t n, double variance);

/// E y² = nσ²/2: a second moment, not a centred variance.
double rectified_mean_square(std::size_t n, double variance);

/// √(E y² − (E y)²) of one output.
double rectified_stddev(std::size_t n, double variance);

/// Variance over replicates of (1/m)Σyᵢ².
double rectified_mean_square_variance(std::size_t m, std::size_t n, double variance);

/// Variance over replicates of (1/m)Σyᵢ.
double rectified_mean_variance(std::size_t m, std::size_t n, double variance);

}  // namespace sqrtn::laws
