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

/// −2·ln u, u = x·2^−shift ∈ [2^(−16−shift), 1]: x = m·2^e with √½ ≤ m < √2. `complement` is 1 − u with
/// digits of its own, taken where e = shift, so that nothing cancels as u nears 1.
template <class T>
T minus_two_log(T x, T complement, int shift) {
  using C = Constants<T>;
  using Bits = typename C::Bits;
  constexpr Bits bias = 16;
  const Bits biased = std::bit_cast<Bits>(x) - C::sqrt_half_bits + (bias << C::mantissa_bits);
  const Bits fraction = biased & ((Bits{1} << C::mantissa_bits) - 1);
  const T k = static_cast<T>(static_cast<int>(bias) + shift - static_cast<int>(biased >> C::mantissa_bits));
  const T f = k == 0 ? -complement : std::bit_cast<T>(fraction + C::sqrt_half_bits) - 1;
  if constexpr (sizeof(T) == 4) {
    return std::fma(f, polynomial(C::log, f), k * C::two_ln2);
  } else {
    const T s = f / (2 + f);
    return std::fma(s, polynomial(C::log, s * s), k * C::two_ln2);
  }
}

/// The angle 2π·word/2^bits as its quarter turn and the remainder in (−π/4, π/4].
template <class T>
T remainder_angle(typename Constants<T>::Bits turned) {
  using C = Constants<T>;
  if constexpr (sizeof(T) == 4) {
    const auto r = static_cast<std::int32_t>(turned & 0x3fffffffu) - (1 << 29);
    return static_cast<float>(r) * (C::half_pi * 0x1p-30f);
  } else {
    return (std::bit_cast<double>(((turned >> 10) & ((1ull << 52) - 1)) | std::bit_cast<std::uint64_t>(1.0)) - 1.5) *
           C::half_pi;
  }
}

/// Cosine (second = false) or sine of the angle, from the remainder's sine and cosine.
template <class T>
T circle(typename Constants<T>::Bits word, bool second) {
  using C = Constants<T>;
  using Bits = typename C::Bits;
  constexpr Bits quarter = Bits{1} << (C::word_bits - 2), sign = Bits{1} << (C::word_bits - 1);
  const Bits turned = word + quarter / 2;
  const T y = remainder_angle<T>(turned);
  const T z = y * y;
  const T sine = std::fma(y, z * polynomial(C::sin, z), y);
  const T cosine = std::fma(z, std::fma(z, polynomial(C::cos, z), T(-0.5)), T(1));
  const bool odd = (turned & quarter) != 0;
  const Bits negative = (second ? turned : turned + quarter) & sign;
  return std::bit_cast<T>(std::bit_cast<Bits>(odd != second ? sine : cosine) ^ negative);
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
T draw_at(const Stream& stream, const transform::Normal<T>& law) {
  const std::uint64_t first = stream.offset & ~std::uint64_t{1};
  using C = Constants<T>;
  const typename C::Bits word = word_at<T>(stream, first);
  const T x = static_cast<T>(word) + T(0.5);
  const T complement = (static_cast<T>(static_cast<typename C::Bits>(~word)) + T(0.5)) * C::unit;
  const T radius = std::sqrt(minus_two_log(x, complement, C::word_bits));
  const T direction = circle<T>(word_at<T>(stream, first + 1), stream.offset != first);
  return std::fma(law.stddev * radius, direction, law.mean);
}

template <class T>
T draw_at(const Stream& stream, const transform::Truncated<T>& law) {
  const T v = centred<T>(word_at<T>(stream, stream.offset)) * std::ldexp(T(1), -std::numeric_limits<T>::digits);
  const T x = v * law.mass_high;
  const T error = std::fma(v, law.mass_high, -x) + v * law.mass_low;
  const T square = x * x;
  const T complement = std::fma(-x, x, T(1)) - 2 * x * error;
  const T z = x * polynomial(Constants<T>::inverse, minus_two_log(complement, square, 0));
  const T y = std::fma(law.stddev, z, law.mean);
  return std::min(std::max(y, law.lowest), law.highest);
}

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
