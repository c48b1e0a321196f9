#include "results/propagation.hpp"

#include <cmath>

#include "support/words.hpp"

namespace sqrtn::results {
namespace {

using experiment::LayerForecast;
using experiment::LayerState;
using experiment::Propagation;

std::string_view name_of(experiment::Fate fate) {
  constexpr std::string_view names[] = {"holds", "explodes", "vanishes"};
  return word_of(fate, names);
}

/// Why there is no logarithm, where there is none.
std::string_view state_of(const Propagation& p, std::size_t layer) {
  const double log_rms = p.log_rms(layer);
  if (std::isnan(log_rms)) return "not finite";
  return std::isinf(log_rms) ? "zero" : "finite";
}

}  // namespace

ChainRecord record_of(const Propagation& p) {
  const experiment::Course course = p.course();
  ChainRecord record{.init = p.name,
                     .gain = p.gain,
                     .activation = std::string(p.chain.activation->name),
                     .width = p.chain.width,
                     .depth = p.chain.depth,
                     .batch = p.chain.batch,
                     .shared_weights = p.chain.shared,
                     .norm = std::string(to_string(p.chain.norm)),
                     .residual = p.chain.residual,
                     .dtype = p.dtype,
                     .weight_stddev = p.chain.weights.stddev(),
                     .runs = p.runs.size(),
                     .basis = p.forecast.basis,
                     .fate = std::string(name_of(course.fate)),
                     .fate_layer = course.layer,
                     .holding_stddev = experiment::holding_stddev(p.chain),
                     .holding_stability = experiment::holding_stability(p.chain),
                     .layers = {}};
  for (std::size_t layer = 0; layer <= p.chain.depth; ++layer) {
    const LayerForecast& law = p.forecast.layers[layer];
    record.layers.push_back({.layer = layer,
                             .mean = law.mean_log_rms,
                             .stddev = law.stddev_log_rms,
                             .interval = law.log_rms,
                             .measured = p.log_rms(layer),
                             .state = std::string(state_of(p, layer)),
                             .zeros = p.mean(layer, &LayerState::zeros),
                             .flat = p.mean(layer, &LayerState::saturated),
                             .slope = layer == 0 ? std::nan("") : law.slope});
  }
  return record;
}

}  // namespace sqrtn::results
