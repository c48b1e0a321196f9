#include "screen/operands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "sqrtn/random/fill.hpp"

namespace sqrtn::screen {
namespace {

using results::Family;

/// Elements index·n² to (index + 1)·n² of the operand's own stream.
random::Stream stream_of(const Lane& lane, const Origin& origin, std::size_t index, const char* operand) {
  const std::string name = fmt::format("screen/{}/{}/{}/{}/{}", results::family_words[static_cast<int>(lane.family)],
                                       dtype_of(lane), lane.size, origin.processor, operand);
  return {.seed = origin.seed,
          .stream = random::stream_of(name),
          .offset = (origin.round * ring + index) * lane.size * lane.size};
}

/// Towards 0; below 2³¹, so that every target has vectors for it. There is no −0.
template <class T>
T truncated(T x) {
  return static_cast<T>(static_cast<std::int32_t>(x));
}

/// Whole numbers from −largest to largest; 0 is twice as frequent as any other.
template <class T>
void fill_whole(const random::Stream& stream, std::span<T> out, T largest) {
  random::fill_uniform<T>(stream, out, -largest - 1, largest + 1);
  for (T& x : out) x = truncated(x);
}

/// Random sign, significand and one of eight exponents: products and their roundings stay normal.
template <class T>
void fill_mantissas(const random::Stream& stream, std::span<T> out) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr int digits = exact_bits<T> - 1, bits = 8 * sizeof(T);
  std::vector<Bits> words(out.size());
  random::fill_bits(stream, std::span<Bits>(words));
  constexpr Bits significand = (Bits{1} << digits) - 1, sign = Bits{1} << (bits - 1);
  constexpr Bits bias = std::bit_cast<Bits>(T(1)) >> digits;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Bits exponent = bias - 4 + ((words[i] >> digits) & 7);
    out[i] = std::bit_cast<T>((words[i] & (sign | significand)) | (exponent << digits));
  }
}

/// The bounds of cancelling pairs.
template <class T>
struct Pairs {
  explicit Pairs(std::size_t n)
      : left(std::ldexp(T(1), exact_bits<T> / 2)),
        right(std::ldexp(T(3), exact_bits<T> - 2 - exact_bits<T> / 2)),
        small(std::floor(std::sqrt(std::ldexp(T(1), exact_bits<T> - 2) / static_cast<T>(n)))),
        bits(std::ilogb(small)) {}
  T left, right;  ///< their product is ¾·2^exact_bits
  T small;        ///< n·small² is a quarter of it at most
  int bits;       ///< of small: rows and columns are of seven sizes, down to 1

  [[nodiscard]] T scale(std::size_t at) const { return std::ldexp(T(1), -bits * static_cast<int>(at % 7) / 6); }
};

struct Columns {
  std::size_t plus, minus;
};
/// Where the pair stands: anywhere, so that now many and now few small terms are added in between.
Columns pair_of(const Lane& lane, const Origin& origin) {
  const std::uint64_t mixed = (origin.round + 1) * 0x9e3779b97f4a7c15U;
  const std::size_t plus = (mixed >> 40) % lane.size, distance = 1 + (mixed >> 16 & 0xFFFF) % (lane.size - 1);
  return {plus, (plus + distance) % lane.size};
}

template <class T>
void fill_pairs_left(const Lane& lane, const Origin& origin, std::size_t index, std::span<T> a) {
  const std::size_t n = lane.size;
  const Pairs<T> pairs(n);
  const auto [plus, minus] = pair_of(lane, origin);
  std::vector<T> big(n);
  fill_whole<T>(stream_of(lane, origin, index, "big a"), big, pairs.left - 1);
  fill_whole<T>(stream_of(lane, origin, index, "a"), a, pairs.small);
  for (std::size_t i = 0; i < n; ++i) {
    const T scale = pairs.scale(i);
    for (std::size_t p = 0; p < n; ++p) a[i * n + p] = truncated(a[i * n + p] * scale);
    a[i * n + plus] = big[i];
    a[i * n + minus] = -big[i];
  }
}

template <class T>
void fill_pairs_right(const Lane& lane, const Origin& origin, std::size_t index, std::span<T> b) {
  const std::size_t n = lane.size;
  const Pairs<T> pairs(n);
  const auto [plus, minus] = pair_of(lane, origin);
  std::vector<T> big(n);
  fill_whole<T>(stream_of(lane, origin, index, "big b"), big, pairs.right - 1);
  fill_whole<T>(stream_of(lane, origin, index, "b"), b, pairs.small);
  std::vector<T> scales(n);
  for (std::size_t j = 0; j < n; ++j) scales[j] = pairs.scale(j);
  for (std::size_t p = 0; p < n; ++p) {
    for (std::size_t j = 0; j < n; ++j) b[p * n + j] = truncated(b[p * n + j] * scales[j]);
  }
  std::ranges::copy(big, b.begin() + static_cast<std::ptrdiff_t>(plus * n));
  std::ranges::copy(big, b.begin() + static_cast<std::ptrdiff_t>(minus * n));
}

template <class T>
T largest_dense(std::size_t n) {
  return std::floor(std::sqrt(std::ldexp(T(1), exact_bits<T>) / static_cast<T>(n)));
}

template <class T>
void fill_single(const Lane& lane, const Origin& origin, std::size_t index, std::span<T> a) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  std::vector<T> entries(lane.size);
  fill_mantissas<T>(stream_of(lane, origin, index, "a"), entries);
  std::ranges::fill(a, T(0));
  for (std::size_t i = 0; i < lane.size; ++i) {
    // From two significant bits on: of a product with few of them the rest is now and then exactly one half.
    const int kept = static_cast<int>((i + index) % (exact_bits<T> - 1)) + 1;
    const Bits mask = ~((Bits{1} << (exact_bits<T> - 1 - kept)) - 1), last = Bits{1} << (exact_bits<T> - 1 - kept);
    a[i * lane.size + only_column(lane, index, i)] = std::bit_cast<T>((std::bit_cast<Bits>(entries[i]) & mask) | last);
  }
}

}  // namespace

std::size_t only_column(const Lane& lane, std::size_t index, std::size_t row) {
  return (row + 1 + 37 * index) % lane.size;
}

template <class T>
void fill_left(const Lane& lane, const Origin& origin, std::size_t index, std::span<T> a) {
  switch (lane.family) {
    case Family::dense_integers:
    case Family::copies:
      return fill_whole<T>(stream_of(lane, origin, index, "a"), a, largest_dense<T>(lane.size));
    case Family::full_mantissas:
      return fill_single<T>(lane, origin, index, a);
    case Family::cancelling_pairs:
      return fill_pairs_left<T>(lane, origin, index, a);
    case Family::predicted_bits:
      return random::fill_normal<T>(stream_of(lane, origin, index, "a"), a, 0, 1);
    case Family::same_twice:
      return random::fill_uniform<T>(stream_of(lane, origin, index, "a"), a, -1, 1);
  }
}

template <class T>
void fill_right(const Lane& lane, const Origin& origin, std::size_t index, std::span<T> b) {
  switch (lane.family) {
    case Family::dense_integers:
    case Family::copies:
      return fill_whole<T>(stream_of(lane, origin, index, "b"), b, largest_dense<T>(lane.size));
    case Family::full_mantissas:
      return fill_mantissas<T>(stream_of(lane, origin, index, "b"), b);
    case Family::cancelling_pairs:
      return fill_pairs_right<T>(lane, origin, index, b);
    case Family::predicted_bits:
      return random::fill_normal<T>(stream_of(lane, origin, index, "b"), b, 0, 1);
    case Family::same_twice:
      return random::fill_uniform<T>(stream_of(lane, origin, index, "b"), b, -1, 1);
  }
}

template <class T>
void fill_predicted_row(const Lane& lane, const Origin& origin, std::size_t index, std::size_t row, std::span<T> out) {
  random::Stream stream = stream_of(lane, origin, index, "a");
  stream.offset += row * lane.size;
  random::fill_normal<T>(stream, out, 0, 1);
}

template void fill_left(const Lane&, const Origin&, std::size_t, std::span<float>);
template void fill_left(const Lane&, const Origin&, std::size_t, std::span<double>);
template void fill_right(const Lane&, const Origin&, std::size_t, std::span<float>);
template void fill_right(const Lane&, const Origin&, std::size_t, std::span<double>);
template void fill_predicted_row(const Lane&, const Origin&, std::size_t, std::size_t, std::span<float>);
template void fill_predicted_row(const Lane&, const Origin&, std::size_t, std::size_t, std::span<double>);

}  // namespace sqrtn::screen
