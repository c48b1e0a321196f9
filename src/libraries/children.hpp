#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libraries/ask.hpp"
#include "results/document.hpp"
#include "sqrtn/blas/backend.hpp"

/// Libraries are loaded in children of this program alone, one a process, so that none can harm it.
namespace sqrtn::libraries {

/// A BLAS as the commands know it.
struct Candidate {
  std::string name;                           ///< short and unique: "openblas-pthread", "openblas-pthread@Haswell"
  std::string blas;                           ///< what --blas takes: the path of the file, with "@KERNEL" if it has one
  std::string vendor;                         ///< "openblas"
  std::optional<results::BlasRecord> record;  ///< none if it cannot be used
  std::string refusal;                        ///< why not, one line
  std::vector<results::Incident> incidents;   ///< what it did beside answering when it was asked what it is
};

/// The environment of a child that is to use that library, beside the number of its threads.
EnvironmentAdditions environment_for(const Candidate& backend);

/// All libraries that were found, each asked what it is in a child. With `kernels` also the kernels of each that
/// this processor can run, where the library can be told to use them and then says that it does.
/// Throws: as blas::discover.
std::vector<Candidate> find_backends(const std::vector<std::string>& search, bool kernels);

/// What Backend::load takes for a library that `sqrtn backends` lists by this name: its path, with "@KERNEL" if the
/// name has it. The name itself if load knows it, or nothing is called so.
std::string library_called(const std::string& name);

/// The library that `blas` names first, then those of `names`: "all", or short names as `sqrtn backends` lists
/// them, or vendors ("openblas" is each of its builds); none if it is empty. `kernels`: with the kernels for other
/// processors of those that are chosen.
/// Throws: std::invalid_argument if `blas` cannot be loaded, with the child's own line, or a name is not known.
std::vector<Candidate> choose_backends(const std::string& blas, const std::vector<std::string>& names,
                                       const std::vector<std::string>& search, bool kernels);

/// The library of that name, as library_called has it, loaded into this process.
/// Throws: as Backend::load.
blas::Backend load_library(const std::string& name);

}  // namespace sqrtn::libraries
