#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/polygamma.hpp>
#include <cmath>

#include "claims/cells.hpp"
#include "experiment/propagation.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/activation.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/saddlepoint.hpp"
#include "sqrtn/support/parallel.hpp"

/// Deep chains. A replicate is one chain: its layers' weights are fresh, so the laws below are exact.
namespace sqrtn::claims {
namespace {

using experiment::Chain;
using experiment::LayerState;
using random::Engine;
using random::Stream;
using Runs = std::vector<std::vector<LayerState>>;

/// A chain of weights by rule times `scale`.
struct Case {
  const char* rule;
  const char* activation;
  double scale = 1;
  std::size_t width, depth;
};

/// Runs the chains of a claim with the subject's weights and products.
template <class T>
Runs run_chains(const Case& row, const std::string& id, std::size_t n_runs, const Subject& subject,
                const Settings& settings) {
  Chain chain;
  chain.width = row.width;
  chain.depth = row.depth;
  chain.activation = &init::find_activation(row.activation);
  const init::Rule& rule = init::find_rule(row.rule);
  const auto draw = [&](const Stream& stream, std::span<T> out) {
    subject.of<T>().initialise(rule, init::Layer::linear, {row.width, row.width}, 1, stream, out);
    if (row.scale == 1) return;
    for (T& w : out) w *= static_cast<T>(row.scale);
  };
  return experiment::run_chains<T>(chain, subject.products, {Engine::ars, settings.seed, random::stream_of(id)}, n_runs,
                                   settings.threads, draw);
}

laws::LogSum law_of(const Case& row, std::size_t depth) {
  const bool relu = row.activation == std::string_view("relu");
  const double variance = (relu ? 2 : 1) * row.scale * row.scale / static_cast<double>(row.width);
  return relu ? laws::rectified_chain(row.width, depth, variance) : laws::linear_chain(row.width, depth, variance);
}

/// Chains needed to find a variance of the weights that is (1 + effect) times the law's: it shifts the
/// log-norm by depth·ln(1 + effect) and spreads it no more.
std::size_t runs_for(const Case& row, double effect) {
  const double shift = static_cast<double>(row.depth) * std::log1p(effect);
  return statistics::n_samples_for_mean(shift / law_of(row, row.depth).stddev());
}

/// Σ over the chains of ln(‖x_L‖²/‖x₀‖²) against the exact law of that sum; shown as the ratio of the
/// weights' variance to the law's.
Outcome judge_log_norm(const Case& row, const Runs& runs) {
  double sum = 0;
  for (const auto& run : runs) sum += 2 * (run.back().log_rms - run.front().log_rms);
  const std::size_t n_layers = runs.size() * row.depth;
  return judge_log_sum(law_of(row, n_layers), sum, n_layers);
}

template <class T>
Claim log_norm_claim(const Case& row, const char* name, double effect) {
  const bool relu = row.activation == std::string_view("relu");
  Claim claim = statistical_claim(
      fmt::format("chains/{}/{}/{}", name, row.rule, dtype_name<T>()),
      relu ? "Σ ln(‖x_L‖²/‖x₀‖²) = Σ ln(σ²χ²(K)), K ~ Binomial(n, 1/2)" : "Σ ln(‖x_L‖²/‖x₀‖²) = Σ ln(σ²χ²(n))",
      "laws.md §6", to_string(Engine::ars), effect);
  claim.uses_blas = true;
  claim.check = [=, id = claim.id, n_runs = runs_for(row, effect)](const Subject& subject, const Settings& settings) {
    return judge_log_norm(row, run_chains<T>(row, id, n_runs, subject, settings));
  };
  return claim;
}

/// Σ z², z the standard normal deviate of a chain's log-norm by its exact law: so that a spread that is off shows, and
/// the long lower tail of logarithms, whose squares have no moment generating function, does not.
double sum_of_squared_deviates(const laws::LogSum& law, const Runs& runs, unsigned threads) {
  (void)law.cdf(law.mean());  // prepares the law, before threads share it
  const auto squared = [&](std::size_t i) {
    const double y = 2 * (runs[i].back().log_rms - runs[i].front().log_rms);
    const double below = law.cdf(y), z = laws::normal_deviate(below, 1 - below);  // to 1e-13: no run's tail is as small
    return z * z;
  };
  return *parallel_reduce(runs.size(), threads, squared, [](double& a, double b) { a += b; });
}

/// Independent layers: the variance of a narrow chain's log-norm is the sum of the layers' variances.
Claim spread_claim(const Settings& settings) {
  constexpr Case row{"lecun_normal", "identity", 1, 4, 16};
  const double half = row.width / 2.0, depth = row.depth, effect = 0.05 * settings.effect_scale;
  const double variance = law_of(row, row.depth).variance();
  // As many as the plain variance would need, whose squares spread more than those of deviates.
  const double kurtosis = 3 + depth * boost::math::polygamma(3, half) / (variance * variance);
  Claim claim = statistical_claim("chains/linear/independent_layers/f32", "Var ln(‖x_L‖²/‖x₀‖²) = L·ψ₁(n/2)",
                                  "laws.md §6", to_string(Engine::ars), effect);
  claim.uses_blas = true;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings_of_run) {
    const std::size_t n_runs = statistics::n_samples_for_variance(effect, kurtosis);
    const double sum = sum_of_squared_deviates(
        law_of(row, row.depth), run_chains<float>(row, id, n_runs, subject, settings_of_run), settings_of_run.threads);
    return judge(statistics::chi_squared_test(sum, static_cast<double>(n_runs), rates.alpha), variance, variance);
  };
  return claim;
}

/// A shrinking chain whose RMS is down at 2⁻¹³⁶ still follows the law: subnormals are kept; and 40
/// halvings on it is 0. What flushes them is 0 already.
Claim subnormal_claim(double effect) {
  constexpr Case row{"lecun_normal", "identity", 0.25, 128, 68};
  return log_norm_claim<float>(row, "subnormal", effect);
}

Claim death_claim() {
  Claim claim = exact_claim("chains/dead_below_subnormals/f32", "RMS 2⁻¹⁹⁰ by the law: every entry is 0", "laws.md §6",
                            to_string(Engine::ars));
  claim.uses_blas = true;
  claim.check = [id = claim.id](const Subject& subject, const Settings& settings) {
    constexpr Case row{"lecun_normal", "identity", 0.25, 128, 95};
    const LayerState end = run_chains<float>(row, id, 1, subject, settings)[0].back();
    return exact_outcome(end.max == 0 ? "" : fmt::format("an entry of magnitude {} is left", end.max), row.width);
  };
  return claim;
}

/// E[φ²] and E[φ⁴] over E[φ²]² − 1 at pre-activations of variance s².
struct Step {
  double mean_square, spread;
};

Step step_of(const init::Activation& activation, double gain, double mean_square) {
  return {laws::variance_map(activation, gain, mean_square),
          laws::relative_square_variance(activation, gain * gain * mean_square)};
}

/// The mean over the layers of a chain that follows the map.
double mean_spread(const init::Activation& activation, double gain, std::size_t depth) {
  double sum = 0, mean_square = 1;
  for (std::size_t layer = 0; layer < depth; ++layer) {
    const Step step = step_of(activation, gain, mean_square);
    sum += step.spread;
    mean_square = step.mean_square;
  }
  return sum / static_cast<double>(depth);
}

/// The law of φ(s·z)², z ~ N(0,1).
laws::SumLaw law_of_square(const init::Activation& activation, double s) {
  std::vector<double> edges{-9, -6, -3, 0, 3, 6, 9};  // what lies beyond has a probability of 1e-19
  for (const double kink : activation.kinks) {
    if (std::abs(kink) < 9 * s) edges.push_back(kink / s);
  }
  std::ranges::sort(edges);
  const auto square = [&](double z) { return std::pow(activation.value(s * z), 2); };
  return laws::SumLaw::of(
      square, [](double z) { return std::exp(-z * z / 2); }, edges);
}

/// Σ over the layers of chains of the deviate of their mean square given the layer before, and of its variance.
struct LayerSums {
  double deviates = 0, variance = 0;
};

LayerSums sum_layers(const init::Activation& activation, double gain, std::size_t width,
                     const std::vector<LayerState>& states) {
  LayerSums sums;
  for (std::size_t layer = 1; layer < states.size(); ++layer) {
    const double scale = gain * std::exp(states[layer - 1].log_rms);
    if (!(scale > 1e-6 && scale < 1e6)) return {std::numeric_limits<double>::quiet_NaN(), 1};  // dead or exploded
    const laws::SumLaw law = law_of_square(activation, scale);
    const auto n = static_cast<double>(width);
    sums.deviates += law.deviate(n * std::exp(2 * states[layer].log_rms), n);
    sums.variance += law.variance() / (law.mean() * law.mean()) / n;
  }
  return sums;
}

/// Layer after layer, given ‖x‖ the outputs are iid φ(N(0, gain²‖x‖²/n)), whatever happened before: the deviates of
/// their mean squares are independent and N(0,1). Shown as the ratio of the mean square to the map's.
Claim map_claim(const init::Activation& activation, const Settings& settings) {
  constexpr std::size_t width = 256, depth = 20;
  const double gain = init::gain(activation), effect = 0.03 * settings.effect_scale;
  Claim claim = statistical_claim(fmt::format("chains/{}/variance_map/f32", activation.name),
                                  "E q' = E φ(gain·√q·z)², given q", "laws.md §5", to_string(Engine::ars), effect);
  claim.uses_blas = true;
  claim.check = [=, &activation, id = claim.id](const Subject& subject, const Settings& run) {
    const double kurtosis = 1 + mean_spread(activation, gain, depth);
    const std::size_t n_runs = statistics::n_samples_for_variance(effect, kurtosis) / (width * depth) + 1;
    const Case row{"lecun_normal", activation.name.data(), gain, width, depth};
    const Runs runs = run_chains<float>(row, id, n_runs, subject, run);
    const auto sum_one = [&](std::size_t i) { return sum_layers(activation, gain, width, runs[i]); };
    const auto add = [](LayerSums& into, const LayerSums& from) {
      into.deviates += from.deviates;
      into.variance += from.variance;
    };
    const LayerSums sums = *parallel_reduce(n_runs, run.threads, sum_one, add);
    const double n = static_cast<double>(n_runs * depth), spread = std::sqrt(sums.variance / n);
    return judge(statistics::normal_mean_test(1 + sums.deviates / n * spread, 1, spread, n_runs * depth, rates.alpha),
                 1);
  };
  return claim;
}

/// The gain that an initialiser is given for φ keeps the second moment.
Claim gain_claim(const init::Activation& activation, const Settings& settings) {
  const double effect = 0.01 * settings.effect_scale, spread = laws::relative_square_variance(activation, 1);
  Claim claim = statistical_claim(fmt::format("layers/gain/{}", activation.name), "gain²·E φ(z)² = 1, z ~ N(0,1)",
                                  "laws.md §5", to_string(Engine::ars), effect);
  claim.check = [=, &activation, id = claim.id](const Subject& subject, const Settings& run) {
    const std::size_t n_samples = statistics::n_samples_for_variance(effect, 1 + spread);
    Buffer<double> z(n_samples);
    subject.f64.normal({Engine::ars, run.seed, random::stream_of(id)}, z.span(), 0, 1);
    const double gain = subject.gain(activation);
    double sum = 0;
    for (const double value : z.span()) sum += std::pow(gain * activation.value(value), 2);
    return judge(
        statistics::second_moment_test(sum / static_cast<double>(n_samples), 1, 1 + spread, n_samples, rates.alpha), 1);
  };
  return claim;
}

}  // namespace

std::vector<Claim> chain_claims(const Settings& settings) {
  const double effect = 0.01 * settings.effect_scale;
  std::vector<Claim> claims;
  for (const init::Activation& activation : init::activations()) claims.push_back(gain_claim(activation, settings));
  claims.push_back(log_norm_claim<float>({"lecun_normal", "identity", 1, 512, 100}, "linear", effect));
  claims.push_back(log_norm_claim<float>({"he_normal", "relu", 1, 512, 100}, "relu", effect));
  claims.push_back(log_norm_claim<double>({"lecun_normal", "identity", 1, 128, 100}, "linear", effect));
  claims.push_back(log_norm_claim<double>({"he_normal", "relu", 1, 128, 100}, "relu", effect));
  claims.push_back(spread_claim(settings));
  claims.push_back(subnormal_claim(effect));
  claims.push_back(death_claim());
  for (const init::Activation& activation : init::activations()) claims.push_back(map_claim(activation, settings));
  return claims;
}

}  // namespace sqrtn::claims
