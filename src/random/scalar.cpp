#include "sqrtn/random/scalar.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

#include "random/scalar.hpp"

namespace sqrtn::random::scalar {
namespace {

using transform::Constants;

Block block_at(const Stream& s, std::uint64_t block) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  const Block counter{low(block), high(block), low(s.stream), high(s.stream)};
  const Block key{low(s.seed), high(s.seed), 0, 0};
  return s.engine == Engine::philox ? philox4x32_10(counter, key) : ars4x32_7(counter, key);
}

/// Word `element` of the stream, of as many bits as T.
template <class T>
auto word_at(const Stream& s, std::uint64_t element) {
  if constexpr (sizeof(T) == 4) {
    return block_at(s, element / 4)[element % 4];
  } else {
    const Block block = block_at(s, element / 2);
    const std::size_t first = 2 * (element % 2);
    return block[first] | (std::uint64_t{block[first + 1]} << 32);
  }
}

template <class T, std::size_t N>
T polynomial(const T (&coefficients)[N], T x) {
  T sum = coefficients[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = std::fma(sum, x, coefficients[i]);
  return sum;
}

/// −2·ln u for 0 < u ≤ 1: u = m·2^e with √½ ≤ m < √2. `below_one` is u − 1 with digits of its own, taken
/// where e = 0, so that nothing cancels as u nears 1.
template <class T>
T minus_two_log(T u, T below_one) {
  using C = Constants<T>;
  using Bits = typename C::Bits;
  using Signed = typename C::SignedBits;
  constexpr Bits mantissa = (Bits{1} << C::mantissa_bits) - 1;
  const Bits bits = std::bit_cast<Bits>(u);
  const Signed e = static_cast<Signed>((bits - C::sqrt_half_bits) & ~mantissa);
  const T f = e == 0 ? below_one : std::bit_cast<T>(bits - static_cast<Bits>(e)) - 1;
  const T k = static_cast<T>(e) * (C::two_ln2 / -static_cast<T>(Bits{1} << C::mantissa_bits));
  if constexpr (sizeof(T) == 4) {
    return std::fma(f, polynomial(C::log, f), k);
  } else {
    const T s = f / (2 + f);
    return std::fma(s, polynomial(C::log, s * s), k);
  }
}

/// The radius √(−2·ln u) of a word. Taken as a signed number, a word from half the range on is u − 1
/// with all its digits; below it is u.
template <class T>
T radius_of(typename Constants<T>::Bits word) {
  using C = Constants<T>;
  const T signed_fraction = (static_cast<T>(static_cast<typename C::SignedBits>(word)) + T(0.5)) * C::unit;
  const T u = signed_fraction < 0 ? signed_fraction + 1 : signed_fraction;
  return std::sqrt(minus_two_log(u, signed_fraction));
}

/// An angle in (−½, ½) quarter turns, symmetric about 0, from all but the top two bits of the word.
template <class T>
T eighth_turn(typename Constants<T>::Bits word) {
  if constexpr (sizeof(T) == 4) {
    return static_cast<float>(static_cast<std::int32_t>((word << 2) | 2)) * 0x1p-32f;
  } else {
    return std::bit_cast<double>(((word >> 10) & ((1ull << 52) - 1)) | std::bit_cast<std::uint64_t>(1.0) | 1) - 1.5;
  }
}

/// One coordinate of a point on the circle: the sine or cosine of an eighth turn either way. The second
/// bit swaps the two, the top bit mirrors the cosine.
template <class T>
T circle(typename Constants<T>::Bits word, bool second) {
  using C = Constants<T>;
  using Bits = typename C::Bits;
  constexpr Bits swap = Bits{1} << (C::word_bits - 2), sign = Bits{1} << (C::word_bits - 1);
  const T t = eighth_turn<T>(word);
  const T z = t * t;
  if (((word & swap) != 0) != second) return t * polynomial(C::sin, z);
  const T cosine = std::fma(z, polynomial(C::cos, z), T(1));
  return std::bit_cast<T>(std::bit_cast<Bits>(cosine) ^ (word & sign));
}

/// 2k + 1 − 2^p, k the top p bits of the word: odd, symmetric about 0, exact in T.
template <class T>
T centred(typename Constants<T>::Bits word) {
  constexpr int p = std::numeric_limits<T>::digits;
  using Signed = typename Constants<T>::SignedBits;
  const auto k = static_cast<Signed>(word >> (Constants<T>::word_bits - p));
  return static_cast<T>(2 * k + 1 - (Signed{1} << p));
}

}  // namespace

template <class Bits>
Bits draw_at(const Stream& stream, const transform::Words<Bits>&) {
  return word_at<Bits>(stream, stream.offset);
}

template <class T>
T draw_at(const Stream& stream, const transform::Uniform<T>& law) {
  const T x = law.mid + law.scale * centred<T>(word_at<T>(stream, stream.offset));
  return std::min(std::max(x, law.lowest), law.highest);
}

template <class T>
T normal_of(typename Constants<T>::Bits radius_word, typename Constants<T>::Bits angle_word, bool second,
            const transform::Normal<T>& law) {
  return std::fma(law.stddev * radius_of<T>(radius_word), circle<T>(angle_word, second), law.mean);
}

template <class T>
T draw_at(const Stream& stream, const transform::Normal<T>& law) {
  constexpr std::uint64_t distance = transform::pair_distance<T>;
  const std::uint64_t first = stream.offset & ~distance;
  return normal_of(word_at<T>(stream, first), word_at<T>(stream, first + distance), stream.offset != first, law);
}

template <class T>
T truncated_of(typename Constants<T>::Bits word, const transform::Truncated<T>& law) {
  const T n = centred<T>(word);
  const T x = n * law.mass_high;
  const T error = std::fma(n, law.mass_high, -x) + n * law.mass_low;
  const T square = x * x;
  const T complement = std::fma(-x, x, T(1)) - 2 * x * error;
  const T z = x * polynomial(Constants<T>::inverse, minus_two_log(complement, -square));
  const T y = std::fma(law.stddev, z, law.mean);
  return std::min(std::max(y, law.lowest), law.highest);
}

template <class T>
T draw_at(const Stream& stream, const transform::Truncated<T>& law) {
  return truncated_of(word_at<T>(stream, stream.offset), law);
}

template float normal_of(std::uint32_t, std::uint32_t, bool, const transform::Normal<float>&);
template double normal_of(std::uint64_t, std::uint64_t, bool, const transform::Normal<double>&);
template float truncated_of(std::uint32_t, const transform::Truncated<float>&);
template double truncated_of(std::uint64_t, const transform::Truncated<double>&);
template std::uint32_t draw_at(const Stream&, const transform::Words<std::uint32_t>&);
template std::uint64_t draw_at(const Stream&, const transform::Words<std::uint64_t>&);
template float draw_at(const Stream&, const transform::Uniform<float>&);
template double draw_at(const Stream&, const transform::Uniform<double>&);
template float draw_at(const Stream&, const transform::Normal<float>&);
template double draw_at(const Stream&, const transform::Normal<double>&);
template float draw_at(const Stream&, const transform::Truncated<float>&);
template double draw_at(const Stream&, const transform::Truncated<double>&);

std::uint32_t bits32_at(const Stream& stream) { return draw_at(stream, transform::Words<std::uint32_t>{}); }
std::uint64_t bits64_at(const Stream& stream) { return draw_at(stream, transform::Words<std::uint64_t>{}); }

template <class T>
T uniform_at(const Stream& stream, T low, T high) {
  return draw_at(stream, transform::Uniform<T>(low, high));
}

template <class T>
T normal_at(const Stream& stream, T mean, T stddev) {
  return draw_at(stream, transform::Normal<T>(mean, stddev));
}

template <class T>
T truncated_normal_at(const Stream& stream, T mean, T stddev, double cut) {
  return draw_at(stream, transform::Truncated<T>(mean, stddev, cut));
}

template float uniform_at(const Stream&, float, float);
template double uniform_at(const Stream&, double, double);
template float normal_at(const Stream&, float, float);
template double normal_at(const Stream&, double, double);
template float truncated_normal_at(const Stream&, float, float, double);
template double truncated_normal_at(const Stream&, double, double, double);

}  // namespace sqrtn::random::scalar
