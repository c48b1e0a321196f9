#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "exhaustion.hpp"
#include "sqrtn/random/fill.hpp"

/// The truncated float normal over all its inputs, the 2²⁴ values of a word's top bits. What is found stands in the
/// error line of random/fill.hpp.
namespace sqrtn::verify {
namespace {

/// What the inputs of a truncated normal have shown: the upper half, and the lower half as its mirror image.
struct Truncation {
  double worst_ulp = 0;  ///< in ULP of max(z, 1)
  double back_ulp = 0;   ///< by which a draw steps back as its input grows, in its own ULP
  double largest = 0;
  std::size_t n_wrong = 0;  ///< outside the cut, or not antisymmetric, or touched by the word's lowest bits
  long double square = 0, fourth = 0;
  float first = 0, last = 0;

  void merge(const Truncation& next) {
    if (next.first < last) back_ulp = std::max(back_ulp, (last - next.first) / float_ulp(last));
    worst_ulp = std::max(worst_ulp, next.worst_ulp);
    back_ulp = std::max(back_ulp, next.back_ulp);
    largest = std::max(largest, next.largest);
    n_wrong += next.n_wrong;
    square += next.square;
    fourth += next.fourth;
    last = next.last;
  }
};

constexpr std::uint32_t truncated_inputs = 1u << 24;  ///< the top bits of a word

Truncation truncation_of_part(std::size_t i, double cut) {
  constexpr std::uint32_t n = 1u << 16;
  const auto begin = static_cast<std::uint32_t>(truncated_inputs / 2 + i * n);
  std::vector<std::uint32_t> upper(n), lower(n), noisy_upper(n), noisy_lower(n);
  std::vector<float> draws(n), mirrored(n), again(n), mirrored_again(n);
  for (std::uint32_t j = 0; j < n; ++j) {
    upper[j] = (begin + j) << 8;
    lower[j] = ~upper[j];
    noisy_upper[j] = upper[j] ^ (1 + j * 37 % 255);
    noisy_lower[j] = lower[j] ^ (1 + j * 53 % 255);
  }
  random::truncated_normal_of_words(upper, draws, 0, 1, cut);
  random::truncated_normal_of_words(lower, mirrored, 0, 1, cut);
  random::truncated_normal_of_words(noisy_upper, again, 0, 1, cut);
  random::truncated_normal_of_words(noisy_lower, mirrored_again, 0, 1, cut);
  const double mass = std::erf(cut / std::numbers::sqrt2);
  Truncation found{.first = draws.front(), .last = draws.back()};
  for (std::uint32_t j = 0; j < n; ++j) {
    const double z = draws[j], v = std::ldexp(2.0 * (begin + j) + 1, -24) - 1;
    const double exact = std::numbers::sqrt2 * boost::math::erf_inv(v * mass);
    found.worst_ulp = std::max(found.worst_ulp, std::abs(z - exact) / float_ulp(std::max(exact, 1.0)));
    found.largest = std::max(found.largest, z);
    found.n_wrong += !(z > 0 && z < cut) || mirrored[j] != -draws[j];
    found.n_wrong += again[j] != draws[j] || mirrored_again[j] != mirrored[j];
    if (j > 0 && draws[j] < draws[j - 1]) {
      found.back_ulp = std::max(found.back_ulp, (draws[j - 1] - draws[j]) / float_ulp(draws[j]));
    }
    found.square += z * z;
    found.fourth += z * z * z * z;
  }
  return found;
}

/// E z² and E z⁴ of N(0, 1) on |z| < cut, by parts: E z² = 1 − 2·cut·φ(cut)/P, E z⁴ = 3·E z² − 2·cut³·φ(cut)/P.
/// Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1 (1994), 13.10.1.
std::pair<double, double> truncated_moments(double cut) {
  const double edge =
      2 * cut * std::exp(-cut * cut / 2) / std::sqrt(2 * std::numbers::pi) / std::erf(cut / std::numbers::sqrt2);
  const double square = 1 - edge;
  return {square, 3 * square - cut * cut * edge};
}

TEST(ExhaustionSlow, TruncatedNormalOfEveryWord) {
  for (const double cut : {0.1, 1.0, 2.0, 3.0}) {
    const Truncation found =
        over_all<Truncation>(truncated_inputs / 2 >> 16, [cut](std::size_t i) { return truncation_of_part(i, cut); });
    EXPECT_EQ(found.n_wrong, 0u) << cut;
    EXPECT_LE(found.worst_ulp, 2.9) << cut;
    EXPECT_EQ(found.back_ulp, 0) << cut;
    const auto [square, fourth] = truncated_moments(cut);
    const double square_error = static_cast<double>(found.square / (truncated_inputs / 2)) / square - 1,
                 fourth_error = static_cast<double>(found.fourth / (truncated_inputs / 2)) / fourth - 1;
    // Coefficients rounded to float may stretch all draws by half an ULP.
    EXPECT_LE(std::abs(square_error), 2 * 0x1p-24) << cut;
    EXPECT_LE(std::abs(fourth_error), 4 * 0x1p-24) << cut;
    fmt::print("cut {}: within {:.2f} ULP, back by {:.2f} ULP, largest {:.9g}; E z² off by {:.2g}, E z⁴ by {:.2g}\n",
               cut, found.worst_ulp, found.back_ulp, found.largest, square_error, fourth_error);
  }
}

}  // namespace
}  // namespace sqrtn::verify
