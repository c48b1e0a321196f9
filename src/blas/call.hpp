#pragma once

#include <vector>

#include "blas/names.hpp"
#include "sqrtn/blas/interface.hpp"

/// Calls of any described routine through a loaded library.
namespace sqrtn::blas {

/// The number that stands for a flag's letter in C's enumerations, CBLAS_TRANSPOSE and its like.
std::int64_t c_flag(std::int64_t letter);

/// C's interface and Fortran's, those of them that have at least one described routine under the names of `naming`.
/// `integer_bits`: width of the library's BLAS integers.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", annexes A and B; gfortran's manual, "Argument
/// passing conventions".
std::vector<Interface> interfaces_of(const SymbolLookup& look_up, const Naming& naming, int integer_bits);

}  // namespace sqrtn::blas
