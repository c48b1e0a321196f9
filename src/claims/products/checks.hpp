#pragma once

#include "claims/products/cases.hpp"
#include "claims/products/data.hpp"
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

/// β = 0, or −0, must not read C, which holds NaN; gemm with k = 0 included.
template <class T>
Outcome beta_zero(const Product& product, const blas::Functions& blas, TestData& data);

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

/// nrm2 of a vector with a NaN or an infinity, and of subnormals.
template <class T>
Outcome norm_exceptional(const blas::Functions& blas, TestData& data);

/// N(0,1) operands within the worst-case componentwise bound.
template <class T>
Outcome random_bound(const Product& product, const blas::Functions& blas, TestData& data);

/// Positive, cancelling and badly scaled operands within the same bound.
template <class T>
Outcome hard_bound(const Product& product, const blas::Functions& blas, TestData& data);

/// Nothing outside of the operands is touched: each lies flush against memory that may not be, on either
/// side in turn.
template <class T>
Outcome inside(const Product& product, const blas::Functions& blas, TestData& data);

/// With no entry to write, m = 0 or n = 0, no operand is touched: each lies in memory that may not be. dot and nrm2 of
/// no entries are 0.
template <class T>
Outcome empty(const Product& product, const blas::Functions& blas, TestData& data);

/// The answer depends on the operands alone, bit for bit: not on what registers and the stack hold, nor
/// on an earlier call, be it with NaN in larger operands or a tiny one.
template <class T>
Outcome history(const Product& product, const blas::Functions& blas, TestData& data);

/// The same call gives the same bits.
template <class T>
Outcome repeatable(const Product& product, const blas::Functions& blas, TestData& data);

/// trsm of systems whose solutions are integers.
template <class T>
Outcome solve_exact(const Product& product, const blas::Functions& blas, TestData& data);

/// trsm: the residual within the worst-case componentwise bound.
template <class T>
Outcome solve_bound(const Product& product, const blas::Functions& blas, TestData& data);

/// trsm with α = 0 reads neither A nor B, which hold NaN, and gives 0.
template <class T>
Outcome solve_alpha_zero(const Product& product, const blas::Functions& blas, TestData& data);

/// trsm with α = NaN: every solution is NaN.
template <class T>
Outcome solve_alpha_nan(const Product& product, const blas::Functions& blas, TestData& data);

/// trsm with a NaN or an infinity in B: the solutions that depend on it are not finite, and the systems beside it
/// are solved exactly. What lies before it in its own system is left open: a library may multiply by inverted blocks.
template <class T>
Outcome solve_exceptional(const Product& product, const blas::Functions& blas, TestData& data);

/// trsm of systems whose solutions are subnormal integers.
template <class T>
Outcome solve_subnormals(const Product& product, const blas::Functions& blas, TestData& data);

/// nrm2 of N(0,1), positive and badly scaled entries within a worst-case relative bound.
template <class T>
Outcome norm_bound(const blas::Functions& blas, TestData& data);

/// nrm2 of entries whose squares overflow or underflow T, while the norm is an ordinary number.
template <class T>
Outcome norm_extremes(const blas::Functions& blas, TestData& data);

}  // namespace sqrtn::claims
