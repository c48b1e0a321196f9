#pragma once

#include <vector>

#include "sqrtn/claims/claim.hpp"

namespace sqrtn::claims {

/// Claims about layers of orthogonal inputs: second moments and signs, to 0.1 %.
void add_orthogonal_input_claims(const Settings& settings, std::vector<Claim>& claims);

}  // namespace sqrtn::claims
