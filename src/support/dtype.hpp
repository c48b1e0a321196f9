#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>

#include "sqrtn/support/half.hpp"
#include "support/words.hpp"

/// The floating-point types that weights are stored in.
namespace sqrtn {

enum class Dtype { f16, bf16, f32, f64 };

inline constexpr std::string_view dtype_words[] = {"f16", "bf16", "f32", "f64"};

inline std::string_view to_string(Dtype dtype) { return word_of(dtype, dtype_words); }

/// "f16", "bf16", "f32", "f64". Throws: std::invalid_argument that lists them.
inline Dtype parse_dtype(std::string_view name) { return parse_word<Dtype>("dtype", name, dtype_words); }

template <class T>
inline constexpr Dtype native_dtype = sizeof(T) == sizeof(float) ? Dtype::f32 : Dtype::f64;

constexpr std::size_t bytes_of(Dtype dtype) { return dtype == Dtype::f64 ? 8 : dtype == Dtype::f32 ? 4 : 2; }

/// Bits of a significand, the leading one included: 11, 8, 24, 53.
constexpr int digits_of(Dtype dtype) {
  constexpr int digits[] = {11, 8, 24, 53};
  return digits[static_cast<std::size_t>(dtype)];
}

/// u = 2^−digits: the largest relative error of rounding to nearest where no subnormal results.
inline double unit_roundoff(Dtype dtype) { return std::ldexp(1.0, -digits_of(dtype)); }

/// The smallest positive number: 2⁻²⁴, 2⁻¹³³, 2⁻¹⁴⁹, 2⁻¹⁰⁷⁴.
inline double smallest_subnormal(Dtype dtype) {
  constexpr int exponents[] = {-24, -133, -149, -1074};
  return std::ldexp(1.0, exponents[static_cast<std::size_t>(dtype)]);
}

/// The nearest number of a type that a float can hold, ties to even.
inline float rounded_to(Dtype dtype, float x) {
  if (dtype == Dtype::f16) return from_f16(to_f16(x));
  return dtype == Dtype::bf16 ? from_bf16(to_bf16(x)) : x;
}

}  // namespace sqrtn
