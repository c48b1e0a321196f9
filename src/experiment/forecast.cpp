#include "experiment/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/activation.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/prediction.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::experiment {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

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

LogForecast exact_layer(const Chain& chain, std::size_t layer) {
  laws::LogSum law = laws::normal_input(chain.width);
  law.add(static_cast<double>(layer) * std::log(chain.weights.variance) - std::log(chain.width));
  if (is(chain, "relu")) {
    law.add_rectified(chain.width, layer);
  } else {
    law.add_chi_squared(static_cast<double>(chain.width), layer);
  }
  return {law.mean() / 2, law.stddev() / 2, {{law.quantile(0.005) / 2, law.quantile(0.995) / 2}, 0.99}};
}

/// Of what is given; a NaN among it makes mean and deviation one.
LogForecast simulated(std::vector<double> logs) {
  if (logs.empty()) return {nan, nan, {{nan, nan}, 0}};
  statistics::Moments moments;
  for (const double log : logs) moments.add(log);
  return {*moments.mean(), std::sqrt(moments.unbiased_variance().value_or(0)), band_of(std::move(logs))};
}

/// Over the runs whose signal is not 0 at that layer.
LayerForecast simulated_layer(const Runs& runs, std::size_t layer) {
  std::vector<double> logs, gradients;
  LayerForecast result;
  for (const auto& run : runs) {
    result.dead += run[layer].dead / static_cast<double>(runs.size());
    if (run[layer].dead < 1) logs.push_back(run[layer].log_rms);
    if (!std::isnan(run[layer].log_gradient)) gradients.push_back(run[layer].log_gradient);
  }
  result.log_rms = simulated(std::move(logs));
  result.log_gradient = simulated(std::move(gradients));
  return result;
}

/// N + 1 a multiple of 400 between 400 and 2,000, by how much one run takes of `budget`.
std::size_t field_runs(const Chain& chain) {
  constexpr double budget = 5e7;
  const double entries = static_cast<double>(chain.width) * static_cast<double>(chain.depth);
  return 400 * static_cast<std::size_t>(std::clamp(budget / entries / 400, 1.0, 5.0)) - 1;
}

/// As many as some 2e10 operations allow, of which an entry that is drawn counts for 40.
std::size_t matrix_runs(const Chain& chain) {
  const double width = static_cast<double>(chain.width), depth = static_cast<double>(chain.depth);
  const double drawn = (chain.shared ? 1 : 2 * depth) * 40, multiplied = 4 * depth * static_cast<double>(chain.batch);
  const double runs = 2e10 / (width * width * (drawn + multiplied));
  return runs < 199 ? static_cast<std::size_t>(std::max(runs, 19.0)) : runs < 399 ? 199 : runs < 1999 ? 399 : 1999;
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
  Runs runs;
  const bool exact = has_exact_law(chain);
  if (chain.shared || chain.norm == Norm::batch) {
    runs = run_chains<double>(chain, blas, stream, matrix_runs(chain), threads, draw);
    result.basis = fmt::format("no closed law: {} chains with other matrices, in double", runs.size());
  } else {
    Chain row = chain;
    row.batch = 1;
    if (!exact || chain.gradients) runs = simulate_field(row, stream, field_runs(chain), threads, true);
    const bool leading = !chain.orthogonal && chain.weights.law != init::Law::normal;
    result.basis =
        exact ? "exact law"
              : fmt::format("law of one row{}, simulated {} times", leading ? " to order 1/n" : "", runs.size());
  }
  result.n_runs = exact ? 0 : runs.size();
  result.layers.resize(chain.depth + 1);
  parallel_for(chain.depth + 1, threads, [&](std::size_t layer) {
    LayerForecast& at = result.layers[layer];
    at = simulated_layer(runs, layer);
    if (!exact) return;
    at.log_rms = exact_layer(chain, layer);
    at.dead = is(chain, "relu")
                  ? -std::expm1(static_cast<double>(layer) * std::log1p(-std::exp2(-static_cast<double>(chain.width))))
                  : 0;
  });
  parallel_for(chain.depth, threads, [&](std::size_t before) {
    result.layers[before + 1].slope = slope_of(chain, result.layers[before].log_rms.mean);
  });
  return result;
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

double holding_slope(const Chain& chain) {
  const init::Activation& activation = activation_of(chain);
  return laws::slope(activation, init::gain(activation), 1);
}

}  // namespace sqrtn::experiment
