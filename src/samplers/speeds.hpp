#pragma once

#include <vector>

#include "results/document.hpp"
#include "samplers/program.hpp"

/// How fast a program answers.
namespace sqrtn::samplers {

/// Of each rule and type of which it gave an answer of at least fast_values values: the program's time for a million
/// values, from question to last byte, and sqrtn's own for the same on one thread, drawn into memory.
std::vector<results::Measurement> speeds_of(const Program& program);

}  // namespace sqrtn::samplers
