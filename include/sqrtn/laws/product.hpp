#pragma once

/// One product a·x of two independent N(0,1) draws, and its rectified form max(0, a·x).
/// Source: laws.md §1.
namespace sqrtn::laws {

/// Mean, second moment and the variance of the square of one scalar.
struct ScalarLaw {
  double mean = 0;
  double mean_square = 0;
  double variance_of_square = 0;
};

ScalarLaw scalar_product();            ///< 0, 1, 8
ScalarLaw rectified_scalar_product();  ///< 1/π, 1/2, 4.25

}  // namespace sqrtn::laws
