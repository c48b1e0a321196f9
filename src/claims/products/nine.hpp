#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "claims/routines/sweep.hpp"
#include "sqrtn/claims/subject.hpp"

/// The nine routines that networks are made of, in single and double precision, as they are described and by the
/// functions that networks call.
namespace sqrtn::claims {

/// The subject's products, under the names that C's interface to the library has.
blas::Interface products_of(const Subject& subject);

/// In the order of the claims.
inline constexpr std::array<std::string_view, 9> names_of_the_nine{"gemm", "gemv", "ger",  "dot", "axpy",
                                                                   "scal", "syrk", "trsm", "nrm2"};

/// The described routine.
const blas::Operation& described(std::string_view name);

/// Those of the nine that the interface has, in the order of the claims.
template <class T>
std::vector<const blas::Operation*> nine_of(const blas::Interface& interface);

/// Whether its result is a sum of products, which is exact for integers: neither a solution nor a norm.
inline bool adds_products(const blas::Operation& operation) {
  return !operation.solves && operation.reduction == blas::Reduction::none;
}

/// These lengths, as far as the routine has them; that of inner products counts where the result has no other.
Choice lengths_of(const blas::Operation& operation, std::size_t m, std::size_t n, std::size_t k);

}  // namespace sqrtn::claims
