#pragma once

#include "claims/generator/data.hpp"

namespace sqrtn::claims {

/// Draws of one law at all distances from each other.
template <class T>
Claim lags_claim(const DrawCase& row);
extern template Claim lags_claim<float>(const DrawCase&);
extern template Claim lags_claim<double>(const DrawCase&);

/// How often numbers come again: what binary digits have to do with each other.
std::vector<Claim> collision_claims(random::Engine engine, const Settings& settings);

/// What parameters and threads do to draws.
std::vector<Claim> parameter_claims(random::Engine engine);

}  // namespace sqrtn::claims
