#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "blas/names.hpp"

/// How much of what a library exports is judged.
namespace sqrtn::blas {

struct Coverage {
  std::size_t n_described = 0;             ///< routines, each with its types, that a description covers
  std::vector<std::string> not_described;  ///< what looks like a routine of the BLAS and no description covers: "drotg"
};

/// Of a library that exports those symbols under `naming`. All that has C's names for the BLAS looks like a routine;
/// Fortran's names are LAPACK's too, so there a routine is what the standard or a widespread library calls so. At most
/// 300 are told, of lower-case letters, digits and underscores. "..._64" stands for all that end so and are the names
/// of other routines before, judged or told.
Coverage coverage_of(const std::set<std::string, std::less<>>& symbols, const Naming& naming);

/// One word a routine for all of its types: "dsdot", "rotg (c d s z)".
std::vector<std::string> by_routine(const std::vector<std::string>& names);

}  // namespace sqrtn::blas
