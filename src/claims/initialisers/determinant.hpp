#pragma once

#include <cmath>
#include <cstddef>
#include <utility>

#include "sqrtn/support/tensor.hpp"

namespace sqrtn::claims {

struct Determinant {
  double log = 0;  ///< ln|det A|
  bool positive = true;
};

/// By elimination with row exchanges, of A itself: AAᵀ has the square of its condition, which double does not hold for
/// the worst of many matrices. Overwrites the square A.
inline Determinant determinant(Matrix<double>& a) {
  Determinant det;
  const std::size_t n = a.rows();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) pivot = std::abs(a(i, k)) > std::abs(a(pivot, k)) ? i : pivot;
    for (std::size_t j = k; j < n; ++j) std::swap(a(k, j), a(pivot, j));
    det.log += std::log(std::abs(a(k, k)));
    det.positive = det.positive == ((a(k, k) > 0) == (pivot == k));
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a(i, k) / a(k, k);
      for (std::size_t j = k; j < n; ++j) a(i, j) -= factor * a(k, j);
    }
  }
  return det;
}

}  // namespace sqrtn::claims
