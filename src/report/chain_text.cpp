#include "report/chain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "report/chain_advice.hpp"
#include "report/table.hpp"
#include "report/verdict_text.hpp"
#include "results/format.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/prediction.hpp"

namespace sqrtn::report {
namespace {

using experiment::LayerForecast;
using experiment::LayerState;
using experiment::Propagation;

bool is_relu(const Propagation& p) { return p.chain.activation->name == "relu"; }

/// Below this, ln of an RMS, products of a weight and an entry are rounded to few bits in float, if they are not lost:
/// the law, of real numbers, no longer speaks of it. Their rounding adds n·u²/12 to a mean square, u = 2⁻¹⁴⁹, which
/// here is less than a thousandth of what they carry.
double least_log_rms(const Propagation& p) {
  if (p.dtype != "f32") return -std::numeric_limits<double>::infinity();
  return std::log(std::sqrt(1000.0 / 12) * std::numeric_limits<float>::denorm_min()) -
         std::log(p.chain.weights.stddev());
}

/// Runs that are neither 0 nor infinite at the layer.
std::size_t alive(const Propagation& p, std::size_t layer) {
  return static_cast<std::size_t>(
      std::ranges::count_if(p.runs, [&](const auto& run) { return std::isfinite(run[layer].log_rms); }));
}

/// (measured − law)/standard error, of ln RMS; a simulated law has an error of its own.
double deviation(const Propagation& p, std::size_t layer) {
  const experiment::LogForecast& law = p.forecast.layers[layer].log_rms;
  const double law_share = p.forecast.n_runs == 0 ? 0 : 1 / static_cast<double>(p.forecast.n_runs);
  const double error = law.stddev * std::sqrt(1 / static_cast<double>(alive(p, layer)) + law_share);
  return (p.log_rms(layer) - law.mean) / error;
}

report::Row layer_row(const Propagation& p, std::size_t layer) {
  const LayerForecast& law = p.forecast.layers[layer];
  const bool in_range = law.log_rms.band.interval.low > least_log_rms(p);
  const double off = in_range ? deviation(p, layer) : std::nan("");
  const std::string measured = std::isnan(p.log_rms(layer)) ? "not finite" : show_log(p.log_rms(layer));
  report::Row row{fmt::to_string(layer),
                  show_log(law.log_rms.mean),
                  in_range ? show_log(law.log_rms.band.interval) : "–",
                  measured,
                  std::isfinite(off) ? fmt::format("{:+.1f}", off) : "–",
                  fmt::format("{:.1f}", 100 * experiment::mean_of(p.runs, layer, &LayerState::zeros)),
                  fmt::format("{:.1f}", 100 * experiment::mean_of(p.runs, layer, &LayerState::saturated)),
                  layer == 0 || std::isnan(law.slope) ? "–" : compact(law.slope, 4),
                  show_log(experiment::median_log_gradient(p.runs, layer)),
                  show_log(law.log_gradient.band.interval)};
  if (p.chain.batch > 1) row.push_back(compact(experiment::mean_of(p.runs, layer, &LayerState::correlation), 3));
  return row;
}

std::vector<std::string> columns_of(const Propagation& p) {
  double signal = 1, gradient = 1;
  for (const LayerForecast& law : p.forecast.layers) {
    signal = std::min(signal, law.log_rms.band.coverage);
    gradient = std::min(gradient, law.log_gradient.band.coverage);
  }
  std::vector<std::string> columns{
      "layer", "law: RMS", coverage_text(signal),  "measured", "deviation", "zeros %", "flat %",
      "χ₁",    "gradient", coverage_text(gradient)};
  if (p.chain.batch > 1) columns.emplace_back("correlation");
  return columns;
}

/// The first few layers, every tenth of the rest or so, and where the fate is met.
std::set<std::size_t> chosen_layers(const Propagation& p, bool all) {
  std::set<std::size_t> layers{0, p.chain.depth, p.verdict().signal.layer};
  if (const auto gradient = p.verdict().gradient) layers.insert(gradient->layer);
  const std::size_t step = all ? 1 : std::max<std::size_t>(1, p.chain.depth / 10);
  for (std::size_t layer = 0; layer <= p.chain.depth; layer += step) layers.insert(layer);
  for (const std::size_t layer : {1, 2, 5}) {
    if (layer <= p.chain.depth) layers.insert(layer);
  }
  return layers;
}

/// The layers in which the law expects the first entry that float cannot hold.
std::string range_law(const Propagation& p, bool overflow) {
  const std::size_t n = p.chain.width, depth = p.chain.depth;
  const double variance = p.chain.weights.variance, most = static_cast<double>(depth);
  const auto masses = overflow ? laws::first_overflow(n, depth, variance, is_relu(p), laws::float_overflow)
                               : laws::first_vanishing(n, depth, variance, is_relu(p), laws::float_underflow);
  const statistics::Interval layers = laws::counts(1, masses, "exact").interval();
  if (overflow) {
    return fmt::format("the law says {:.0f} to {:.0f} in 99 % of runs", layers.low, std::min(layers.high, most));
  }
  const double growth = std::sqrt(static_cast<double>(n) * variance / (is_relu(p) ? 2 : 1));
  const auto shift = laws::vanishing_shift(std::sqrt(variance), growth);
  if (!shift) return "no law says where: the rounding of subnormals may keep such a chain alive";
  return fmt::format(
      "the law says {:.0f} to {:.0f} in at least 99 % of runs, as products vanish up to {:.0f} layers before entries "
      "do",
      std::max(1.0, std::floor(layers.low - shift->earlier)), std::min(most, std::ceil(layers.high + shift->later)),
      std::ceil(shift->earlier));
}

/// And where it was met.
std::string range_text(const Propagation& p) {
  const bool exact = p.forecast.basis == "exact law" && p.dtype == "f32";
  std::size_t first = p.chain.depth + 1, last = 0;
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
  return text + (exact ? "; " + range_law(p, overflow) : "") + ".\n";
}

std::string dead_text(const Propagation& p) {
  const double by_law = p.forecast.layers.back().dead;
  const auto dead = std::ranges::count_if(p.runs, [](const auto& run) { return run.back().dead > 0; });
  if (by_law < 1e-3) return {};
  return fmt::format(
      "Dead: a row's outputs are all 0 somewhere with probability {:.3g} %; {} of {} runs had such rows. Law and "
      "measurement are of the rows that live.\n",
      100 * by_law, dead, p.runs.size());
}

/// RMS of the gradient at the input over that at the last layer, and what it is a block.
std::string gradient_text(const Propagation& p) {
  const double measured = experiment::median_log_gradient(p.runs, 0), depth = static_cast<double>(p.chain.depth);
  if (std::isnan(measured)) return {};
  const experiment::Band& band = p.forecast.layers[0].log_gradient.band;
  std::string text = fmt::format("Gradients: RMS times {} from the last layer to the first; {} {}.\n",
                                 show_log(measured), coverage_text(band.coverage), show_log(band.interval));
  if (p.chain.residual) {
    text += fmt::format("A block multiplies the signal's RMS by {} and the gradient's by {}.\n",
                        show_log((p.log_rms(p.chain.depth) - p.log_rms(0)) / depth), show_log(measured / depth));
  }
  return text;
}

/// "100 layers of 512, relu, fresh weights, gain 1.41421, f32": what a table is of.
std::string title_of(const Propagation& p) {
  std::string text = fmt::format("{} layers of {}, {}, {} weights", p.chain.depth, p.chain.width,
                                 p.chain.activation->name, p.chain.shared ? "shared" : "fresh");
  if (p.chain.norm != experiment::Norm::none) text += fmt::format(", {} norm", to_string(p.chain.norm));
  if (p.chain.residual) text += ", residual";
  if (p.chain.batch > 1) text += fmt::format(", {} rows", p.chain.batch);
  return text + fmt::format(", gain {}, {}", compact(p.gain), p.dtype);
}

}  // namespace

std::string propagation_text(const Propagation& p, bool all) {
  Table table{.title = p.name + ", " + title_of(p), .columns = columns_of(p), .rows = {}};
  for (const std::size_t layer : chosen_layers(p, all)) table.rows.push_back(layer_row(p, layer));
  const double end = p.log_rms(p.chain.depth);
  const std::string verdict =
      fmt::format("Verdict: {}; RMS {} after {} layers in {}, {} run{}, {}.\n", verdict_text(p.verdict()),
                  std::isnan(end) ? "not finite" : show_log(end), p.chain.depth, p.dtype, p.runs.size(),
                  p.runs.size() == 1 ? "" : "s", p.forecast.basis);
  return verdict + '\n' + to_markdown(table) + '\n' + range_text(p) + dead_text(p) + gradient_text(p) + advice(p);
}

std::string comparison_text(const std::vector<Propagation>& propagations) {
  double coverage = 1;
  for (const Propagation& p : propagations) {
    coverage = std::min(coverage, p.forecast.layers.back().log_rms.band.coverage);
  }
  Table table{.title = "Initialisers compared",
              .columns = {"init", "gain", "verdict", "law: RMS at the end", coverage_text(coverage), "measured",
                          "flat %", "gradients", "gain that holds"},
              .rows = {}};
  for (const Propagation& p : propagations) {
    const report::Row end = layer_row(p, p.chain.depth);
    table.rows.push_back({p.name, compact(p.gain), short_verdict(p.verdict()), end[1], end[2], end[3], end[6],
                          show_log(experiment::median_log_gradient(p.runs, 0)), short_advice(p)});
  }
  return to_markdown(table);
}

}  // namespace sqrtn::report
