#pragma once

#include "claims/products/data.hpp"
#include "sqrtn/claims/claim.hpp"

/// Whether nrm2 is the norm of its vector.
namespace sqrtn::claims {

/// nrm2 of a vector with a NaN or an infinity, and of subnormals.
template <class T>
Outcome norm_exceptional(const blas::Functions& blas, TestData& data);

/// nrm2 of N(0,1), positive and badly scaled entries within a worst-case relative bound.
template <class T>
Outcome norm_bound(const blas::Functions& blas, TestData& data);

/// nrm2 of entries whose squares overflow or underflow T, while the norm is an ordinary number.
template <class T>
Outcome norm_extremes(const blas::Functions& blas, TestData& data);

}  // namespace sqrtn::claims
