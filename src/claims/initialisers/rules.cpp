#include <fmt/format.h>

#include <limits>

#include "claims/initialisers/promises.hpp"
#include "sqrtn/laws/initialiser.hpp"

namespace sqrtn::claims {
namespace {

using init::Law;

constexpr double variance_effect = 0.001;      ///< of the variance
constexpr double mean_effect = 0.005;          ///< of the deviation
constexpr double fourth_moment_effect = 0.02;  ///< of E w⁴
constexpr double cdf_effect = 0.01;            ///< largest distance between distribution functions
constexpr double limit_effect = 0.001;         ///< of the limit

constexpr Promise all_promises[] = {
    {"lecun_normal", Law::normal, "1/fan_in", [](double in, double) { return 1 / in; }},
    {"lecun_uniform", Law::uniform, "1/fan_in", [](double in, double) { return 1 / in; }},
    {"glorot_normal", Law::normal, "2/(fan_in + fan_out)", [](double in, double out) { return 2 / (in + out); }},
    {"glorot_uniform", Law::uniform, "2/(fan_in + fan_out)", [](double in, double out) { return 2 / (in + out); }},
    {"he_normal", Law::normal, "2/fan_in", [](double in, double) { return 2 / in; }},
    {"he_uniform", Law::uniform, "2/fan_in", [](double in, double) { return 2 / in; }},
    {"torch_default", Law::uniform, "1/(3 fan_in)", [](double in, double) { return 1 / (3 * in); }},
    {"variance_scaling", Law::truncated_normal, "1/fan_in", [](double in, double) { return 1 / in; }},
    {"normal", Law::normal, "1", [](double, double) { return 1.0; }},
    {"uniform", Law::uniform, "1/3", [](double, double) { return 1.0 / 3; }},
    {"truncated_normal", Law::truncated_normal, "0.773741", [](double, double) { return init::truncated_variance; }},
};

/// One row of the table of claims: a rule and an engine, on the linear weight.
struct Case {
  Promise promise;
  Weight weight;
  random::Engine engine;
  double effect_scale;

  [[nodiscard]] init::Distribution expected() const { return promise.of(weight); }
  [[nodiscard]] double limit() const {
    const double variance = expected().variance;
    return promise.law == Law::uniform ? std::sqrt(3 * variance) : 2 * std::sqrt(variance / init::truncated_variance);
  }
};

using Check = Outcome (*)(const Case&, const Sample&, const Subject&);

/// The claim `what` of a case; `check` gets at least n_samples draws.
template <class T>
Claim make_claim(const Case& row, std::string_view what, std::string statement, double effect, std::size_t n_samples,
                 Check check) {
  Claim claim = statistical_claim(
      fmt::format("initialisers/{}/{}/{}/{}", row.promise.rule, dtype_name<T>(), to_string(row.engine), what),
      std::move(statement), "laws.md §4", to_string(row.engine), effect);
  claim.check = [=, stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    const Sample sample{init::find_rule(row.promise.rule),
                        row.weight,
                        {row.engine, settings.seed, stream},
                        weights_for(n_samples, row.weight),
                        settings.threads};
    return check(row, sample, subject);
  };
  return claim;
}

/// A normal's Σw²/σ² is exactly χ²; other laws need their own fourth moment and the central limit.
template <class T>
Outcome judge_scale(const Case& row, const Sample& sample, const Subject& subject) {
  const double variance = row.expected().variance;
  const double sum = draw_and_sum<T>(subject, sample).second;
  const auto n = static_cast<double>(sample.n_samples());
  if (row.promise.law == Law::normal) {
    return judge(statistics::chi_squared_test(sum / variance, n, rates.alpha), variance, variance);
  }
  return judge(statistics::second_moment_test(sum / n, variance, laws::kurtosis(row.promise.law), sample.n_samples(),
                                              rates.alpha),
               variance, variance);
}

template <class T>
Claim scale_claim(const Case& row) {
  const double effect = variance_effect * row.effect_scale;
  return make_claim<T>(row, "scale", fmt::format("Var w = {}", row.promise.formula), effect,
                       n_samples_for_square(row.promise.law, effect, rates), judge_scale<T>);
}

template <class T>
Outcome judge_mean(const Case& row, const Sample& sample, const Subject& subject) {
  const double mean = draw_and_sum<T>(subject, sample).first / sample.n_samples();
  return judge(statistics::normal_mean_test(mean, 0, row.expected().stddev(), sample.n_samples(), rates.alpha), 0);
}

template <class T>
Claim mean_claim(const Case& row) {
  const double effect = mean_effect * row.effect_scale;
  return make_claim<T>(row, "mean", "E w = 0", effect, statistics::n_samples_for_mean(effect), judge_mean<T>);
}

/// √Var(w/σ)⁴.
double fourth_power_stddev(Law law) {
  return std::sqrt(laws::standardised_moment(law, 8) - laws::kurtosis(law) * laws::kurtosis(law));
}

template <class T>
Outcome judge_fourth_moment(const Case& row, const Sample& sample, const Subject& subject) {
  const double kurtosis = laws::kurtosis(row.promise.law);
  const double variance = row.expected().variance;
  const double mean = draw_and_sum<T>(subject, sample).fourth / (variance * variance) / sample.n_samples();
  return judge(statistics::normal_mean_test(mean, kurtosis, fourth_power_stddev(row.promise.law), sample.n_samples(),
                                            skewed_rates.alpha),
               kurtosis);
}

template <class T>
Claim fourth_moment_claim(const Case& row) {
  const double effect = fourth_moment_effect * row.effect_scale;
  const double kurtosis = laws::kurtosis(row.promise.law), stddev = fourth_power_stddev(row.promise.law);
  // Divided by 1 + effect, since the larger fourth moment also spreads more.
  const std::size_t n_samples = statistics::n_samples_for_mean(effect * kurtosis / stddev / (1 + effect), skewed_rates);
  return make_claim<T>(row, "fourth_moment", fmt::format("E w^4 = {:.6f} Var(w)^2", kurtosis), effect, n_samples,
                       judge_fourth_moment<T>);
}

template <class T>
Outcome judge_shape(const Case& row, const Sample& sample, const Subject& subject) {
  const std::size_t count = element_count(sample.weight.shape);
  Buffer<T> draws(sample.n_samples());
  parallel_for(sample.n_weights, sample.threads,
               [&](std::size_t i) { draw<T>(subject, sample, i, draws.span().subspan(i * count, count)); });
  // NaN has no place in an order; the largest value of all still counts as a wrong draw.
  for (T& w : draws.span()) w = std::isnan(w) ? std::numeric_limits<T>::infinity() : w;
  std::sort(draws.span().begin(), draws.span().end());
  const auto cdf = [law = row.expected()](double x) { return laws::cdf(law, x); };
  return judge(statistics::kolmogorov_smirnov_test<T>(draws.span(), cdf, rates.alpha), 0);
}

template <class T>
Claim shape_claim(const Case& row) {
  const double effect = std::min(0.5, cdf_effect * row.effect_scale);
  return make_claim<T>(row, "shape", fmt::format("P(w <= x) is that of the {} law", to_string(row.promise.law)), effect,
                       statistics::n_samples_for_cdf(effect), judge_shape<T>);
}

/// P(|w| > (1 − effect)·limit): the draws that a limit too narrow by `effect` cannot make.
double outer_probability(const Case& row, double effect) {
  return laws::two_sided_tail(row.expected(), (1 - effect) * row.limit());
}

template <class T>
Outcome judge_support(const Case& row, const Sample& sample, const Subject& subject) {
  const Sums sums = draw_and_sum<T>(subject, sample);
  const double inside = 1 - laws::two_sided_tail(row.expected(), sums.largest);
  Outcome outcome = judge(statistics::beta_scale_test(inside, 1, sample.n_samples(), 1, rates.alpha), 1);
  outcome.n_samples = sample.n_samples();
  if (!(sums.largest < row.limit()) || !std::isfinite(sums.second)) {
    outcome.verdict = Verdict::fail;
    outcome.reason =
        fmt::format("a draw of size {:.17g} reaches or passes the limit {:.17g}", sums.largest, row.limit());
  }
  return outcome;
}

template <class T>
Claim support_claim(const Case& row) {
  const double effect = limit_effect * row.effect_scale;
  // With U = P(|W| ≤ max |w|) ~ Beta(n, 1), a limit too narrow has Uⁿ ≤ (1 − outer)ⁿ, which is to be
  // at most alpha/2; a limit as much too wide puts a draw outside with probability 1 − alpha/2.
  const double n_samples = std::ceil(std::log(rates.alpha / 2) / std::log1p(-outer_probability(row, effect)));
  return make_claim<T>(row, "support", "|w| < limit, and P(|w| <= max) ~ Beta(n_samples, 1)", effect,
                       static_cast<std::size_t>(n_samples), judge_support<T>);
}

template <class T>
void add_claims(const Case& row, std::vector<Claim>& claims) {
  claims.push_back(scale_claim<T>(row));
  claims.push_back(shape_claim<T>(row));
  if (row.promise.law != Law::normal) claims.push_back(support_claim<T>(row));
  // The engines' own moments are claims of the generator; here one engine shows that the rule keeps them.
  if (row.engine != random::Engine::ars) return;
  claims.push_back(mean_claim<T>(row));
  claims.push_back(fourth_moment_claim<T>(row));
}

template <class T>
void add_further_claims(const RuleCase& row, std::vector<Claim>& claims) {
  add_kernel_claims<T>(row, claims);
  add_position_claims<T>(row, claims);
  add_matrix_claims<T>(row, claims);
  add_address_claims<T>(row, claims);
}

}  // namespace

std::span<const Promise> promises() { return all_promises; }

std::size_t n_samples_for_square(Law law, double effect, const statistics::ErrorRates& at) {
  return law == Law::normal ? statistics::degrees_of_freedom_for_chi_squared(effect, at)
                            : statistics::n_samples_for_variance(effect, laws::kurtosis(law), at);
}

std::vector<Claim> initialiser_claims(const Settings& settings) {
  std::vector<Claim> claims;
  for (const Promise& promise : promises()) {
    for (random::Engine engine : engines) {
      const Case row{promise, hand_counted_weights().front(), engine, settings.effect_scale};
      add_claims<float>(row, claims);
      add_claims<double>(row, claims);
    }
    add_further_claims<float>({promise, settings.effect_scale}, claims);
    add_further_claims<double>({promise, settings.effect_scale}, claims);
  }
  for (Claim& claim : weight_claims(settings)) claims.push_back(std::move(claim));
  return claims;
}

}  // namespace sqrtn::claims
