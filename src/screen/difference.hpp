#pragma once

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>

namespace sqrtn::screen {

/// Where an answer, or an operand, is not what it should be.
struct Difference {
  std::uint64_t entries = 0;  ///< that differ; of a large answer those of the first rows with any
  std::uint64_t row = 0, col = 0;
  std::string got, expected, bits;  ///< of the first; expected is empty where it is not known
  std::string operand;              ///< "A" or "B"; empty: C
};

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
bool same_bits(const T* a, const T* b, std::size_t n) {
  return std::memcmp(a, b, n * sizeof(T)) == 0;
}

/// One entry more that differs; what is told is the first.
template <class T>
void add_difference(Difference& difference, std::size_t row, std::size_t col, T got, std::optional<T> expected,
                    T other) {
  if (difference.entries++ > 0) return;
  difference.row = row;
  difference.col = col;
  difference.got = fmt::format("{}", got);
  difference.expected = expected ? fmt::format("{}", *expected) : "";
  difference.bits =
      fmt::format("{:#0{}x}", static_cast<BitsOf<T>>(std::bit_cast<BitsOf<T>>(got) ^ std::bit_cast<BitsOf<T>>(other)),
                  2 + 2 * sizeof(T));
}

/// Tells contents apart.
inline std::uint64_t digest_of(const void* data, std::size_t bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (std::size_t at = 0; at + 4 <= bytes; at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, static_cast<const char*>(data) + at, 4);
    hash = (hash ^ word) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace sqrtn::screen
