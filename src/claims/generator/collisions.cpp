#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "claims/cells.hpp"
#include "claims/generator/dependence.hpp"
#include "claims/generator/numbers.hpp"
#include "sqrtn/laws/saddlepoint.hpp"

namespace sqrtn::claims {
namespace {

constexpr unsigned width = 24;  ///< binary digits that are looked at together
constexpr double n_values = 1 << width;
constexpr double effect_size = 1;  ///< of the number of repetitions: one digit follows from the others

/// Expected draws that repeat an earlier one: n − M(1 − (1 − 1/M)ⁿ).
double expected_repetitions(double n) { return n + n_values * std::expm1(n * std::log1p(-1 / n_values)); }

std::size_t n_samples_for(double expected) {
  // n²/2M at first; the law falls a little short of it.
  double n = std::sqrt(2 * n_values * expected);
  while (expected_repetitions(n) < expected) n *= 1.001;
  return static_cast<std::size_t>(n) + 1;
}

/// The lowest digits, the highest, and those between.
std::vector<unsigned> lowest_digits(unsigned digits) {
  if (digits == width) return {0};
  if (digits < 2 * width) return {0, digits - width};
  return {0, (digits - width) / 2, digits - width};
}

std::size_t repetitions(std::vector<std::uint64_t> values, unsigned lowest) {
  for (std::uint64_t& value : values) value = (value >> lowest) & ((std::uint64_t{1} << width) - 1);
  std::ranges::sort(values);
  return static_cast<std::size_t>(values.end() - std::unique(values.begin(), values.end()));
}

/// The number of repetitions is a sum of independent indicators in law, so that both tails are below Poisson's: alpha
/// is at most what is stated.
/// Source: Vatutin and Mikhailov, Theory Probab. Appl. 27 (1982) 734; Hoeffding, Ann. Math. Statist. 27 (1956) 713.
Claim collision_claim(random::Engine engine, const NumberSource& source, double effect) {
  const std::string prefix =
      fmt::format("generator/{}/{}", to_string(engine), source.of_words ? "" : source.name + "/");
  Claim claim =
      statistical_claim(prefix + "collisions",
                        fmt::format("any {} neighbouring digits of {}: repetitions among n numbers ~ Poisson(n²/2²⁵)",
                                    width, source.digits),
                        "laws.md §11", to_string(engine), effect);
  claim.check = [=, id = claim.id, &source](const Subject& subject, const Settings& settings) {
    const std::vector<unsigned> windows = lowest_digits(source.digits);
    const double mean = statistics::mean_for_poisson(effect, rates_among(windows.size()));
    std::vector<std::uint64_t> values(n_samples_for(mean));
    source.draw(subject, {engine, settings.seed, random::stream_of(id)}, values);
    const double expected = expected_repetitions(static_cast<double>(values.size()));
    std::vector<Cell> cells;
    for (const unsigned lowest : windows) {
      const std::size_t n = repetitions(values, lowest);
      cells.push_back({laws::poisson_deviate(n, expected), static_cast<double>(n), expected});
    }
    const auto name = [&](std::size_t i) {
      return fmt::format("numbers that repeat another in digits {} to {}", windows[i], windows[i] + width - 1);
    };
    return judge_worst(cells, name, values.size());
  };
  return claim;
}

}  // namespace

std::vector<Claim> collision_claims(random::Engine engine, const Settings& settings) {
  std::vector<Claim> claims;
  for (const NumberSource& source : number_sources()) {
    claims.push_back(collision_claim(engine, source, effect_size * settings.effect_scale));
  }
  return claims;
}

}  // namespace sqrtn::claims
