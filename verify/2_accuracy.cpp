#include <fmt/format.h>

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

#include "simd_target.hpp"
#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

/// The error lines of random/fill.hpp, against the exact transforms of the same words.
namespace sqrtn::verify {
namespace {

using random::Engine;
using random::Stream;

template <class T>
using Word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
constexpr int word_bits = 8 * sizeof(T);

/// Distance to the neighbour of x > 0.
template <class T>
long double ulp(long double x) {
  return std::nextafter(static_cast<T>(x), std::numeric_limits<T>::infinity()) - static_cast<T>(x);
}

/// The first draw of a pair with radius 1 and the second, from the words of their definition.
template <class T>
std::pair<long double, long double> direction(Word<T> word) {
  // All bits but two as a fraction of a quarter turn about its middle; double has room for 51 of them.
  constexpr int bits = sizeof(T) == 4 ? 30 : 51;
  Word<T> kept = (word << 2) >> (word_bits<T> - bits);
  if constexpr (sizeof(T) == 4) kept ^= Word<T>{1} << (bits - 1);  // taken as a signed number
  const long double t = std::ldexp(2 * static_cast<long double>(kept) + 1, -bits - 1) - 0.5L;
  const long double angle = t * std::numbers::pi_v<long double> / 2;
  const bool mirrored = word >> (word_bits<T> - 1) != 0, swapped = (word >> (word_bits<T> - 2) & 1) != 0;
  const long double cosine = mirrored ? -std::cos(angle) : std::cos(angle), sine = std::sin(angle);
  return swapped ? std::pair(sine, cosine) : std::pair(cosine, sine);
}

/// Largest error of the pair's draws in ULP of the pair's radius.
template <class T>
long double worst_normal_error(const Stream& stream, std::size_t n) {
  constexpr std::size_t distance = 64 / sizeof(T);
  std::vector<Word<T>> words(n);
  std::vector<T> draws(n);
  random::fill_bits(stream, words);
  random::fill_normal<T>(stream, draws, T(0), T(1));
  long double worst = 0;
  for (std::size_t i = 0; i + distance < n; ++i) {
    if (i % (2 * distance) >= distance) continue;
    const auto fraction = [](Word<T> word) { return std::ldexp(static_cast<long double>(word) + 0.5L, -word_bits<T>); };
    const long double u = fraction(words[i]), complement = fraction(static_cast<Word<T>>(~words[i]));
    const long double log = u < 0.5L ? std::log(u) : std::log1p(-complement);
    const long double radius = std::sqrt(-2 * log);
    const auto [first, second] = direction<T>(words[i + distance]);
    const long double error =
        std::max(std::abs(draws[i] - radius * first), std::abs(draws[i + distance] - radius * second));
    worst = std::max(worst, error / ulp<T>(radius));
  }
  return worst;
}

/// Largest error in ULP of max(|z|, 1).
template <class T>
long double worst_truncated_error(const Stream& stream, std::size_t n, double cut) {
  std::vector<Word<T>> words(n);
  std::vector<T> draws(n);
  random::fill_bits(stream, words);
  random::fill_truncated_normal<T>(stream, draws, T(0), T(1), cut);
  constexpr int p = std::numeric_limits<T>::digits;
  const long double mass = std::erf(cut / std::numbers::sqrt2_v<long double>);
  long double worst = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const long double k = static_cast<long double>(words[i] >> (word_bits<T> - p));
    const long double v = std::ldexp(2 * k + 1, -p) - 1;
    const long double z = std::numbers::sqrt2_v<long double> * boost::math::erf_inv(v * mass);
    worst = std::max(worst, std::abs(draws[i] - z) / ulp<T>(std::max(std::abs(z), 1.0L)));
  }
  return worst;
}

// On every SIMD target: without fused multiply-add the roundings are others.
TEST(Accuracy, NormalsAreWithinTheStatedError) {
  for (const std::string& name : random::simd_targets()) {
    const SimdTarget target(name);
    for (const Engine engine : {Engine::ars, Engine::philox}) {
      const long double f32 = worst_normal_error<float>({engine, settings().seed, 1}, 1000000);
      const long double f64 = worst_normal_error<double>({engine, settings().seed, 2}, 1000000);
      EXPECT_LE(f32, 5) << "ULP on " << name;
      EXPECT_LE(f64, 8) << "ULP on " << name;
      RecordProperty(name + "_f32_ulp", fmt::format("{:.2f}", f32));
      RecordProperty(name + "_f64_ulp", fmt::format("{:.2f}", f64));
    }
  }
}

TEST(Accuracy, TruncatedNormalsAreWithinTheStatedError) {
  for (const std::string& name : random::simd_targets()) {
    const SimdTarget target(name);
    for (const double cut : {0.1, 1.0, 2.0, 3.0}) {
      const long double f32 = worst_truncated_error<float>({Engine::ars, settings().seed, 3}, 200000, cut);
      const long double f64 = worst_truncated_error<double>({Engine::ars, settings().seed, 4}, 50000, cut);
      EXPECT_LE(f32, 4) << "ULP at cut " << cut << " on " << name;
      EXPECT_LE(f64, 8) << "ULP at cut " << cut << " on " << name;
      RecordProperty(fmt::format("{}_{}_f32_ulp", name, cut), fmt::format("{:.2f}", f32));
      RecordProperty(fmt::format("{}_{}_f64_ulp", name, cut), fmt::format("{:.2f}", f64));
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
