#pragma once

#include "claims/products/cases.hpp"
#include "claims/products/data.hpp"
#include "sqrtn/claims/claim.hpp"

/// Whether trsm solves its systems.
namespace sqrtn::claims {

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

}  // namespace sqrtn::claims
