#pragma once

#include <vector>

#include "sqrtn/claims/claim.hpp"

/// The parts of structured_claims that have files of their own.
namespace sqrtn::claims {

/// Whether orthogonal matrices are uniformly distributed.
std::vector<Claim> haar_claims(const Settings& settings);

/// The same at the sizes of layers, in kernels, with both engines; and that no two addresses share their matrix.
std::vector<Claim> large_haar_claims(const Settings& settings);

/// The spectral norm, and weights divided by it.
std::vector<Claim> spectral_claims(const Settings& settings);

}  // namespace sqrtn::claims
