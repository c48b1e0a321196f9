#include "statistics/patterns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "sqrtn/support/require.hpp"
#include "statistics/summary.hpp"

namespace sqrtn::statistics {
namespace {

template <class T>
T byte_swapped(T x) {
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(x);
  std::ranges::reverse(bytes);
  return std::bit_cast<T>(bytes);
}

/// Of the magnitude bits alone; the first magnitude that is none is 2^16 for f16 and 2^128 else.
double magnitude_of(unsigned pattern, Dtype dtype) {
  if (dtype == Dtype::f16) return pattern >= 0x7c00 ? 65536 : from_f16(static_cast<std::uint16_t>(pattern));
  if (pattern >= 0x7f80) return 0x1p128;
  return from_bf16(static_cast<std::uint16_t>(pattern));
}

template <class Bits, class Decode>
void read_as(const StoredTensor& tensor, std::size_t first, std::span<double> out, Decode decode) {
  constexpr std::size_t block = 1024;
  std::array<Bits, block> bits{};
  for (std::size_t at = 0; at < out.size(); at += block) {
    const std::size_t size = std::min(block, out.size() - at);
    copy_bits(tensor, first + at, size, bits.data());
    std::transform(bits.data(), bits.data() + size, out.data() + at, decode);
  }
}

}  // namespace

template <class Bits>
void copy_bits(const StoredTensor& tensor, std::size_t first, std::size_t size, Bits* bits) {
  std::memcpy(bits, tensor.bytes.data() + first * sizeof(Bits), size * sizeof(Bits));
  if (tensor.swapped) std::transform(bits, bits + size, bits, byte_swapped<Bits>);
}

template void copy_bits<std::uint16_t>(const StoredTensor&, std::size_t, std::size_t, std::uint16_t*);
template void copy_bits<std::uint32_t>(const StoredTensor&, std::size_t, std::size_t, std::uint32_t*);
template void copy_bits<std::uint64_t>(const StoredTensor&, std::size_t, std::size_t, std::uint64_t*);

double value_of(std::uint16_t pattern, Dtype dtype) {
  const double magnitude = magnitude_of(pattern & 0x7fffu, dtype);
  return (pattern & 0x8000) != 0 ? -magnitude : magnitude;
}

double upper_end(std::uint16_t pattern, Dtype dtype) {
  const bool negative = (pattern & 0x8000) != 0, half = dtype == Dtype::f16 || dtype == Dtype::bf16;
  const unsigned here = pattern & 0x7fffu;
  const double at = magnitude_of(here, dtype);
  if (half && negative) return here == 0 ? 0 : -(at + magnitude_of(here - 1, dtype)) / 2;
  if (half) return (at + magnitude_of(here + 1, dtype)) / 2;
  // Below 2^-126 a double has one cell.
  if (dtype == Dtype::f64 && here == 0) return negative ? 0 : 0x1p-126;
  return negative ? -at : magnitude_of(here + 1, dtype);
}

double end_above(double x, Dtype dtype) {
  switch (dtype) {
    case Dtype::f16:
      return upper_end(to_f16(static_cast<float>(x)), dtype);
    case Dtype::bf16:
      return upper_end(to_bf16(static_cast<float>(x)), dtype);
    case Dtype::f32:
      return upper_end(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(x)) >> 16), dtype);
    case Dtype::f64:
      return upper_end(pattern_of(std::bit_cast<std::uint64_t>(x)), dtype);
  }
  return x;
}

void read_values(const StoredTensor& tensor, std::size_t first, std::span<double> out) {
  require(first <= tensor.count() && out.size() <= tensor.count() - first, "values {} to {} of {} do not exist", first,
          first + out.size(), tensor.count());
  switch (tensor.dtype) {
    case Dtype::f16:
      return read_as<std::uint16_t>(tensor, first, out, [](std::uint16_t x) { return double{from_f16(x)}; });
    case Dtype::bf16:
      return read_as<std::uint16_t>(tensor, first, out, [](std::uint16_t x) { return double{from_bf16(x)}; });
    case Dtype::f32:
      return read_as<std::uint32_t>(tensor, first, out,
                                    [](std::uint32_t x) { return double{std::bit_cast<float>(x)}; });
    case Dtype::f64:
      return read_as<std::uint64_t>(tensor, first, out, [](std::uint64_t x) { return std::bit_cast<double>(x); });
  }
}

}  // namespace sqrtn::statistics
