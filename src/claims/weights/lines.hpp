#pragma once

#include <vector>

#include "claims/weights/trouble.hpp"

/// Whether the rows, and the columns, of a weight are independent of each other.
namespace sqrtn::claims::weights {

/// Equal rows and columns, also negated, permuted, rotated or with other signs; said as blocks where all of them repeat
/// at one distance. What hashes find is compared value by value; what chance may bring, at level alpha, is not said.
std::vector<Finding> find_equal_lines(const StoredTensor& tensor, const statistics::Summary& summary, double alpha);

/// By the law that holds: Σ(row sums)² and Σ(column sums)² (a common term), the largest and smallest row and column
/// norms, and the sum of their rates (their spread). All p-values are Chernoff bounds at the most favourable deviation
/// in the law's interval; the sum of rates is dominated by R·ln 2 + Gamma(R). Level alpha together.
std::vector<Finding> find_dependent_lines(const statistics::Summary& summary, const LawFit& law, double alpha);

/// The largest singular value of a normal weight against σ(√m + √n + t), which it passes with probability at most
/// exp(−t²/2). Only where m·n·min(m, n) ≤ 2²⁸. Source: Davidson and Szarek, Handbook of the Geometry of Banach Spaces
/// (2001), theorem 2.13.
std::optional<Finding> find_spectral_outlier(const StoredTensor& tensor, const statistics::Summary& summary,
                                             const LawFit& law, double alpha);

/// By how many standard errors the spread of the rows' norms is off: Σ(S_i/S̄ − 1)² against (κ − 1)/C each. To be shown,
/// not judged by: the normal approximation is rough for short rows.
double norm_errors(const std::vector<statistics::Line>& lines, std::size_t length, double kurtosis);

}  // namespace sqrtn::claims::weights
