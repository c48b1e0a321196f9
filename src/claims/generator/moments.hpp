#pragma once

#include <vector>

#include "sqrtn/claims/claim.hpp"

namespace sqrtn::claims {

/// Claims about one engine's uniform, normal and truncated normal draws: ends, moments, shape, tails
/// and lags, float and double.
std::vector<Claim> draw_claims(random::Engine engine, const Settings& settings);

}  // namespace sqrtn::claims
