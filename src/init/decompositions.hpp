#pragma once

#include <vector>

#include "sqrtn/support/tensor.hpp"

/// Decompositions in double; the one place that includes Eigen. Entries are finite and of ordinary size.
namespace sqrtn::init {

/// A ← Q·sign(diag R) with QR = A if A is tall or square; for a wide A the transpose of what Aᵀ becomes.
void replace_by_orthonormal_factor(MatrixView<double> a);

/// λ_max of AᵀA. Needs a non-empty A. Throws: std::runtime_error if the QR algorithm stalls.
double largest_gram_eigenvalue(MatrixView<const double> a);

/// The singular values of A, the largest first; √(ε·n)·‖A‖₂ is what is left of one that is 0. Throws: as above.
std::vector<double> singular_values(MatrixView<const double> a);

/// max |λ| of a square, non-empty A. Throws: as above.
double largest_eigenvalue_modulus(MatrixView<const double> a);

/// max |G·scale − I|, G the Gram matrix of the shorter side. Needs a non-empty A.
double largest_gram_error(MatrixView<const double> a, double scale);

}  // namespace sqrtn::init
