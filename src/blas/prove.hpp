#pragma once

#include <string>

#include "blas/loaded_library.hpp"
#include "blas/names.hpp"
#include "sqrtn/blas/functions.hpp"

/// Which functions of a loaded library may be called, and the proof that they are its own.
namespace sqrtn::blas {

struct Proved {
  Functions functions;
  Naming naming;            ///< of its functions
  bool by_fortran = false;  ///< it has no C interface
  int integer_bits = 32;    ///< as its functions say
};

/// The functions, once it is proved that they, and the Fortran ones that they may call, are the library's own.
/// Names that the library itself has come before those of the libraries that it needs, and the C interface before
/// Fortran's. `name`: what messages call it.
/// Throws: std::invalid_argument, as Backend::load.
Proved prove_functions(const LoadedLibrary& library, const std::string& name);

}  // namespace sqrtn::blas
