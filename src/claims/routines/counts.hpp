#pragma once

#include "claims/routines/sweep.hpp"

/// Calls with millions of entries.
namespace sqrtn::claims {

/// Whether the routine takes vectors, and at most one matrix that lies in memory in full, of the type of the call.
bool takes_long_vectors(const blas::Operation& operation);

/// Integers, one dimension just past 2¹⁶ and 2²³. Operands show one block of 1 MiB again and again, so that they take
/// memory only where they are written; of long results some 20,000 entries are compared, both ends among them.
template <class T>
void large_counts(const Inquiry& inquiry);

/// Whether the routine adds up all its entries, of the type of the call.
bool adds_all(const blas::Operation& operation);

/// Sums of 10⁷ terms, uniform in (0, 1), or in (0, ½) for each part of a complex number: whatever the spacing of a
/// partial sum, rounding to it has mean 0, so that even a plain sum in one accumulator keeps four digits.
/// Error: at most λ·u·√Σsᵢ² + 8u|s|, sᵢ the partial sums in plain order; λ² = 2·ln(2/α) for α = 10⁻⁹.
/// Source: Hoeffding's inequality for rounding errors that are independent with mean 0; Higham and Mary, SIAM J. Sci.
/// Comput. 41 (2019) A2815.
template <class T>
void growth(const Inquiry& inquiry);

}  // namespace sqrtn::claims
