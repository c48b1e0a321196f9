#pragma once

#include <cstddef>
#include <span>

/// How much larger noise is than independent noise of constant spread, as sequential ranks show it.
namespace sqrtn::statistics {

/// Φ⁻¹((rank + ½)/n), rank from 0.
double normal_score(std::size_t rank, std::size_t n);

/// √(spread × correlation), at least 1, of scores that may have another level from `split` on. spread: the variance of
/// the newest 100 about their levels, where it is above that of independent ranks, 1, by half a standard error.
/// correlation: (1 + ρ)/(1 − ρ), by which an autoregression of that lag-1 correlation makes the variance of a mean
/// larger, where ρ is above 0 by more than a standard error. An estimate: no error rate rests on it.
double noise_factor(std::span<const double> scores, std::size_t split);

}  // namespace sqrtn::statistics
