#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Where libraries lie.
namespace sqrtn::blas {

/// Whether a file of that name may be a BLAS: "libopenblas.so.0".
bool is_telling(const std::string& name);

/// The shared libraries that were asked for, by file or by folder.
/// Throws: std::invalid_argument if an entry does not exist, or is a file and no shared library.
std::vector<std::filesystem::path> asked_for(const std::vector<std::string>& search);

/// Files whose names tell, in the usual places, and those that were asked for.
std::vector<std::filesystem::path> places(const std::vector<std::string>& search);

}  // namespace sqrtn::blas
