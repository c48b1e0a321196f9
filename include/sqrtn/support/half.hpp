#pragma once

#include <bit>
#include <concepts>
#include <cstdint>

/// Floating-point numbers of 16 bits, as they lie in memory.
namespace sqrtn {

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

/// IEEE 754's binary16: 11 bits of significand.
struct Float16 {
  static constexpr float largest = 65504, smallest_normal = 0x1p-14F;
  std::uint16_t bits = 0;
  Float16() = default;
  explicit Float16(float x) : bits(to_f16(x)) {}  ///< to nearest, ties to even
  explicit operator float() const { return from_f16(bits); }
  bool operator==(const Float16&) const = default;  ///< of bits
};

/// The first half of a float: 8 bits of significand and its range.
struct Bfloat16 {
  static constexpr float largest = 0x1.fep127F, smallest_normal = 0x1p-126F;
  std::uint16_t bits = 0;
  Bfloat16() = default;
  explicit Bfloat16(float x) : bits(to_bf16(x)) {}  ///< to nearest, ties to even
  explicit operator float() const { return from_bf16(bits); }
  bool operator==(const Bfloat16&) const = default;  ///< of bits
};

template <class T>
concept Half = std::same_as<T, Float16> || std::same_as<T, Bfloat16>;

}  // namespace sqrtn
