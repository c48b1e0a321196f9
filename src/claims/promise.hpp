#pragma once

#include <string_view>

#include "sqrtn/claims/claim.hpp"

/// What each claim about a library promises to its users.
namespace sqrtn::claims {

/// By the last part of the id, which names what is claimed; what is not about a library promises right values.
ClaimClass class_of(std::string_view id);

/// What a library does that breaks the claim, as a predicate that its users understand: "returns numbers where NaN is
/// due". The same for every routine and type; "fails" for what is not about a library.
std::string_view symptom_of(std::string_view id);

/// The same of what was found: what fails at random does not repeat itself, whatever else the claim promises.
std::string_view symptom_of(const Result& result);

}  // namespace sqrtn::claims
