#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "support/words.hpp"

/// The floating-point types that weights are stored in.
namespace sqrtn {

enum class Dtype { f16, bf16, f32, f64 };

inline constexpr std::string_view dtype_words[] = {"f16", "bf16", "f32", "f64"};

inline std::string_view to_string(Dtype dtype) { return word_of(dtype, dtype_words); }

/// "f16", "bf16", "f32", "f64". Throws: std::invalid_argument that lists them.
inline Dtype parse_dtype(std::string_view name) { return parse_word<Dtype>("dtype", name, dtype_words); }

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

inline float from_bf16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Exact. Source: IEEE 754-2019, 3.4, binary16.
inline float from_f16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fu, fraction = bits & 0x3ffu;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
}

/// To nearest, ties to even; NaN stays one.
inline std::uint16_t to_bf16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

/// To nearest, ties to even; what is 65520 and above becomes infinite, NaN stays one.
inline std::uint16_t to_f16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  const auto with_sign = [&](std::uint32_t half) { return static_cast<std::uint16_t>(sign | half); };
  if (magnitude > 0x7f800000u) return with_sign(0x7e00);
  if (magnitude >= 0x477ff000u) return with_sign(0x7c00);
  if (magnitude < 0x38800000u) {
    // A multiple of 2⁻²⁴: 2⁻²⁴·2²⁴ in the last place of a sum near ½ rounds as asked for.
    const float sum = std::bit_cast<float>(magnitude) + 0.5f;
    return with_sign(std::bit_cast<std::uint32_t>(sum) - std::bit_cast<std::uint32_t>(0.5f));
  }
  const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
  return with_sign((rounded - 0x38000000u) >> 13);
}

}  // namespace sqrtn
