#pragma once

#include "claims/products/cases.hpp"
#include "claims/products/data.hpp"
#include "sqrtn/claims/claim.hpp"

/// Which memory a call may touch.
namespace sqrtn::claims {

/// Nothing outside of the operands is touched: each lies flush against memory that may not be, on either
/// side in turn.
template <class T>
Outcome inside(const Product& product, const blas::Functions& blas, TestData& data);

/// With no entry to write, m = 0 or n = 0, no operand is touched: each lies in memory that may not be. dot and nrm2 of
/// no entries are 0.
template <class T>
Outcome empty(const Product& product, const blas::Functions& blas, TestData& data);

}  // namespace sqrtn::claims
