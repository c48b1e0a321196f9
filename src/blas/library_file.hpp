#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

/// What can be known of a shared library before any of its code runs.
namespace sqrtn::blas {

/// Returns if `path` (links followed) may be handed to the loader: a regular file that holds a whole
/// shared object for this machine. The loader itself would wait for ever on a FIFO and crash on a
/// truncated file. Not covered: a library's constructors run when it is loaded, and nothing can
/// protect a process from those.
/// Throws: std::invalid_argument that names the path, what it is, and the remedy.
void require_shared_library(const std::string& path);

/// What a shared object tells the loader.
struct DynamicContent {
  std::string soname;                          ///< empty if none
  std::vector<std::string> needed;             ///< names of the libraries that it asks for
  std::set<std::string, std::less<>> symbols;  ///< that it defines
};

/// Read from the file's tables, no code of it is run; the tables may lie about anything. nullopt if `path`
/// is no whole shared object for this machine or its tables do not lie within it.
std::optional<DynamicContent> dynamic_content(const std::string& path);

/// SHA-256 of the file's content, lower-case hex; empty if it cannot be read.
std::string sha256_of_file(const std::string& path);

}  // namespace sqrtn::blas
