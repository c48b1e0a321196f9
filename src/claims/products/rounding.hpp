#pragma once

#include <optional>
#include <string>

#include "claims/products/nine.hpp"
#include "claims/routines/routine_call.hpp"
#include "sqrtn/claims/claim.hpp"

/// How a library's sums round: growth with the number of terms, and what kind of algorithm they show.
namespace sqrtn::claims {

struct Estimate {
  double value = 0;
  statistics::Interval interval;  ///< level 99 %
};

struct Growth {
  Estimate exponent, constant;
  double largest = 0;  ///< of error/(√k·u·|A||B|), over every entry of every product
};

/// C = A·B by the library's gemm; no rows have gaps.
template <class T>
void multiply(const blas::Interface& interface, Matrix<T>& a, Matrix<T>& b, Matrix<T>& c) {
  RoutineCall<T> product(described("gemm"), {.row_major = true, .m = c.rows(), .n = c.cols(), .k = a.cols()});
  product.places = {a.storage().data(), b.storage().data(), c.storage().data()};
  product.call(interface);
}

/// The line through ln RMS(error/(u·|A||B|)) over ln k, k_from ≤ k < 16·k_from; nullopt if some product has no error
/// at all. Error: see properties.hpp.
template <class T>
std::optional<Growth> rounding_growth(const blas::Operation& operation, Inputs inputs, std::size_t k_from,
                                      const blas::Interface& interface, TestData& data);

/// "A", "B", "C" or "none", for gemm of 256 × 256 × 256 with entries of all sizes, cancelling and positive
/// ones, and rows of A and columns of B scaled by powers of two.
template <class T>
std::string grade(const blas::Interface& interface, TestData& data);

/// Whether each quadrant of a 512 × 512 product that planted zeros make 0 is returned as 0.
template <class T>
bool is_conventional(const blas::Interface& interface, TestData& data);

}  // namespace sqrtn::claims
