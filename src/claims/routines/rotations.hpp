#pragma once

#include <array>
#include <cmath>

#include "claims/routines/scalars.hpp"

/// What rotg and rotmg find, and what is claimed of it.
namespace sqrtn::claims {

struct Inquiry;

/// c·a + s·b = r, c·b − s̄·a = 0, c² + |s|² = 1, c real. z tells c and s again: s where it is the smaller, else 1/c.
template <class T>
struct PlaneRotation {
  T r, s;
  Real<T> c, z;
};

/// Source: reference BLAS 3.11, srotg and crotg; Anderson, ACM Trans. Math. Softw. 44 (2017) 12. Of complex numbers
/// a ≠ 0, as c and s are not unique there.
template <class T>
PlaneRotation<T> plane_rotation(const T& a, const T& b) {
  const Real<T> size_a = std::abs(a), size_b = std::abs(b), norm = std::hypot(size_a, size_b);
  if (norm == 0) return {.r = 0, .s = 0, .c = 1, .z = 0};
  if constexpr (is_complex<T>) {
    const T sign = a / size_a;
    return {.r = sign * norm, .s = sign * std::conj(b) / norm, .c = size_a / norm, .z = 0};
  } else {
    const T r = std::copysign(norm, size_a > size_b ? a : b);
    const T c = a / r, s = b / r;
    return {.r = r, .s = s, .c = c, .z = size_a > size_b ? s : c != 0 ? 1 / c : 1};
  }
}

/// The flag and h₁₁, h₂₁, h₁₂, h₂₂, as rotm takes them; what the flag says is not read is left as it is.
template <class R>
struct ModifiedRotation {
  R d1, d2, x1;
  std::array<R, 5> h{};
};

/// H·(x₁, y₁) = (x₁', 0), Hᵀ·diag(d₁', d₂')·H = diag(d₁, d₂), d₁' and |d₂'| in (2⁻²⁴, 2²⁴).
/// Source: Lawson, Hanson, Kincaid and Krogh, ACM Trans. Math. Softw. 5 (1979) 308, appendix.
template <class R>
ModifiedRotation<R> modified_rotation(R d1, R d2, R x1, R y1);

/// Where a number is 0: without rounding.
template <class T>
void exact_rotations(const Inquiry& inquiry);
/// Of normal numbers; rotg rounds each of its results at most six times, rotmg's sums are 13 roundings from exact.
template <class T>
void random_rotations(const Inquiry& inquiry);
/// Of numbers near the ends of the type's range.
template <class T>
void extreme_rotations(const Inquiry& inquiry);

}  // namespace sqrtn::claims
