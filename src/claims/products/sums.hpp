#pragma once

#include "claims/products/cases.hpp"
#include "claims/products/data.hpp"
#include "sqrtn/claims/claim.hpp"

/// Whether the plain products are the sums that they should be.
namespace sqrtn::claims {

/// Integers, every small shape and all α and β, packed and with gaps that hold NaN.
template <class T>
Outcome exact_small(const Product& product, const blas::Functions& blas, TestData& data);

/// Integers, shapes around the block sizes of kernels and caches.
template <class T>
Outcome exact_large(const Product& product, const blas::Functions& blas, TestData& data);

/// β = 0, or −0, must not read C, which holds NaN; gemm with k = 0 included.
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

}  // namespace sqrtn::claims
