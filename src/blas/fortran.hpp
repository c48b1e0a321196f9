#pragma once

#include <string>
#include <utility>
#include <vector>

#include "blas/loaded_library.hpp"
#include "sqrtn/blas/functions.hpp"

/// A BLAS that has only Fortran's interface (sgemm_, ...), behind the table of the C interface.
namespace sqrtn::blas {

/// What was found of a library's functions.
struct FortranFunctions {
  Functions functions;
  std::string missing;  ///< names of those that it lacks, "" if none
  std::vector<std::pair<std::string, const void*>> found;
};

/// Row-major products are asked for as the transposed ones, operands exchanged, which is the same memory:
/// no entry is moved. The library stays the one of this process: the functions forward to it.
/// syrk and trsm are left empty where it lacks them, and are not counted as missing.
FortranFunctions fortran_functions(const LoadedLibrary& library);

/// Whether its functions of type REAL return a float, as gfortran's do, and not a double, as f2c's.
bool returns_float(const LoadedLibrary& library);

}  // namespace sqrtn::blas
