#pragma once

#include <functional>
#include <span>

#include "claims/judge.hpp"

namespace sqrtn::claims {

/// A vector of draws at an address, each over its deviation: mean 0, variance 1, any two addresses independent.
using StandardisedDraw = std::function<void(const Subject&, const random::Stream&, std::span<double>)>;

/// No two of some 500 addresses give draws that are correlated by `effect`: seeds and streams 2ᵏ above and below 0
/// and those of the run, k = 0 … 63, and 2⁵³ + 1. For each pair |⟨x, y⟩| ≤ t‖y‖ but with probability 2·exp(−t²/2),
/// since ⟨x, u⟩ is sub-Gaussian of variance 1 for every unit vector u: so are sums of independent draws whose even
/// moments are at most the normal's, and traces of Haar matrices, whose even moments count some of the pairings
/// that the normal's count. A bound at every size, not an approximation.
/// Source: Hoeffding, JASA 58 (1963) 13; Rains, Electron. J. Combin. 5 (1998) R12, for traces.
Outcome judge_addresses(const Subject& subject, const Settings& settings, std::uint64_t stream, std::size_t n_draws,
                        const StandardisedDraw& draw);

/// Draws that find a correlation between any two addresses by that bound.
std::size_t n_draws_for_addresses(double correlation);

}  // namespace sqrtn::claims
