#pragma once

#include <functional>

namespace sqrtn::blas {

/// Tells of a routine of Fortran's that adds a matrix to another, geadd, whether it takes two flags behind all else,
/// what op is of A and of C; C's then takes them before the lengths. Read back from what each function does, once; type
/// is s, d, c or z. Source: OpenBLAS, pull request 5913, which added them in version 0.3.34 under the same name.
std::function<bool(void* function, char type)> added_flags(int integer_bits);

}  // namespace sqrtn::blas
