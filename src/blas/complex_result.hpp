#pragma once

#include <functional>

namespace sqrtn::blas {

/// Where a function of Fortran leaves a complex number. Source: gfortran's manual, "Argument passing conventions".
enum class ComplexResult { unknown, in_registers, by_first_argument };

/// Reads it back from what each function does, once; type is c or z.
std::function<ComplexResult(void* function, char type)> complex_results();

}  // namespace sqrtn::blas
