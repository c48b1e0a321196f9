#include <fmt/format.h>

#include <boost/math/special_functions/polygamma.hpp>
#include <cmath>

#include "claims/judge.hpp"
#include "experiment/propagation.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/activation.hpp"
#include "sqrtn/laws/chain.hpp"

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
  const laws::LogSum law = law_of(row, n_layers);
  const auto ratio = [&](double deviation) { return std::exp(deviation / static_cast<double>(n_layers)); };
  statistics::TestResult test;
  test.n_samples = n_layers;
  test.statistic = (sum - law.mean()) / law.stddev();
  test.p_value = std::isnan(sum) ? 0 : std::min(1.0, 2 * std::min(law.cdf(sum), law.survival(sum)));
  test.rejected = test.p_value < rates.alpha;
  test.estimate = ratio(sum - law.mean());
  test.confidence_interval = {ratio(sum - law.quantile(1 - rates.alpha / 2)),
                              ratio(sum - law.quantile(rates.alpha / 2))};
  return judge(test, 1);
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

/// Independent layers: the variance of a narrow chain's log-norm is the sum of the layers' variances.
Claim spread_claim(const Settings& settings) {
  constexpr Case row{"lecun_normal", "identity", 1, 4, 16};
  const double half = row.width / 2.0, depth = row.depth, effect = 0.05 * settings.effect_scale;
  const double variance = law_of(row, row.depth).variance();
  const double kurtosis = 3 + depth * boost::math::polygamma(3, half) / (variance * variance);
  Claim claim = statistical_claim("chains/linear/independent_layers/f32", "Var ln(‖x_L‖²/‖x₀‖²) = L·ψ₁(n/2)",
                                  "laws.md §6", to_string(Engine::ars), effect);
  claim.uses_blas = true;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings_of_run) {
    const std::size_t n_runs = statistics::n_samples_for_variance(effect, kurtosis);
    const double mean = law_of(row, row.depth).mean();
    double square = 0;
    for (const auto& run : run_chains<float>(row, id, n_runs, subject, settings_of_run)) {
      square += std::pow(2 * (run.back().log_rms - run.front().log_rms) - mean, 2);
    }
    return judge(
        statistics::second_moment_test(square / static_cast<double>(n_runs), variance, kurtosis, n_runs, rates.alpha),
        variance, variance);
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

/// Layer after layer, given ‖x‖ the outputs are iid φ(N(0, gain²‖x‖²/n)): their mean square has the mean
/// of the variance map exactly, whatever happened before, so the layers' deviations add up as those of
/// independent draws.
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
    double ratio = 0, variance = 0;
    for (const auto& states : run_chains<float>(row, id, n_runs, subject, run)) {
      for (std::size_t layer = 1; layer <= depth; ++layer) {
        const Step step = step_of(activation, gain, std::exp(2 * states[layer - 1].log_rms));
        ratio += std::exp(2 * states[layer].log_rms) / step.mean_square;
        variance += step.spread / width;
      }
    }
    const std::size_t n_layers = n_runs * depth;
    const double n = static_cast<double>(n_layers);
    return judge(statistics::normal_mean_test(ratio / n, 1, std::sqrt(variance / n), n_layers, rates.alpha), 1);
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
