#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <set>

#include "propagate.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/prediction.hpp"
#include "sqrtn/report/format.hpp"
#include "sqrtn/report/table.hpp"

namespace sqrtn::command {
namespace {

using experiment::Fate;
using experiment::LayerForecast;
using experiment::LayerState;

/// "0.9063" from a logarithm, also where the number itself leaves the range of double.
std::string show_log(double log_x) {
  if (std::isnan(log_x)) return "–";
  if (std::isinf(log_x)) return log_x < 0 ? "0" : "inf";
  const double log10_x = log_x / std::numbers::ln10;
  if (log10_x > -4 && log10_x < 6) return report::significant(std::exp(log_x));
  const double exponent = std::floor(log10_x);
  return fmt::format("{:.3f}e{:+03.0f}", std::pow(10, log10_x - exponent), exponent);
}

double mean_over_runs(const Propagation& p, std::size_t layer, double LayerState::*field) {
  double sum = 0;
  for (const auto& run : p.runs) sum += run[layer].*field;
  return sum / static_cast<double>(p.runs.size());
}

/// (measured − law)/standard error, of ln RMS.
double deviation(const Propagation& p, std::size_t layer) {
  const LayerForecast& law = p.forecast.layers[layer];
  return (p.log_rms(layer) - law.mean_log_rms) / law.stddev_log_rms * std::sqrt(static_cast<double>(p.runs.size()));
}

std::vector<std::string> layer_row(const Propagation& p, std::size_t layer) {
  const LayerForecast& law = p.forecast.layers[layer];
  const double off = deviation(p, layer);
  const std::string measured = std::isnan(p.log_rms(layer)) ? "not finite" : show_log(p.log_rms(layer));
  return {fmt::to_string(layer),
          show_log(law.mean_log_rms),
          std::isfinite(law.log_rms.low) && law.log_rms.low < law.log_rms.high
              ? fmt::format("[{}, {}]", show_log(law.log_rms.low), show_log(law.log_rms.high))
              : "–",
          measured,
          std::isfinite(off) ? fmt::format("{:+.1f}", off) : "–",
          fmt::format("{:.1f}", 100 * mean_over_runs(p, layer, &LayerState::zeros)),
          fmt::format("{:.1f}", 100 * mean_over_runs(p, layer, &LayerState::saturated)),
          layer == 0 || std::isnan(law.slope) ? "–" : report::compact(law.slope, 4)};
}

/// The first few layers, every tenth of the rest or so, and where the fate is met.
std::set<std::size_t> chosen_layers(const Propagation& p, bool all) {
  std::set<std::size_t> layers{0, p.chain.depth, p.course().layer};
  const std::size_t step = all ? 1 : std::max<std::size_t>(1, p.chain.depth / 10);
  for (std::size_t layer = 0; layer <= p.chain.depth; layer += step) layers.insert(layer);
  for (const std::size_t layer : {1, 2, 5}) {
    if (layer <= p.chain.depth) layers.insert(layer);
  }
  return layers;
}

std::string fate_text(const experiment::Course& course) {
  switch (course.fate) {
    case Fate::explodes:
      return fmt::format("explodes at layer {}, where the RMS passes 1000 times the input's", course.layer);
    case Fate::vanishes:
      return fmt::format("vanishes at layer {}, where the RMS falls below 1/1000 of the input's", course.layer);
    case Fate::holds:
      return "holds";
  }
  return {};
}

/// The layers in which the law expects the first entry that float cannot hold, and where it was met.
std::string range_text(const Propagation& p) {
  const bool exact = p.forecast.basis == "exact law" && p.dtype == "f32";
  const std::size_t n = p.chain.width, depth = p.chain.depth;
  std::size_t first = depth + 1, last = 0;
  for (const auto& run : p.runs) {
    const auto met = std::ranges::find_if(run, [](const LayerState& s) { return !s.finite || s.max == 0; });
    if (met == run.end()) return {};
    const auto layer = static_cast<std::size_t>(met - run.begin());
    first = std::min(first, layer);
    last = std::max(last, layer);
  }
  const bool overflow = !p.runs[0].back().finite;
  std::string text = fmt::format("{} in layer {}", overflow ? "First entry that is not finite" : "All entries 0",
                                 first == last ? fmt::to_string(first) : fmt::format("{} to {}", first, last));
  if (exact) {
    const bool relu = p.chain.activation->name == "relu";
    const auto law = overflow ? laws::first_overflow(n, depth, p.chain.weights.variance, relu, laws::float_overflow)
                              : laws::first_vanishing(n, depth, p.chain.weights.variance, relu, laws::float_underflow);
    const statistics::Interval layers = laws::counts(1, law, "exact").interval();
    text += fmt::format("; the law says {:.0f} to {:.0f} in 99 % of runs{}", layers.low, layers.high,
                        overflow ? "" : ", rounding of the last subnormals apart");
  }
  return text + ".\n";
}

/// ln of the factor by which the RMS of a gradient changes from the last layer to the first: ½Σ ln χ₁.
double log_gradient(const Propagation& p) {
  double log_growth = 0;
  for (std::size_t layer = 1; layer <= p.chain.depth; ++layer) {
    log_growth += std::log(p.forecast.layers[layer].slope) / 2;
  }
  return log_growth;
}

std::string gradient_text(const Propagation& p) {
  if (std::isnan(log_gradient(p))) return {};
  return fmt::format("Gradients: RMS times {} from the last layer to the first, by χ₁.\n", show_log(log_gradient(p)));
}

std::string advice(const Propagation& p) {
  if (p.chain.norm != experiment::Norm::none && !p.chain.residual) return "The norm holds the signal at any gain.\n";
  const double needed = experiment::holding_stddev(p.chain);
  const double gain = p.gain * needed / p.chain.weights.stddev();
  if (std::fabs(gain / p.gain - 1) < 1e-6) return "This gain is the one that keeps the second moment.\n";
  return fmt::format("{}: --gain {:.6g} with {} (standard deviation {:.4g}{}).\n",
                     p.course().fate == Fate::holds ? "To keep the second moment of pre-activations" : "To hold it",
                     gain, p.name, needed, p.chain.residual ? ", the branch scaled by 1/√depth" : "");
}

}  // namespace

double Propagation::log_rms(std::size_t layer) const { return mean_over_runs(*this, layer, &LayerState::log_rms); }

experiment::Course Propagation::course() const {
  std::vector<double> logs;
  for (std::size_t layer = 0; layer <= chain.depth; ++layer) logs.push_back(log_rms(layer));
  return experiment::course(logs);
}

std::string propagation_text(const Propagation& p, bool all) {
  report::Table table{
      .title = fmt::format("{}, {}, {} × {} layers of {}", p.name, p.chain.activation->name, p.chain.depth,
                           p.chain.shared ? "one matrix" : "fresh", p.chain.width),
      .columns = {"layer", "law: RMS", "99 % of runs", "measured", "deviation", "zeros %", "flat %", "χ₁"},
      .rows = {}};
  for (const std::size_t layer : chosen_layers(p, all)) table.rows.push_back(layer_row(p, layer));
  std::string text = report::to_markdown(table) + '\n';
  const double end = p.log_rms(p.chain.depth);
  text += fmt::format("Verdict: {}; RMS {} after {} layers in {}, {} run{}, {}.\n", fate_text(p.course()),
                      std::isnan(end) ? "not finite" : show_log(end), p.chain.depth, p.dtype, p.runs.size(),
                      p.runs.size() == 1 ? "" : "s", p.forecast.basis);
  return text + range_text(p) + gradient_text(p) + advice(p);
}

std::string comparison_text(const std::vector<Propagation>& propagations) {
  report::Table table{.title = "Initialisers compared",
                      .columns = {"init", "gain", "verdict", "law: RMS at the end", "99 % of runs", "measured",
                                  "flat %", "gradients", "gain that holds"},
                      .rows = {}};
  for (const Propagation& p : propagations) {
    const std::vector<std::string> end = layer_row(p, p.chain.depth);
    const std::string fate = fate_text(p.course());
    table.rows.push_back({p.name, report::compact(p.gain), fate.substr(0, fate.find(',')), end[1], end[2], end[3],
                          end[6], show_log(log_gradient(p)),
                          report::compact(p.gain * experiment::holding_stddev(p.chain) / p.chain.weights.stddev())});
  }
  return report::to_markdown(table);
}

nlohmann::ordered_json propagation_json(const Propagation& p) {
  const auto number = [](double x) { return std::isfinite(x) ? nlohmann::ordered_json(x) : nlohmann::ordered_json(); };
  nlohmann::ordered_json json{{"init", p.name},
                              {"gain", p.gain},
                              {"activation", p.chain.activation->name},
                              {"width", p.chain.width},
                              {"depth", p.chain.depth},
                              {"batch", p.chain.batch},
                              {"shared_weights", p.chain.shared},
                              {"residual", p.chain.residual},
                              {"dtype", p.dtype},
                              {"weight_stddev", p.chain.weights.stddev()},
                              {"runs", p.runs.size()},
                              {"basis", p.forecast.basis},
                              {"verdict", fate_text(p.course())},
                              {"holding_stddev", experiment::holding_stddev(p.chain)}};
  for (std::size_t layer = 0; layer <= p.chain.depth; ++layer) {
    const LayerForecast& law = p.forecast.layers[layer];
    json["layers"].push_back({{"layer", layer},
                              {"log_rms_mean", number(law.mean_log_rms)},
                              {"log_rms_stddev", number(law.stddev_log_rms)},
                              {"log_rms_interval", {number(law.log_rms.low), number(law.log_rms.high)}},
                              {"log_rms_measured", number(p.log_rms(layer))},
                              {"zeros", number(mean_over_runs(p, layer, &LayerState::zeros))},
                              {"flat", number(mean_over_runs(p, layer, &LayerState::saturated))},
                              {"slope", layer == 0 ? nlohmann::ordered_json() : number(law.slope)}});
  }
  return json;
}

report::Curve curve_of(const Propagation& p) {
  report::Curve curve{.title = p.name, .predicted = {}, .low = {}, .high = {}, .measured = {}};
  for (std::size_t layer = 0; layer <= p.chain.depth; ++layer) {
    const LayerForecast& law = p.forecast.layers[layer];
    curve.predicted.push_back(law.mean_log_rms / std::numbers::ln10);
    curve.low.push_back(law.log_rms.low / std::numbers::ln10);
    curve.high.push_back(law.log_rms.high / std::numbers::ln10);
    curve.measured.push_back(p.log_rms(layer) / std::numbers::ln10);
  }
  return curve;
}

}  // namespace sqrtn::command
