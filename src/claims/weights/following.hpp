#pragma once

#include <string_view>

#include "sqrtn/claims/follows.hpp"
#include "support/stored_tensor.hpp"

namespace sqrtn::claims::weights {

/// As sqrtn::follows, of a tensor in any type. Throws: std::invalid_argument for an unknown rule or option.
Following following(const StoredTensor& tensor, std::string_view rule, double alpha = 1e-9);

}  // namespace sqrtn::claims::weights
