#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Where Python's packages lie, and the libraries of other languages that have a BLAS of their own.
namespace sqrtn::blas {

/// The folders of packages of the active Python: that of $VIRTUAL_ENV, else of $CONDA_PREFIX, else of the python3 on
/// PATH, which is run only if it is a script that chooses one. Empty if there is none.
std::vector<std::filesystem::path> package_folders();

/// The folders in which the active Python, Conda, R and Julia keep shared libraries, and the packages of Python under
/// the prefix $SQRTN_BACKENDS, which `./sqrtn run --install-backends` makes.
std::vector<std::filesystem::path> language_folders();

/// The compiled modules of a package of the active Python; empty if it has none, or there is no such package.
std::vector<std::filesystem::path> modules_of_package(const std::string& package);

}  // namespace sqrtn::blas
