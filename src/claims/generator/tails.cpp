#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "claims/generator/data.hpp"
#include "sqrtn/laws/initialiser.hpp"

namespace sqrtn::claims {
namespace {

/// Tail masses: relative effect on P(|z| > k). From 5σ on a missing tail is found; beyond 6σ, where these
/// draws are expected to hold a third of one, only an excess.
struct Tail {
  std::string name;
  double k, effect;
};

constexpr double missing = 1;  ///< as an effect: none of the mass is there

/// The farthest tail whose absence is found, 5.6σ; nearer where samples are fewer.
double farthest(const DrawCase& row) {
  const double mass = laws::two_sided_tail(row.family.distribution, 5.6) * row.scale * row.scale;
  return boost::math::quantile(complement(boost::math::normal(), mass / 2));
}

std::vector<Tail> tails_of(const DrawCase& row) {
  std::vector<Tail> tails{
      {"tail_2", 2, 0.01}, {"tail_3", 3, 0.03}, {"tail_4", 4, 0.15}, {"tail_5", 5, 0.95}, {"tail_6", 6, 100}};
  // A thousand million draws: once for the transform, which both engines share.
  if (row.engine == random::Engine::ars) tails.push_back({"tail_far", farthest(row), missing});
  return tails;
}

template <class T>
Claim tail_claim(const DrawCase& row, const Tail& tail) {
  const double mass = laws::two_sided_tail(row.family.distribution, tail.k);
  const double effect = tail.effect < 0.95 ? std::min(tail.effect * row.scale, 0.95) : tail.effect;
  Claim claim = row.claim(tail.name.c_str(), fmt::format("P(|x| > {:.4g}) = {:.6g}", tail.k, mass), effect);
  // None among n is improbable enough, P = (1 − mass)ⁿ ≤ α/2, and certain if the tail is missing.
  const std::size_t n_chunks =
      effect == missing ? chunks_for(static_cast<std::size_t>(std::log(rates.alpha / 2) / std::log1p(-mass))) + 1
                        : statistics::n_samples_for_probability(mass, effect, rates, chunk) / chunk;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const T bound = static_cast<T>(tail.k);
    const double beyond = sum_over<T>(subject, settings, row, id, n_chunks, [bound](std::span<const T> x) {
      std::size_t n = 0;
      for (const T v : x) n += std::abs(v) > bound;
      return static_cast<double>(n);
    });
    const std::size_t n_samples = n_chunks * chunk;
    return judge(statistics::binomial_test(static_cast<std::size_t>(beyond), n_samples, mass, rates.alpha), mass);
  };
  return claim;
}

/// Σ xᵢx_{i+lag} (power 1) or of the centred squares (power 2) over pairs inside a chunk: mean 0 and,
/// under independence, variance n·Var(x^power)².
template <class T>
Claim lag_claim(const DrawCase& row, std::size_t lag, int power) {
  const double effect = 0.0025 * row.scale;
  Claim claim = row.claim(fmt::format("lag_{}_{}", lag, power == 1 ? "x" : "x2").c_str(),
                          fmt::format("corr({0}ᵢ, {0}ᵢ₊{1}) = 0", power == 1 ? "x" : "x²", lag), effect);
  const std::size_t pairs = chunk - lag;
  // Squares that are correlated by δ as a normal pair's are spread their products by √(1 + 8δ + 5δ²).
  const double spread = power == 1 ? 1 : std::sqrt(1 + 8 * effect + 5 * effect * effect);
  const statistics::ErrorRates& at = power == 1 ? rates : skewed_rates;
  const std::size_t n_chunks = statistics::n_samples_for_mean(effect, at, spread) / pairs + 1;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const double sum = sum_over<T>(subject, settings, row, id, n_chunks, [=](std::span<const T> x) {
      double sum = 0;
      for (std::size_t i = 0; i < pairs; ++i) {
        const double a = static_cast<double>(x[i]), b = static_cast<double>(x[i + lag]);
        sum += power == 1 ? a * b : (a * a - 1) * (b * b - 1);
      }
      return sum;
    });
    const std::size_t n_samples = n_chunks * pairs;
    const double variance = power == 1 ? 1 : 2;  // of x and of x² for N(0,1)
    return judge(
        statistics::normal_mean_test(sum / (variance * static_cast<double>(n_samples)), 0, 1, n_samples, at.alpha), 0);
  };
  return claim;
}

}  // namespace

template <class T>
void add_normal_claims(const DrawCase& row, std::vector<Claim>& claims) {
  for (const Tail& tail : tails_of(row)) claims.push_back(tail_claim<T>(row, tail));
  // Neighbours, both draws of a pair, lanes of every vector width, and the row of a matrix.
  for (const std::size_t lag : {1, 2, 4, 8, 16, 32, 512}) {
    for (const int power : {1, 2}) claims.push_back(lag_claim<T>(row, lag, power));
  }
}

template void add_normal_claims<float>(const DrawCase&, std::vector<Claim>&);
template void add_normal_claims<double>(const DrawCase&, std::vector<Claim>&);

}  // namespace sqrtn::claims
