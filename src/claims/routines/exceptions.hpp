#pragma once

#include "claims/routines/routines.hpp"

/// Answers where a NaN or an infinity stands in memory, of every described routine at typical shapes.
namespace sqrtn::claims {

/// The result holds NaN, and β is 0.
template <class T>
void beta_zero(const Inquiry& inquiry);

/// The factors hold NaN, and α is 0.
template <class T>
void alpha_zero(const Inquiry& inquiry);

/// A NaN, or in real types an infinity, at one place of one factor after the other; no factor is zero.
template <class T>
void exceptional(const Inquiry& inquiry);

/// NaN in the imaginary parts on a Hermitian diagonal, which need not be set.
template <class T>
void unset(const Inquiry& inquiry);

}  // namespace sqrtn::claims
