#pragma once

#include "sqrtn/support/tensor.hpp"

/// What a weight does to a vector as a matrix: by how much it stretches at most, once and when it is
/// applied again and again. T is float or double; the work is done in double, scaled by a power of two,
/// so that no entry overflows or vanishes in between.
/// Throws: std::invalid_argument for an entry that is not finite.
namespace sqrtn::init {

/// ‖W‖₂ = max ‖Wx‖/‖x‖, the largest singular value: √λ_max of the Gram matrix of the shorter side, by
/// tridiagonalisation and implicit QR. Squaring costs the small singular values their digits, not the
/// largest. 0 for an empty matrix.
/// **Shapes** m × n, any ld. **Error** relative 2·max(m,n)·min(m,n)·2⁻⁵³: half the worst case of the Gram
/// matrix's sums is a fourth of that, the rest is left to the backward-stable solver.
/// Source: Golub and Van Loan, Matrix Computations, 4th ed., 8.3 and 8.6.
template <class T>
double spectral_norm(MatrixView<const T> w);

/// W ← W/‖W‖₂, each entry rounded once from double. Returns: the ‖W‖₂ that it was divided by.
/// **Error** ‖W‖₂ of the result is within √min(m,n)·u of 1, beside the error of spectral_norm; u is T's
/// unit roundoff. Throws: std::invalid_argument also for W = 0, which no number can normalise.
/// Source: Miyato, Kataoka, Koyama, Yoshida, ICLR 2018, eq. 8.
template <class T>
double normalise_spectrally(MatrixView<T> w);

/// ρ(A) = max |λ| over the eigenvalues, by Hessenberg reduction and the QR algorithm: the growth rate a
/// step of x ← A x, however large ‖A‖₂ is. 0 for an empty matrix.
/// **Shapes** n × n. **Error** that of eigenvalues of A + E, ‖E‖₂ of the order n·2⁻⁵³‖A‖₂: small for
/// matrices near normal, 2^(−53/n) for a defective eigenvalue of multiplicity n.
/// Throws: std::invalid_argument also if A is not square; std::runtime_error if the QR algorithm stalls.
/// Source: Golub and Van Loan, Matrix Computations, 4th ed., 7.5; laws.md §7.
template <class T>
double spectral_radius(MatrixView<const T> a);

/// max |G/gain² − I| over the entries, G the Gram matrix of the shorter side: WᵀW of a tall W, WWᵀ of a
/// wide one. How far W is from gain times orthonormal; 0 for an empty matrix. Computed in double.
/// Throws: std::invalid_argument also unless gain is positive and finite.
template <class T>
double orthonormality_error(MatrixView<const T> w, double gain = 1);

}  // namespace sqrtn::init
