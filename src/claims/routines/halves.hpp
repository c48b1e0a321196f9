#pragma once

#include <cstdint>
#include <vector>

#include "blas/operations.hpp"
#include "claims/routines/stored.hpp"

/// Operands of 16-bit elements. Claims hold them in the type in which they are added, and a library gets the halves.
namespace sqrtn::claims {

/// The nearest number that is a normal one in 16 bits, or 0: units that multiply halves may flush the others.
template <class T>
T rounded_to_half(Dtype half, const T& value);

/// The bits of numbers that need no more.
template <class T>
std::uint16_t half_of(Dtype half, const T& value);
template <class T>
Elements<std::uint16_t> in_halves(Dtype half, const Elements<T>& memory);
/// What the library left, back in the type of the sums.
template <class T>
void take_halves(Dtype half, const Elements<std::uint16_t>& halves, Elements<T>& memory);

/// The largest relative error of what the output's 16 bits cannot hold, where sums were right: the sum is rounded to
/// them, and what it is added to before that, each once. 0 of other outputs.
double rounding_to_half(const blas::Operation& operation, const blas::Output& output);

/// Of a sum that may be kept in the output's 16 bits all along: the error relative to the sizes of what is added, of
/// `n_terms` products, α and β; and what it may lose besides where numbers below the smallest normal one become 0,
/// which such units may do. Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., (2.8) and (3.4).
struct HalfSumError {
  double factor, absolute;
};
HalfSumError error_of_half_sums(Dtype half, std::size_t n_terms);

/// Bits of the largest integer up to which the routine's outputs hold all; `digits`: of the type of its sums.
int digits_of_outputs(const blas::Operation& operation, int digits);

}  // namespace sqrtn::claims
