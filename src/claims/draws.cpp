#include "claims/draws.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "claims/judge.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::claims {
namespace {

using init::Law;
using random::Engine;
using random::Stream;

/// One law, standardised: uniform on (−1, 1), N(0,1), N(0,1) cut at ±2.
struct Family {
  Law law;
  const char* name;
  init::Distribution distribution;
};
const Family families[] = {
    {Law::uniform, "uniform", {Law::uniform, 1.0 / 3}},
    {Law::normal, "normal", {Law::normal, 1}},
    {Law::truncated_normal, "truncated_normal", {Law::truncated_normal, init::truncated_variance}},
};

template <class T>
void draw(const Subject& subject, Law law, const Stream& stream, std::span<T> out) {
  const Draws<T>& draws = subject.of<T>();
  if (law == Law::uniform) return draws.uniform(stream, out, T(-1), T(1));
  if (law == Law::normal) return draws.normal(stream, out, T(0), T(1));
  draws.truncated_normal(stream, out, T(0), T(1), 2);
}

/// Elements of one task: 128 KiB of float, inside the second-level cache.
constexpr std::size_t chunk = std::size_t{1} << 15;
std::size_t chunks_for(std::size_t n_samples) { return (n_samples + chunk - 1) / chunk; }

/// What a claim about draws is made for.
struct Case {
  Family family;
  Engine engine;
  std::string id;  ///< "generator/ars/normal/f32/"
  double scale;    ///< of the effects

  [[nodiscard]] Claim claim(const char* what, std::string statement, double effect) const {
    return statistical_claim(id + what, std::move(statement), "laws.md §4", to_string(engine), effect);
  }
};

/// Σ value(x) over whole chunks of draws, merged as a fixed tree. Chunk `part` may look back over
/// the whole of its own draws only.
template <class T, class Value>
double sum_over(const Subject& subject, const Settings& settings, const Case& row, const std::string& id,
                std::size_t n_chunks, Value value) {
  const Stream stream{row.engine, settings.seed, random::stream_of(id)};
  const auto one = [&](std::size_t i) {
    Buffer<T> buffer(chunk);
    draw<T>(subject, row.family.law, stream.skip(i * chunk), buffer.span());
    return value(std::span<const T>(buffer.span()));
  };
  return *parallel_reduce(n_chunks, settings.threads, one, [](double& a, double b) { a += b; });
}

/// Σ x^order, order 1, 2 or 4.
template <class T>
double power_sum(const Subject& subject, const Settings& settings, const Case& row, const std::string& id,
                 std::size_t n_chunks, int order) {
  return sum_over<T>(subject, settings, row, id, n_chunks, [order](std::span<const T> x) {
    double sum = 0;
    for (const T v : x) {
      const double d = static_cast<double>(v), square = d * d;
      sum += order == 1 ? d : order == 2 ? square : square * square;
    }
    return sum;
  });
}

template <class T>
Claim mean_claim(const Case& row) {
  const double effect = 0.0025 * row.scale, stddev = row.family.distribution.stddev();
  Claim claim = row.claim("mean", fmt::format("E x = 0, deviation {:.6g}", stddev), effect);
  const std::size_t n_chunks = chunks_for(statistics::n_samples_for_mean(effect));
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const double sum = power_sum<T>(subject, settings, row, id, n_chunks, 1);
    const std::size_t n_samples = n_chunks * chunk;
    return judge(statistics::normal_mean_test(sum / static_cast<double>(n_samples), 0, stddev, n_samples, rates.alpha),
                 0);
  };
  return claim;
}

template <class T>
Claim variance_claim(const Case& row) {
  const double effect = 0.001 * row.scale, variance = row.family.distribution.variance;
  const double kurtosis = laws::kurtosis(row.family.law);
  Claim claim = row.claim("variance", fmt::format("E x² = {:.6g}", variance), effect);
  const bool normal = row.family.law == Law::normal;
  const std::size_t n_chunks = chunks_for(normal ? statistics::degrees_of_freedom_for_chi_squared(effect)
                                                 : statistics::n_samples_for_variance(effect, kurtosis));
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const double sum = power_sum<T>(subject, settings, row, id, n_chunks, 2);
    const std::size_t n_samples = n_chunks * chunk;
    const auto test = normal ? statistics::chi_squared_test(sum, static_cast<double>(n_samples), rates.alpha)
                             : statistics::second_moment_test(sum / static_cast<double>(n_samples), variance, kurtosis,
                                                              n_samples, rates.alpha);
    return judge(test, variance, variance);
  };
  return claim;
}

/// The fourth moment about 0 as the second moment of x²: kurtosis of x² is E x⁸/(E x⁴)².
template <class T>
Claim fourth_moment_claim(const Case& row) {
  const double effect = 0.01 * row.scale, variance = row.family.distribution.variance;
  const double fourth = laws::standardised_moment(row.family.law, 4);
  const double spread = laws::standardised_moment(row.family.law, 8) / (fourth * fourth);
  Claim claim = row.claim("fourth_moment", fmt::format("E x⁴ = {:.6g}", fourth * variance * variance), effect);
  const std::size_t n_chunks = chunks_for(statistics::n_samples_for_variance(effect, spread, skewed_rates));
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const double sum = power_sum<T>(subject, settings, row, id, n_chunks, 4);
    const std::size_t n_samples = n_chunks * chunk;
    const double expected = fourth * variance * variance;
    return judge(statistics::second_moment_test(sum / static_cast<double>(n_samples), expected, spread, n_samples,
                                                skewed_rates.alpha),
                 expected, expected);
  };
  return claim;
}

template <class T>
Claim shape_claim(const Case& row) {
  const double effect = 0.005 * row.scale;
  Claim claim = row.claim("shape", "P(X ≤ x) is the law's distribution function; effect: largest distance", effect);
  const std::size_t n_samples = statistics::n_samples_for_cdf(effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    Buffer<T> x(n_samples);
    draw<T>(subject, row.family.law, {row.engine, settings.seed, random::stream_of(id)}, x.span());
    std::sort(x.span().begin(), x.span().end());
    const auto cdf = [&](double value) { return laws::cdf(row.family.distribution, value); };
    return judge(statistics::kolmogorov_smirnov_test(std::span<const T>(x.span()), cdf, rates.alpha), 0);
  };
  return claim;
}

/// An end that comes with probability 2⁻²⁴ a draw, as in a float uniform that rounds up, is met with
/// the run's power. Double's 2⁻⁵³ cannot be met by drawing: fewer draws find a wrong bound.
template <class T>
Claim ends_claim(const Case& row) {
  const double limit = row.family.distribution.limit();
  Claim claim = exact_claim(row.id + "ends", fmt::format("|x| < {:.6g}, the ends excluded", limit), "laws.md §4",
                            to_string(row.engine));
  const double per_draw = (sizeof(T) == sizeof(float) ? 0x1p-24 : 0x1p-20) * row.scale * row.scale;
  const std::size_t n_chunks = chunks_for(static_cast<std::size_t>(-std::log(rates.miss) / per_draw));
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const T bound = static_cast<T>(limit);
    const double outside = sum_over<T>(subject, settings, row, id, n_chunks, [bound](std::span<const T> x) {
      std::size_t n = 0;
      for (const T v : x) n += !(std::abs(v) < bound);
      return static_cast<double>(n);
    });
    return exact_outcome(outside == 0 ? std::string() : fmt::format("{} draws at or outside ±{}", outside, limit),
                         n_chunks * chunk);
  };
  return claim;
}

/// Tail masses: relative effect on P(|z| > k). From 5σ on a missing tail is found; beyond 6σ, where these
/// draws are expected to hold a third of one, only an excess.
struct Tail {
  std::string name;
  double k, effect;
};

constexpr double missing = 1;  ///< as an effect: none of the mass is there

/// The farthest tail whose absence is found, 5.6σ; nearer where samples are fewer.
double farthest(const Case& row) {
  const double mass = laws::two_sided_tail(row.family.distribution, 5.6) * row.scale * row.scale;
  return boost::math::quantile(complement(boost::math::normal(), mass / 2));
}

std::vector<Tail> tails_of(const Case& row) {
  std::vector<Tail> tails{
      {"tail_2", 2, 0.01}, {"tail_3", 3, 0.03}, {"tail_4", 4, 0.15}, {"tail_5", 5, 0.95}, {"tail_6", 6, 100}};
  // A thousand million draws: once for the transform, which both engines share.
  if (row.engine == Engine::ars) tails.push_back({"tail_far", farthest(row), missing});
  return tails;
}

template <class T>
Claim tail_claim(const Case& row, const Tail& tail) {
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
Claim lag_claim(const Case& row, std::size_t lag, int power) {
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

template <class T>
void add_claims(Engine engine, const Settings& settings, std::vector<Claim>& claims) {
  for (const Family& family : families) {
    const Case row{family, engine, fmt::format("generator/{}/{}/{}/", to_string(engine), family.name, dtype_name<T>()),
                   settings.effect_scale};
    claims.push_back(mean_claim<T>(row));
    claims.push_back(variance_claim<T>(row));
    claims.push_back(fourth_moment_claim<T>(row));
    claims.push_back(shape_claim<T>(row));
    if (family.law != Law::normal) {
      claims.push_back(ends_claim<T>(row));
      continue;
    }
    for (const Tail& tail : tails_of(row)) claims.push_back(tail_claim<T>(row, tail));
    // Neighbours, both draws of a pair, lanes of every vector width, and the row of a matrix.
    for (const std::size_t lag : {1, 2, 4, 8, 16, 32, 512}) {
      for (const int power : {1, 2}) claims.push_back(lag_claim<T>(row, lag, power));
    }
  }
}

}  // namespace

std::vector<Claim> draw_claims(Engine engine, const Settings& settings) {
  std::vector<Claim> claims;
  add_claims<float>(engine, settings, claims);
  add_claims<double>(engine, settings, claims);
  return claims;
}

}  // namespace sqrtn::claims
