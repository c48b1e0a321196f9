#pragma once

#include <memory>
#include <vector>

#include "samplers/draws.hpp"
#include "sqrtn/claims/claim.hpp"

/// What is claimed of a program that draws weights.
namespace sqrtn::samplers {

/// Those about sqrtn's own initialisers, generator and layers that are about draws, whatever draws them: not its
/// addresses, pieces and threads, nor the rounding of its orthogonal matrices, nor binary digits of half types. One
/// engine's, whose name leaves the ids; of the dtype, whose name stands in them. Those that name no type are about
/// words (u32) or, where it is the first type but f64, about float weights.
std::vector<claims::Claim> draw_claims(const claims::Settings& settings, Element dtype, bool is_first);

/// Whether a part of an id, between its '/', is this word.
bool has_part(std::string_view id, std::string_view word);

/// The rule that a claim is about: "he_normal" of "layers/relu/he_normal/forward/f32/mean"; empty if it names none.
std::string_view rule_of(std::string_view id);

/// Of each random rule that it knows: the same seed gives the same draws, in another process too; another seed, and
/// another tensor of one answer, others. Of orthogonal ones: CᵀC = I up to the rounding of dtype.
/// And correlation_claims, rounding_claims.
std::vector<claims::Claim> program_claims(const std::shared_ptr<Draws>& draws, Element dtype);

/// Of each rule that draws entry by entry: no two of 32 tensors of one answer are correlated, by 0.18 or so.
std::vector<claims::Claim> correlation_claims(const std::shared_ptr<Draws>& draws, Element dtype);

/// Of each normal rule, in a half type: it rounds to nearest.
std::vector<claims::Claim> rounding_claims(const std::shared_ptr<Draws>& draws, Element dtype);

}  // namespace sqrtn::samplers
