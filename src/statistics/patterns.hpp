#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "support/stored_tensor.hpp"

/// Stored values as bits, and their 16-bit patterns.
namespace sqrtn::statistics {

/// Bits of `size` values from any address, their bytes in this machine's order. Bits is uint16_t, uint32_t or uint64_t,
/// as wide as the type.
template <class Bits>
void copy_bits(const StoredTensor& tensor, std::size_t first, std::size_t size, Bits* bits);

/// Of a double: sign, exponent as f32 has it, 7 bits of the fraction; 0 below 2⁻¹²⁶, the largest from 2¹²⁸ on.
inline std::uint16_t pattern_of(std::uint64_t bits) {
  constexpr std::uint64_t bias = std::uint64_t{896} << 7, one_octave = 128, largest = 0x7f7f;
  const std::uint64_t top = (bits & ~(std::uint64_t{1} << 63)) >> 45;
  const std::uint64_t magnitude = top < bias + one_octave ? 0 : top - bias < largest ? top - bias : largest;
  return static_cast<std::uint16_t>((bits >> 63 << 15) | magnitude);
}

/// Patterns in the ascending order of the numbers that they stand for.
inline int order_of(std::uint16_t pattern) { return (pattern & 0x8000) != 0 ? -1 - (pattern & 0x7fff) : pattern; }

}  // namespace sqrtn::statistics
