#pragma once

#include "claims/products/cases.hpp"
#include "claims/products/data.hpp"
#include "sqrtn/claims/claim.hpp"

/// What becomes of NaN, infinities, zeros and subnormals.
namespace sqrtn::claims {

/// α = 0, or −0, reads neither A nor B, which hold NaN, and gives βC, NaN where C was.
template <class T>
Outcome alpha_zero(const Product& product, const blas::Functions& blas, TestData& data);

/// One NaN or infinity in one operand, no zero in the others: it reaches the entries that depend on it,
/// and no other.
template <class T>
Outcome exceptional(const Product& product, const blas::Functions& blas, TestData& data);

/// α or β that is NaN or infinite, operands of one sign and without zeros: IEEE 754's arithmetic of the formula,
/// whatever the order of its sums.
template <class T>
Outcome exceptional_scalars(const Product& product, const blas::Functions& blas, TestData& data);

/// One NaN or infinity in one operand, zeros in the others: 0·NaN and 0·Inf are NaN; for scal with α = 0.
template <class T>
Outcome zero_factor(const Product& product, const blas::Functions& blas, TestData& data);

/// Operands and results that are subnormal, or whose products are: exact multiples of the smallest one.
template <class T>
Outcome subnormals(const Product& product, const blas::Functions& blas, TestData& data);

}  // namespace sqrtn::claims
