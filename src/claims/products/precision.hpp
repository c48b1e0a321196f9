#pragma once

#include "claims/products/data.hpp"
#include "sqrtn/claims/claim.hpp"

namespace sqrtn::claims {

/// The number of leading significant bits of A's and B's entries that gemm uses; and whether it keeps
/// terms whose factors lie far apart. Fails with the reason, which names the likely formats.
template <class T>
Outcome precision(const Product& product, const blas::Functions& blas, TestData& data);

}  // namespace sqrtn::claims
