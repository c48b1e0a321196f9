#pragma once

#include <string>

#include "claims/products/cases.hpp"
#include "claims/products/data.hpp"
#include "sqrtn/claims/claim.hpp"

/// Checks of what a library keeps, or changes, between and during calls; each goes through all nine
/// routines.
namespace sqrtn::claims {

/// What about this thread's floating-point arithmetic is not as IEEE 754's defaults have it, found by
/// doing some; empty if nothing.
std::string floating_point_fault();

/// Rounding, traps and subnormals are after each call as they are by default; they are reset at the end.
template <class T>
Outcome keeps_environment(const Subject& subject, TestData& data);

/// Four threads that call every routine at once, each with operands of its own, get the bits that they
/// get alone.
template <class T>
Outcome concurrent_callers(const Subject& subject, TestData& data);

/// How many threads a library is asked for where several are: more than one on any machine.
inline constexpr int threads_of_libraries = 4;

/// With several of the library's own threads integers stay exact; then one thread gives the bits that it gave
/// before.
template <class T>
Outcome threaded(const Subject& subject, TestData& data);

/// The answer depends on the operands alone, bit for bit: not on what registers and the stack hold, nor
/// on an earlier call, be it with NaN in larger operands or a tiny one.
template <class T>
Outcome history(const Product& product, const blas::Functions& blas, TestData& data);

}  // namespace sqrtn::claims
