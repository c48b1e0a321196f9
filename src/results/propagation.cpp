#include "results/propagation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <filesystem>

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
std::string_view state_of(double log_rms) {
  if (std::isnan(log_rms)) return "not finite";
  return std::isinf(log_rms) ? "zero" : "finite";
}

void tell_gradient(const experiment::Verdict& verdict, ChainRecord& record) {
  if (!verdict.gradient) return;
  record.gradient_fate = name_of(verdict.gradient->fate);
  record.gradient_fate_layer = verdict.gradient->layer;
}

ChainLayer layer_of(const experiment::Runs& runs, std::size_t layer) {
  const double log_rms = experiment::typical_log_rms(runs, layer), nan = std::nan("");
  const experiment::Band signal = experiment::band_over(runs, layer, &LayerState::log_rms),
                         gradient = experiment::band_over(runs, layer, &LayerState::log_gradient);
  return {.layer = layer,
          .mean = nan,
          .stddev = nan,
          .interval = signal.interval,
          .measured = log_rms,
          .state = std::string(state_of(log_rms)),
          .zeros = mean_of(runs, layer, &LayerState::zeros),
          .flat = nan,
          .slope = nan,
          .coverage = signal.coverage,
          .dead = mean_of(runs, layer, &LayerState::dead),
          .correlation = mean_of(runs, layer, &LayerState::correlation),
          .gradient = experiment::median_log_gradient(runs, layer),
          .gradient_interval = gradient.interval,
          .gradient_coverage = gradient.coverage};
}

}  // namespace

ChainRecord record_of(const experiment::StackPropagation& p) {
  const experiment::Verdict verdict = p.verdict();
  const auto& o = p.stack.block;
  ChainRecord record{
      .init = p.name,
      .gain = p.gain,
      .activation = p.activation,
      .width = o.widths.front(),
      .depth = p.stack.depth,
      .batch = p.stack.batch,
      .shared_weights = false,
      .norm = p.norm,
      .residual = o.residual,
      .dtype = p.dtype,
      .weight_stddev = std::nan(""),
      .runs = p.runs.size(),
      .basis = fmt::format("{}; intervals are those of the runs", p.law ? "law of infinite width" : "no law"),
      .fate = std::string(name_of(verdict.signal.fate)),
      .fate_layer = verdict.signal.layer,
      .holding_stddev = std::nan(""),
      .holding_stability = std::nan(""),
      .layers = {},
      .within = p.within,
      .block = p.block,
      .norm_place = p.norm_place,
      .branch_scale = p.branch_scale,
      .widths = fmt::format("{}", fmt::join(o.widths, ",")),
      .heads = p.stack.tokens > 1 ? o.attention.heads : 0,
      .tokens = p.stack.tokens};
  tell_gradient(verdict, record);
  for (std::size_t block = 0; block <= p.stack.depth; ++block) {
    record.layers.push_back(layer_of(p.runs, block));
    if (p.law) record.layers.back().mean = p.law->log_rms[block];
  }
  return record;
}

ChainRecord record_of(const Propagation& p) {
  const experiment::Verdict verdict = p.verdict();
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
                     .fate = std::string(name_of(verdict.signal.fate)),
                     .fate_layer = verdict.signal.layer,
                     .holding_stddev = experiment::holding_stddev(p.chain),
                     .holding_stability = experiment::holding_stability(p.chain),
                     .layers = {},
                     .within = p.within};
  tell_gradient(verdict, record);
  for (std::size_t layer = 0; layer <= p.chain.depth; ++layer) {
    const LayerForecast& law = p.forecast.layers[layer];
    record.layers.push_back({.layer = layer,
                             .mean = law.log_rms.mean,
                             .stddev = law.log_rms.stddev,
                             .interval = law.log_rms.band.interval,
                             .measured = p.log_rms(layer),
                             .state = std::string(state_of(p.log_rms(layer))),
                             .zeros = mean_of(p.runs, layer, &LayerState::zeros),
                             .flat = mean_of(p.runs, layer, &LayerState::saturated),
                             .slope = layer == 0 ? std::nan("") : law.slope,
                             .coverage = law.log_rms.band.coverage,
                             .dead = law.dead,
                             .correlation = mean_of(p.runs, layer, &LayerState::correlation),
                             .gradient = median_log_gradient(p.runs, layer),
                             .gradient_interval = law.log_gradient.band.interval,
                             .gradient_coverage = law.log_gradient.band.coverage});
  }
  return record;
}

ChainRecord record_of(const experiment::GraphPropagation& p) {
  const experiment::Verdict verdict = p.verdict();
  ChainRecord record{.init = p.name,
                     .gain = p.gain,
                     .activation = "graph",
                     .width = 0,
                     .depth = p.nodes.size() - 1,
                     .batch = p.inputs.empty() || p.inputs[0].shape.empty() ? 1 : p.inputs[0].shape[0],
                     .shared_weights = false,
                     .norm = "none",
                     .residual = false,
                     .dtype = "f32",
                     .weight_stddev = std::nan(""),
                     .runs = p.runs.size(),
                     .basis = "no closed law; intervals are those of the runs",
                     .fate = std::string(name_of(verdict.signal.fate)),
                     .fate_layer = verdict.signal.layer,
                     .holding_stddev = std::nan(""),
                     .holding_stability = std::nan(""),
                     .layers = {},
                     .within = p.within,
                     .block = std::string(graph_block),
                     .widths = std::filesystem::path(p.model->path).filename().string()};
  tell_gradient(verdict, record);
  for (std::size_t node = 0; node < p.nodes.size(); ++node) {
    record.layers.push_back(layer_of(p.runs, node));
    record.layers.back().node = p.nodes[node].name;
    record.layers.back().op = p.nodes[node].op;
    record.layers.back().shape = graph::shape_text(p.nodes[node].shape);
  }
  return record;
}

void add_records(const experiment::Networks& networks, std::vector<ChainRecord>& into) {
  const auto each = [&](const auto& all) {
    for (const auto& one : all) into.push_back(record_of(one));
  };
  std::visit(each, networks);
}

}  // namespace sqrtn::results
