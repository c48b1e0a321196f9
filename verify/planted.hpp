#pragma once

#include <algorithm>
#include <functional>

#include "verify.hpp"

/// Faults that are as large as the effect that a claim states.
namespace sqrtn::verify {

/// Whether the claim with this id passes for what is honest and fails for what `plant` makes of its effect.
/// Throws: std::out_of_range if no claim has the id; std::bad_optional_access if it states no effect.
inline testing::AssertionResult caught(const std::vector<claims::Claim>& claims, const std::string& id,
                                       const std::function<claims::Subject(double effect)>& plant) {
  const auto claim = std::ranges::find(claims, id, &claims::Claim::id);
  if (claim == claims.end()) throw std::out_of_range("no claim has the id " + id);
  return caught(claims, id, plant(claim->effect_size.value()));
}

}  // namespace sqrtn::verify
