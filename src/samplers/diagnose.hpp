#pragma once

#include <vector>

#include "samplers/draws.hpp"
#include "samplers/judge.hpp"

/// What draws of a rule are that are not the rule's.
namespace sqrtn::samplers {

/// Of each rule and type about which a claim failed: one weight of each layout that the program knows, of some 200,000
/// values, is held against the rule as `sqrtn inspect --rule` does; those that do not follow it are told, a
/// layout once for all types.
/// Throws: as Program::draw.
std::vector<Diagnosis> diagnose(Draws& draws, const std::vector<claims::Result>& results);

}  // namespace sqrtn::samplers
