#pragma once

#include "product_cases.hpp"
#include "product_data.hpp"
#include "sqrtn/claims/claim.hpp"

/// The checks behind the claims about products. Each stops at the first case that fails; cases come
/// in ascending size, so that the reason is a small reproduction. The exact ones observe the number
/// of wrong entries in that case, the others the largest |error|/bound.
namespace sqrtn::claims {

/// Integers, every small shape and all α and β, packed and with gaps that hold NaN.
template <class T>
Outcome exact_small(const Product& product, const blas::Functions& blas, TestData& data);

/// Integers, shapes around the block sizes of kernels and caches.
template <class T>
Outcome exact_large(const Product& product, const blas::Functions& blas, TestData& data);

/// β = 0 must not read C, which holds NaN; gemm with k = 0 included.
template <class T>
Outcome beta_zero(const Product& product, const blas::Functions& blas, TestData& data);

/// N(0,1) operands within the worst-case componentwise bound.
template <class T>
Outcome random_bound(const Product& product, const blas::Functions& blas, TestData& data);

/// Positive, cancelling and badly scaled operands within the same bound.
template <class T>
Outcome hard_bound(const Product& product, const blas::Functions& blas, TestData& data);

/// The same call gives the same bits.
template <class T>
Outcome repeatable(const Product& product, const blas::Functions& blas, TestData& data);

/// nrm2 of N(0,1), positive and badly scaled entries within a worst-case relative bound.
template <class T>
Outcome norm_bound(const blas::Functions& blas, TestData& data);

/// nrm2 of entries whose squares overflow or underflow T, while the norm is an ordinary number.
template <class T>
Outcome norm_extremes(const blas::Functions& blas, TestData& data);

}  // namespace sqrtn::claims
