#pragma once

#include <string>
#include <vector>

#include "probe.hpp"

/// Which libraries a run is about.
namespace sqrtn::command {

/// What blas::Backend takes for a name that `sqrtn backends` lists, "openblas-serial" or "gsl@KERNEL": the path of its
/// file. Any other text as it is.
std::string place_of(const std::string& blas);

/// Loads what --blas names into this process. Throws: as blas::Backend::load.
blas::Backend load_backend(const std::string& blas);

/// The library that `blas` names first, then those of `names`: "all", or short names as `sqrtn backends` lists
/// them, or vendors ("openblas" is each of its builds); none if it is empty. `kernels`: with the kernels for other
/// processors of those that are chosen.
/// Throws: std::invalid_argument if `blas` cannot be loaded, with the child's own line, or a name is not known.
std::vector<BackendChoice> choose_backends(const std::string& blas, const std::vector<std::string>& names,
                                           const std::vector<std::string>& search, bool kernels);

}  // namespace sqrtn::command
