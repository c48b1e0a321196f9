#pragma once

#include <string>
#include <vector>

/// Which BLAS a program, a library, a process or a package of Python gets.
namespace sqrtn::blas {

/// A BLAS that is loaded with something, and the libraries that stand before it: libblas.so.3 on top of
/// libopenblas.so.0.
struct Linked {
  std::string path;
  std::vector<std::string> through;
};

/// In the order in which they are loaded, so that a program's calls go to the first. `of` is the number of a process, a
/// path, the name of a library (it holds ".so"), of a package of the active Python, or of a program on PATH.
/// Files are asked of the system's loader, in a child that runs none of their code; a process is asked of /proc.
/// Throws: std::invalid_argument, one line with the input and the remedy: there is no such thing, it may not be read,
/// is no ELF file, is statically linked, has no tables of names, or gets no BLAS.
std::vector<Linked> linked_blas(const std::string& of);

/// The BLAS libraries that a package of the active Python gets; empty if it is not installed or gets none.
std::vector<Linked> blas_of_package(const std::string& package);

}  // namespace sqrtn::blas
