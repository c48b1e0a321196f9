#include "experiment/forecast.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/activation.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/prediction.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::experiment {
namespace {

constexpr double limit_of_holding = 1000;
constexpr std::size_t field_runs = 400, chain_runs = 50;

bool is(const Chain& chain, const char* name) {
  return chain.activation == nullptr ? name == std::string_view("identity") : chain.activation->name == name;
}

const init::Activation& activation_of(const Chain& chain) {
  return chain.activation == nullptr ? init::find_activation("identity") : *chain.activation;
}

bool has_exact_law(const Chain& chain) {
  return (is(chain, "identity") || is(chain, "relu")) && chain.weights.law == init::Law::normal && !chain.shared &&
         !chain.orthogonal && chain.norm == Norm::none && !chain.residual;
}

LayerForecast exact_layer(const Chain& chain, std::size_t layer) {
  laws::LogSum law = laws::normal_input(chain.width);
  law.add(static_cast<double>(layer) * std::log(chain.weights.variance) - std::log(chain.width));
  if (is(chain, "relu")) {
    law.add_rectified(chain.width, layer);
  } else {
    law.add_chi_squared(static_cast<double>(chain.width), layer);
  }
  return {law.mean() / 2, law.stddev() / 2, {law.quantile(0.005) / 2, law.quantile(0.995) / 2}, 0};
}

/// A layer at which runs are not finite, or 0, has no logarithm to speak of: NaN.
LayerForecast simulated_layer(const std::vector<std::vector<LayerState>>& runs, std::size_t layer) {
  statistics::Moments logs;
  for (const auto& run : runs) logs.add(run[layer].log_rms);
  const double mean = *logs.mean(), stddev = std::sqrt(logs.unbiased_variance().value_or(0));
  if (!(stddev > 0) || !std::isfinite(mean)) return {mean, stddev, {mean, mean}, 0};
  return {mean, stddev, laws::next_normal(logs).interval(), 0};
}

/// χ₁ at the pre-activations that the forecast says. A layer norm divides by √(σ²n·q + ε), q the mean
/// square before the layer, and the gradient on its way back too: E φ'(z)²·σ²n/(σ²n·q + ε). Batch norm
/// mixes the rows' gradients, and has no such law.
double slope_of(const Chain& chain, double log_rms_before) {
  const double gain_squared = static_cast<double>(chain.width) * chain.weights.variance;
  const double preactivation = gain_squared * std::exp(2 * log_rms_before), skip = chain.residual ? 1 : 0;
  if (chain.norm == Norm::batch || !std::isfinite(preactivation)) return std::nan("");
  const init::Activation& activation = activation_of(chain);
  if (chain.norm == Norm::none) return laws::slope(activation, std::sqrt(gain_squared), preactivation) + skip;
  const double variance = preactivation / (preactivation + norm_epsilon);
  return laws::slope(activation, 1, variance) * gain_squared / (preactivation + norm_epsilon) + skip;
}

}  // namespace

Forecast forecast(const Chain& chain, const blas::Functions& blas, const random::Stream& stream, unsigned threads,
                  const WeightDraw<double>& draw) {
  Forecast result;
  std::vector<std::vector<LayerState>> runs;
  if (has_exact_law(chain)) {
    result.basis = "exact law";
  } else if (chain.shared || chain.norm == Norm::batch) {
    result.basis = fmt::format("no closed law: {} chains with other matrices, in double", chain_runs);
    runs = run_chains<double>(chain, blas, stream, chain_runs, threads, draw);
  } else {
    const bool exact = chain.orthogonal || chain.weights.law == init::Law::normal;
    result.basis = fmt::format("law of one row{}, simulated {} times", exact ? "" : " to order 1/n", field_runs);
    Chain row = chain;
    row.batch = 1;
    runs = simulate_field(row, stream, field_runs, threads);
  }
  result.n_runs = runs.size();
  result.layers.resize(chain.depth + 1);
  parallel_for(chain.depth + 1, threads, [&](std::size_t layer) {
    result.layers[layer] = runs.empty() ? exact_layer(chain, layer) : simulated_layer(runs, layer);
  });
  parallel_for(chain.depth, threads, [&](std::size_t before) {
    result.layers[before + 1].slope = slope_of(chain, result.layers[before].mean_log_rms);
  });
  return result;
}

Course course(const std::vector<double>& log_rms) {
  const double allowed = std::log(limit_of_holding);
  for (std::size_t layer = 1; layer < log_rms.size(); ++layer) {
    const double growth = log_rms[layer] - log_rms[0];
    if (std::isnan(growth) || growth > allowed) return {Fate::explodes, layer};
    if (growth < -allowed) return {Fate::vanishes, layer};
  }
  return {Fate::holds, log_rms.empty() ? 0 : log_rms.size() - 1};
}

double holding_stddev(const Chain& chain) {
  const init::Activation& activation = activation_of(chain);
  const double held = init::gain(activation) / std::sqrt(static_cast<double>(chain.width));
  if (!chain.residual) return held;
  const double depth = static_cast<double>(chain.depth);
  const bool coherent = std::fabs(init::normal_expectation(activation.value, activation.kinks)) > 1e-9;
  return held / (coherent ? depth : std::sqrt(depth));
}

double holding_stability(const Chain& chain) {
  const init::Activation& activation = activation_of(chain);
  const double gain = init::gain(activation), step = 1e-4;
  const auto log_map = [&](double log_q) {
    // The map of pre-activations, whose fixed point is q = 1.
    return std::log(laws::variance_map(activation, 1, std::exp(log_q)) * gain * gain);
  };
  return (log_map(step) - log_map(-step)) / (2 * step);
}

}  // namespace sqrtn::experiment
