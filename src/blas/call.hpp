#pragma once

#include <functional>
#include <vector>

#include "sqrtn/blas/interface.hpp"

/// Calls of any described routine through a loaded library.
namespace sqrtn::blas {

/// The address of a library's function of that name; nullptr if it has none.
using SymbolLookup = std::function<void*(const std::string&)>;

/// C's interface and Fortran's, those of them that have at least one described routine.
/// `integer_bits`: width of the library's BLAS integers.
/// Source: "Basic Linear Algebra Subprograms Technical Forum Standard", annexes A and B; gfortran's manual, "Argument
/// passing conventions".
std::vector<Interface> interfaces_of(const SymbolLookup& look_up, int integer_bits);

}  // namespace sqrtn::blas
