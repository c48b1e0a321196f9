#pragma once

#include <string>
#include <vector>

#include "blas/names.hpp"
#include "blas/operations.hpp"
#include "sqrtn/blas/functions.hpp"
#include "sqrtn/blas/interface.hpp"

/// Calls of any described routine through a loaded library.
namespace sqrtn::blas {

/// The number that stands for a flag's letter in C's enumerations, CBLAS_TRANSPOSE and its like.
std::int64_t c_flag(std::int64_t letter);

/// What C's interface calls the routine before anything is added to it for a library: "ddot", "zdotu_sub".
std::string routine_of_c(const Operation& operation, char type);

/// Whether Fortran's interface to it, if there is one, has the described arguments. Where a complex function leaves its
/// result is read back from what it does; one that is not understood is not called.
bool is_called_by_fortran(const Operation& operation);

/// C's interface and Fortran's, those of them that have at least one described routine under the names of `naming`.
/// `integer_bits`: width of the library's BLAS integers.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", annexes A and B; gfortran's manual, "Argument
/// passing conventions".
std::vector<Interface> interfaces_of(const SymbolLookup& look_up, const Naming& naming, int integer_bits);

/// C's interface to what the table holds, under the standard's names, whatever its functions forward to. It asks for
/// conjugate transposition too, 113, which in real types is transposition.
Interface interface_of(const Functions& table);

}  // namespace sqrtn::blas
