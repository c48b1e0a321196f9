#pragma once

#include <vector>

#include "sqrtn/claims/claim.hpp"

/// The parts of structured_claims that have files of their own.
namespace sqrtn::claims {

/// Whether orthogonal matrices are uniformly distributed.
std::vector<Claim> haar_claims(const Settings& settings);

/// The spectral norm, and weights divided by it.
std::vector<Claim> spectral_claims(const Settings& settings);

}  // namespace sqrtn::claims
