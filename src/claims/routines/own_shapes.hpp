#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/claims/claim.hpp"

/// What is claimed of one routine at one shape of somebody's own.
namespace sqrtn::claims {

/// "gemm:180x5120x5120" has the routine's lengths in the order of its arguments, m, n and k here; of gbmv these are m,
/// n, kl and ku. Claims in each type of the routine: exact for integers, and within the error bound where that is not
/// too much work to know; ids are "products/gemm/f32/180x5120x5120/exact". Throws: std::invalid_argument that names
/// `text`, what is wrong and what would do: no such routine, another number of lengths, operands beyond this machine's
/// memory, or more work than can be checked.
std::vector<Claim> claims_of_shape(std::string_view text);

/// The shape that a claim's id was made for, "gemm:180x5120x5120"; nullopt of other claims.
std::optional<std::string> own_shape(std::string_view id);

}  // namespace sqrtn::claims
