#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "claims/judge.hpp"
#include "samplers/claims.hpp"
#include "samplers/small.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "support/dtype.hpp"

/// How a program rounds to a half type. Numbers stand twice as close below a power of two as above it, so that its cell
/// of rounding to nearest has 3/4 of its neighbour's width. Cut off towards 0 it has all of it, rounded away from 0
/// half: 4/3 or 2/3 of the share, where a variance moves by 7·10⁻⁴ (f16) or 6·10⁻³ (bf16).
namespace sqrtn::samplers {
namespace {

using claims::Claim;
using claims::Settings;
using claims::Subject;

constexpr double rounding_effect = 1.0 / 3;
constexpr std::size_t most_values = std::size_t{1} << 20;  // that are asked for together

/// Of a half type: 10 or 7 digits behind the point, exponents from 1 on; the first number has no closer ones below.
struct Powers {
  int digits, lowest, highest;
};
Powers powers_of(Dtype dtype) {
  const int digits = digits_of(dtype) - 1;
  return {digits, std::ilogb(smallest_subnormal(dtype)) + digits + 1, dtype == Dtype::f16 ? 15 : 127};
}

/// P(w rounds to +2ᵏ) of a symmetric law, over all such k.
double share_of_powers(const init::Distribution& law, Dtype dtype) {
  const auto [digits, lowest, highest] = powers_of(dtype);
  const double u = unit_roundoff(dtype);
  double share = 0;
  for (int k = lowest; k <= highest; ++k) {
    const double low = std::ldexp(1 - u / 2, k), high = std::ldexp(1 + u, k);
    share += laws::two_sided_tail(law, low) - laws::two_sided_tail(law, high);
  }
  return share / 2;
}

/// Powers of two among them, positive and negative.
std::array<std::size_t, 2> count_powers(std::span<const std::byte> bytes, Dtype dtype) {
  const auto [digits, lowest, highest] = powers_of(dtype);
  const int all_ones = highest - lowest + 3;
  std::array<std::size_t, 2> counts{};
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint16_t half = 0;
    std::memcpy(&half, &bytes[at], 2);
    const int exponent = (half & 0x7fff) >> digits;
    const bool is_power = (half & ((1 << digits) - 1)) == 0 && exponent > 1 && exponent < all_ones;
    counts[half >> 15] += is_power;
  }
  return counts;
}

claims::Outcome judge_counts(const std::array<std::size_t, 2>& counts, std::size_t n, double share) {
  const double alpha = claims::rates.alpha / 2;
  auto test = statistics::binomial_test(counts[0], n, share, alpha);
  const auto negative = statistics::binomial_test(counts[1], n, share, alpha);
  const bool is_negative = negative->p_value < test->p_value;
  claims::Outcome outcome = claims::judge(is_negative ? negative : test, share);
  if (outcome.verdict == claims::Verdict::fail) {
    outcome.reason =
        fmt::format("{}2^k occurs {:.3g} times as often as by rounding to nearest (1.33 towards 0, 0.667 away from it)",
                    is_negative ? "-" : "+", *outcome.observed / share);
  }
  return outcome;
}

Claim rounding_claim(const std::shared_ptr<Draws>& draws, const Question& question) {
  Claim claim = claims::statistical_claim(id_of(question, "rounding"),
                                          "P(w = ±2ᵏ) is the mass of its cell of rounding to nearest",
                                          "docs/sampler.md", {}, rounding_effect);
  claim.check = [=](const Subject&, const Settings& settings) {
    const Dtype dtype = dtype_of(question.dtype);
    const double share = share_of_powers(law_of(question), dtype);
    const std::size_t size = element_count(question.shape), count = most_values / size;
    const std::size_t wanted = statistics::n_samples_for_probability(
        share, rounding_effect, {claims::rates.alpha / 2, claims::rates.miss}, count * size);
    std::array<std::size_t, 2> counts{};
    std::size_t n = 0;
    for (std::uint32_t seed = first_seed(settings); n < wanted; ++seed, n += count * size) {
      const auto [positive, negative] = count_powers(ask(draws->program(), question, seed, count), dtype);
      counts = {counts[0] + positive, counts[1] + negative};
    }
    return judge_counts(counts, n, share);
  };
  return claim;
}

}  // namespace

std::vector<Claim> rounding_claims(const std::shared_ptr<Draws>& draws, Element dtype) {
  std::vector<Claim> claims;
  if (bytes_of(dtype) != 2) return claims;
  for (const init::Rule& rule : init::rules()) {
    // A uniform may as well stand on a grid of its own.
    if (rule.law == init::Law::uniform || !draws->known().knows_rule(rule.name)) continue;
    claims.push_back(rounding_claim(draws, small(std::string(rule.name), draws->known(), dtype)));
  }
  return claims;
}

}  // namespace sqrtn::samplers
