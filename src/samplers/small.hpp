#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "samplers/program.hpp"
#include "sqrtn/claims/claim.hpp"

/// Questions of the claims that are about programs alone.
namespace sqrtn::samplers {

/// A tensor of some thousand values that the rule defines, in a layout that the program knows.
Question small(const std::string& rule, const Known& known, Element dtype);

/// The bytes of `count` such tensors. Throws: as Program::draw.
std::vector<std::byte> ask(Program& program, const Question& question, std::uint32_t seed, std::size_t count);

/// The id of a claim about what a program answers to it: "sampler/he_normal/f16/rounding".
std::string id_of(const Question& question, std::string_view what);

/// The rule's law for that tensor. Throws: as init::find_rule.
init::Distribution law_of(const Question& question);

/// Of a run of claims; the next ones are theirs too.
std::uint32_t first_seed(const claims::Settings& settings);

}  // namespace sqrtn::samplers
