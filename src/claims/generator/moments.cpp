#include "claims/generator/moments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "claims/generator/dependence.hpp"
#include "sqrtn/laws/initialiser.hpp"

namespace sqrtn::claims {
namespace {

using init::Law;
using random::Engine;

const DrawFamily families[] = {
    {Law::uniform, "uniform", {Law::uniform, 1.0 / 3}},
    {Law::normal, "normal", {Law::normal, 1}},
    {Law::truncated_normal, "truncated_normal", {Law::truncated_normal, init::truncated_variance}},
};

/// Σ x^order, order 1, 2 or 4.
template <class T>
double power_sum(const Subject& subject, const Settings& settings, const DrawCase& row, const std::string& id,
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
Claim mean_claim(const DrawCase& row) {
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
Claim variance_claim(const DrawCase& row) {
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
Claim fourth_moment_claim(const DrawCase& row) {
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
Claim shape_claim(const DrawCase& row) {
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
Claim ends_claim(const DrawCase& row) {
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

template <class T>
void add_claims(Engine engine, const Settings& settings, std::vector<Claim>& claims) {
  for (const DrawFamily& family : families) {
    const DrawCase row{family, engine,
                       fmt::format("generator/{}/{}/{}/", to_string(engine), family.name, dtype_name<T>()),
                       settings.effect_scale};
    claims.push_back(mean_claim<T>(row));
    claims.push_back(variance_claim<T>(row));
    claims.push_back(fourth_moment_claim<T>(row));
    claims.push_back(shape_claim<T>(row));
    claims.push_back(lags_claim<T>(row));
    if (family.law != Law::normal) {
      claims.push_back(ends_claim<T>(row));
      continue;
    }
    add_normal_claims<T>(row, claims);
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
