#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "sqrtn/support/require.hpp"

/// From random words to uniform and normal draws: constants, parameters and the argument checks
/// that the scalar and the SIMD bodies share.
namespace sqrtn::random::transform {

/// What depends on the type. Polynomials are Chebyshev interpolants computed with 60 digits and
/// written in powers of their argument, lowest first; the relative error stands beside each.
template <class T>
struct Constants;

template <>
struct Constants<float> {
  using Bits = std::uint32_t;
  using SignedBits = std::int32_t;
  static constexpr int mantissa_bits = 23;
  static constexpr int word_bits = 32;
  static constexpr Bits sqrt_half_bits = 0x3f3504f3u;  // of √½
  static constexpr float unit = 0x1p-32f;              // of a word taken as a fraction
  static constexpr float two_ln2 = 1.38629436111989061883f;
  /// −2·log1p(f)/f on f ∈ [√½ − 1, √2 − 1]: 4.1e-8.
  static constexpr float log[] = {-1.99999994826f,    9.99999927642e-1f,  -6.66683865723e-1f,
                                  5.0002704371e-1f,   -3.99118667168e-1f, 3.31559857936e-1f,
                                  -2.99548025603e-1f, 2.85385164124e-1f,  -1.7066626166e-1f};
  /// sin(πt/2)/t and (cos(πt/2) − 1)/t² in t², |t| ≤ ½: 3.1e-9 and 6.2e-10.
  static constexpr float sin[] = {1.57079632195f, -6.45963477665e-1f, 7.96802176478e-2f, -4.60214921281e-3f};
  static constexpr float cos[] = {-1.23370054937f, 2.53669410357e-1f, -2.08615283422e-2f, 9.06739898403e-4f};
  /// √2·erf⁻¹(x)/x in −2·ln(1 − x²) ∈ [0, 10.46], x ≤ erf(3/√2): 1.2e-8.
  static constexpr float inverse[] = {1.25331412825f,     1.64058606390e-1f,  4.08283610320e-3f, -4.12356771318e-4f,
                                      -1.14442631709e-5f, 2.02728031917e-6f,  7.71597658939e-8f, -2.06668142038e-8f,
                                      1.15386499572e-9f,  -2.26911268164e-11f};
};

template <>
struct Constants<double> {
  using Bits = std::uint64_t;
  using SignedBits = std::int64_t;
  static constexpr int mantissa_bits = 52;
  static constexpr int word_bits = 64;
  static constexpr Bits sqrt_half_bits = 0x3fe6a09e667f3bcdu;
  static constexpr double unit = 0x1p-64;
  static constexpr double two_ln2 = 1.38629436111989061883;
  /// −4·atanh(s)/s in s², s = f/(2 + f), so that s times it is −2·log1p(f): 7.7e-21.
  static constexpr double log[] = {-4.0,
                                   -1.3333333333333331676,
                                   -8.0000000000014998539e-1,
                                   -5.7142857137635059180e-1,
                                   -4.4444445354324549042e-1,
                                   -3.6363547439465325388e-1,
                                   -3.0774323434124086632e-1,
                                   -2.6497490719765129335e-1,
                                   -2.6524528586012233921e-1};
  /// 3.1e-18 and 3.9e-19.
  static constexpr double sin[] = {1.5707963267948966143,     -6.4596409750624431573e-1, 7.9692626246043003134e-2,
                                   -4.6817541323409759917e-3, 1.6044115074219091052e-4,  -3.598643352982309702e-6,
                                   5.6339337815378539538e-8};
  static constexpr double cos[] = {-1.2337005501361698269,   2.5366950790104782321e-1,  -2.0863480763340772521e-2,
                                   9.1926027454684461873e-4, -2.5202039028029176105e-5, 4.7106784055052271063e-7,
                                   -6.3293963449674235121e-9};
  /// 3.5e-18.
  static constexpr double inverse[] = {
      1.2533141373155002550,      1.6405843693460815292e-1,  4.0833090367584650216e-3,   -4.1279155142730503152e-4,
      -1.1317535064226278086e-5,  2.0599538022907444747e-6,  4.4636276630464702991e-8,   -1.1187640189233456621e-8,
      -2.0576214482787384340e-10, 6.2825604313872096451e-11, 1.0898987773420704844e-12,  -3.7383347536100142066e-13,
      -4.0687465549829823348e-15, 2.2598724792471655487e-15, -9.9382070104229337879e-17, 2.4032482448823783159e-17,
      -6.7019382221107797445e-18, 8.8993697753733901089e-19, -6.9959140373715457063e-20, 3.5285833587455063748e-21,
      -1.1389261409039390849e-22, 2.1670599045921205236e-24, -1.8644060536231459139e-26};
};

/// The words themselves.
template <class Bits>
struct Words {};

/// x = mid + scale·n, n odd and |n| < 2^p, kept in [lowest, highest], the neighbours of the ends.
/// Where mid is 0 the two last steps change nothing: |scale·n| rounds to less than half.
template <class T>
struct Uniform {
  static constexpr int p = std::numeric_limits<T>::digits;
  T mid, scale, lowest, highest;
  Uniform(T low, T high) {
    require(std::isfinite(low) && std::isfinite(high) && low < high,
            "a uniform law needs finite low < high, got low = {}, high = {}", low, high);
    const T half = high / 2 - low / 2;
    require(half >= std::ldexp(std::numeric_limits<T>::min(), p),
            "high - low = {} is too small for a uniform law; scale the numbers up", 2 * half);
    mid = low / 2 + high / 2;
    scale = std::ldexp(half, -p);
    lowest = std::nextafter(low, high);
    highest = std::nextafter(high, low);
    require(lowest <= highest && lowest < high, "no number lies between low = {} and high = {}", low, high);
  }
};

/// Draws of a pair stand half a group apart: a group is what two vectors of 512 bits hold, so that no
/// target need shuffle.
template <class T>
constexpr std::size_t pair_distance = 64 / sizeof(T);

/// x = mean + stddev·z.
template <class T>
struct Normal {
  T mean, stddev;
  Normal(T mean_, T stddev_) : mean(mean_), stddev(stddev_) {
    require(std::isfinite(mean) && std::isfinite(stddev) && stddev >= 0,
            "a normal law needs a finite mean and a finite stddev >= 0, got mean = {}, stddev = {}", mean, stddev);
    require(std::abs(mean) <= std::numeric_limits<T>::max() / 4 && stddev <= std::numeric_limits<T>::max() / 64,
            "mean = {} and stddev = {} are so large that a draw could overflow", mean, stddev);
  }
};

/// A number as the sum of two doubles.
struct TwoDoubles {
  double high, low;
  static TwoDoubles of_sum(double a, double b) {
    const double sum = a + b, b_in_sum = sum - a;
    return {sum, (a - (sum - b_in_sum)) + (b - b_in_sum)};
  }
  TwoDoubles operator+(TwoDoubles b) const {
    const TwoDoubles sum = of_sum(high, b.high);
    return of_sum(sum.high, sum.low + (low + b.low));
  }
  TwoDoubles operator*(TwoDoubles b) const {
    const double product = high * b.high;
    return of_sum(product, std::fma(high, b.high, -product) + (high * b.low + low * b.high));
  }
  TwoDoubles operator/(double n) const {
    const double quotient = high / n;
    return of_sum(quotient, (std::fma(-quotient, n, high) + low) / n);
  }
};

/// erf(cut/√2) = √(2/π)·Σ (−1)ⁿ·cut²ⁿ⁺¹/(2ⁿ·n!·(2n + 1)). In long double its bits would depend on the machine.
inline TwoDoubles normal_mass(double cut) {
  const TwoDoubles ratio = TwoDoubles{cut, 0} * TwoDoubles{-cut / 2, 0};
  TwoDoubles term = TwoDoubles{0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55} * TwoDoubles{cut, 0}, sum = term;
  for (int n = 1; std::abs(term.high) > sum.high * 0x1p-110; ++n) {
    term = term * ratio / n;
    sum = sum + term / (2 * n + 1);
  }
  return sum;
}

/// As Normal, kept inside mean ± cut·stddev; 2⁻ᵖ·erf(cut/√2) in two parts, so that the tail keeps its bits.
template <class T>
struct Truncated : Normal<T> {
  T mass_high, mass_low, lowest, highest;
  Truncated(T mean_, T stddev_, double cut) : Normal<T>(mean_, stddev_) {
    require(cut > 0 && cut <= 3, "a truncated normal law needs 0 < cut <= 3, got cut = {}", cut);
    const TwoDoubles mass = normal_mass(cut);
    constexpr int p = std::numeric_limits<T>::digits;
    const T rounded = static_cast<T>(mass.high);
    mass_high = std::ldexp(rounded, -p);
    mass_low = std::ldexp(static_cast<T>(mass.high - rounded + mass.low), -p);
    const T reach = static_cast<T>(cut * stddev_);
    lowest = highest = mean_;
    if (mean_ + reach > mean_) {
      lowest = std::nextafter(mean_ - reach, mean_);
      highest = std::nextafter(mean_ + reach, mean_);
    }
  }
};

}  // namespace sqrtn::random::transform
