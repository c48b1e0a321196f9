#pragma once

#include "blas/c_functions.hpp"
#include "blas/names.hpp"

/// A BLAS that has only Fortran's interface (sgemm_, ...), behind the table of the C interface.
namespace sqrtn::blas {

/// Row-major products are asked for as the transposed ones, operands exchanged, which is the same memory:
/// no entry is moved. The library stays the one of this process: the functions forward to it, whatever the width of its
/// integers. The library must have all but syrk and trsm, which are left empty where it lacks them.
FoundFunctions fortran_functions(const SymbolLookup& look_up, const Naming& naming);

/// Whether its functions of type REAL return a float, as gfortran's do, and not a double, as f2c's.
bool returns_float(const SymbolLookup& look_up, const Naming& naming);

}  // namespace sqrtn::blas
