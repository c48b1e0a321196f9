#pragma once

#include <string>

/// What can be known of a shared library before any of its code runs.
namespace sqrtn::blas {

/// Returns if `path` (links followed) may be handed to the loader: a regular file that holds a whole
/// shared object for this machine. The loader itself would wait for ever on a FIFO and crash on a
/// truncated file. Not covered: a library's constructors run when it is loaded, and nothing can
/// protect a process from those.
/// Throws: std::invalid_argument that names the path, what it is, and the remedy.
void require_shared_library(const std::string& path);

/// SHA-256 of the file's content, lower-case hex; empty if it cannot be read.
std::string sha256_of_file(const std::string& path);

}  // namespace sqrtn::blas
