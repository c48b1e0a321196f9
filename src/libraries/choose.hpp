#pragma once

#include <string>
#include <vector>

#include "libraries/children.hpp"

/// Which libraries a run is about.
namespace sqrtn::libraries {

/// The library that `blas` names first, then those of `names`: "all", or short names as `sqrtn backends` lists
/// them, or vendors ("openblas" is each of its builds); none if it is empty. `kernels`: with the kernels for other
/// processors of those that are chosen.
/// Throws: std::invalid_argument if `blas` cannot be loaded, with the child's own line, or a name is not known.
std::vector<Candidate> choose_backends(const std::string& blas, const std::vector<std::string>& names,
                                       const std::vector<std::string>& search, bool kernels);

}  // namespace sqrtn::libraries
