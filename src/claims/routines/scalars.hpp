#pragma once

#include <cmath>
#include <complex>
#include <string_view>
#include <type_traits>

#include "blas/operations.hpp"
#include "sqrtn/blas/reference.hpp"

/// The four types of the BLAS, so that one source judges them all.
namespace sqrtn::claims {

template <class T>
struct RealOf {
  using type = T;
};
template <class R>
struct RealOf<std::complex<R>> {
  using type = R;
};
template <class T>
using Real = typename RealOf<T>::type;
template <class T>
inline constexpr bool is_complex = !std::is_same_v<T, Real<T>>;

/// The type of that kind with more digits.
template <class T>
struct WiderOf {
  using type = blas::reference::Wide<T>;
};
template <class R>
struct WiderOf<std::complex<R>> {
  using type = std::complex<blas::reference::Wide<R>>;
};
template <class T>
using Wider = typename WiderOf<T>::type;

/// 's', 'd', 'c' or 'z', with which BLAS begins the names of a type's routines.
template <class T>
inline constexpr char blas_type = sizeof(Real<T>) == 4 ? (is_complex<T> ? 'c' : 's') : (is_complex<T> ? 'z' : 'd');

/// "f32", "f64", "c64" or "c128".
template <class T>
inline constexpr std::string_view scalar_name = sizeof(Real<T>) == 4 ? (is_complex<T> ? "c64" : "f32")
                                                                     : (is_complex<T> ? "c128" : "f64");

template <class T>
Real<T> real_part(const T& value) {
  if constexpr (is_complex<T>)
    return value.real();
  else
    return value;
}
template <class T>
Real<T> imaginary_part(const T& value) {
  if constexpr (is_complex<T>)
    return value.imag();
  else
    return 0;
}
template <class T>
T conjugate(const T& value) {
  if constexpr (is_complex<T>)
    return std::conj(value);
  else
    return value;
}
/// From a type of fewer digits, the imaginary part dropped where there is none.
template <class To, class From>
To convert(const From& value) {
  if constexpr (is_complex<To>)
    return To(static_cast<Real<To>>(real_part(value)), static_cast<Real<To>>(imaginary_part(value)));
  else
    return static_cast<To>(real_part(value));
}
/// |Re| + |Im|, which the BLAS takes for the size of a number; products of sizes bound products.
template <class T>
Real<T> size_of(const T& value) {
  return std::abs(real_part(value)) + std::abs(imaginary_part(value));
}
/// What a description takes of a number.
template <class T>
T part_of(blas::Factor::Part part, const T& value) {
  switch (part) {
    case blas::Factor::Part::size:
      return T(size_of(value));
    case blas::Factor::Part::real:
      return T(real_part(value));
    case blas::Factor::Part::imaginary:
      return T(imaginary_part(value));
    default:
      return value;
  }
}
/// By the formula: std::complex looks for infinities in each product.
template <class T>
T times(const T& a, const T& b) {
  if constexpr (is_complex<T>)
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  else
    return a * b;
}
template <class T>
bool is_nan(const T& value) {
  return std::isnan(real_part(value)) || std::isnan(imaginary_part(value));
}
template <class T>
bool is_finite(const T& value) {
  return std::isfinite(real_part(value)) && std::isfinite(imaginary_part(value));
}

}  // namespace sqrtn::claims
