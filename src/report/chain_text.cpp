#include "report/chain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "report/table.hpp"
#include "results/format.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/prediction.hpp"

namespace sqrtn::report {
namespace {

using experiment::Fate;
using experiment::LayerForecast;
using experiment::LayerState;
using experiment::Propagation;

/// "0.9063" from a logarithm, also where the number itself leaves the range of double.
std::string show_log(double log_x) {
  if (std::isnan(log_x)) return "–";
  if (std::isinf(log_x)) return log_x < 0 ? "0" : "inf";
  const double log10_x = log_x / std::numbers::ln10;
  if (log10_x > -4 && log10_x < 6) return significant(std::exp(log_x));
  const double exponent = std::floor(log10_x);
  return fmt::format("{:.3f}e{:+03.0f}", std::pow(10, log10_x - exponent), exponent);
}

/// (measured − law)/standard error, of ln RMS; a simulated law has an error of its own.
double deviation(const Propagation& p, std::size_t layer) {
  const LayerForecast& law = p.forecast.layers[layer];
  const double law_share = p.forecast.n_runs == 0 ? 0 : 1 / static_cast<double>(p.forecast.n_runs);
  const double error = law.stddev_log_rms * std::sqrt(1 / static_cast<double>(p.runs.size()) + law_share);
  return (p.log_rms(layer) - law.mean_log_rms) / error;
}

report::Row layer_row(const Propagation& p, std::size_t layer) {
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
          fmt::format("{:.1f}", 100 * p.mean(layer, &LayerState::zeros)),
          fmt::format("{:.1f}", 100 * p.mean(layer, &LayerState::saturated)),
          layer == 0 || std::isnan(law.slope) ? "–" : compact(law.slope, 4)};
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
      return "holds, the RMS within a factor 1000 of the input's";
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
    // The last subnormals' products round to 0 one by one, a layer or two before their sum would.
    text += fmt::format("; the law says {:.0f} to {:.0f} in 99 % of runs", layers.low - (overflow ? 0 : 2),
                        std::min(layers.high, static_cast<double>(depth)));
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

/// The gain that holds the signal, in the rule's own terms.
double holding_gain(const Propagation& p) {
  return p.gain * experiment::holding_stddev(p.chain) / p.chain.weights.stddev();
}

/// Homogeneous up to the error of quadrature: neither grows a deviation nor heals it.
bool is_unstable(const Propagation& p) { return experiment::holding_stability(p.chain) > 1 + 1e-6; }

std::string advice_under_norm(const Propagation& p) {
  if (p.chain.residual) {
    return "Under a norm the gain has no effect: each block adds the same branch. Start the norm's own gain at 0.\n";
  }
  if (p.course().fate == Fate::holds)
    return "The norm holds the signal at any gain that is not lost in its ε = 1e-5.\n";
  return "The norm's ε = 1e-5 is larger than the variance that it divides by: raise the gain.\n";
}

std::string advice(const Propagation& p) {
  if (p.chain.norm != experiment::Norm::none) return advice_under_norm(p);
  const double gain = holding_gain(p);
  if (is_unstable(p) && !p.chain.residual) {
    return fmt::format(
        "No gain holds {} for long: at {:.6g} the second moment is kept, but a deviation of it grows by a factor "
        "{:.3f} "
        "a layer. Take --norm layer.\n",
        p.chain.activation->name, gain, experiment::holding_stability(p.chain));
  }
  if (std::fabs(gain / p.gain - 1) < 1e-5) {
    return p.course().fate == Fate::holds || p.chain.residual
               ? "This gain is the one that keeps the second moment.\n"
               : fmt::format(
                     "This gain keeps the second moment, but {} units are too few: the typical run decays. "
                     "Take a larger --width.\n",
                     p.chain.width);
  }
  return fmt::format("{}: --gain {:.6g} with {} (standard deviation {:.4g}{}).\n",
                     p.course().fate == Fate::holds ? "To keep the second moment of pre-activations" : "To hold it",
                     gain, p.name, experiment::holding_stddev(p.chain),
                     p.chain.residual ? ", the branch scaled down with the depth" : "");
}

std::string short_advice(const Propagation& p) {
  if (p.chain.norm != experiment::Norm::none) return "any";
  return is_unstable(p) && !p.chain.residual ? "none" : compact(holding_gain(p));
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
  Table table{.title = p.name + ", " + title_of(p),
              .columns = {"layer", "law: RMS", "99 % of runs", "measured", "deviation", "zeros %", "flat %", "χ₁"},
              .rows = {}};
  for (const std::size_t layer : chosen_layers(p, all)) table.rows.push_back(layer_row(p, layer));
  std::string text = to_markdown(table) + '\n';
  const double end = p.log_rms(p.chain.depth);
  text += fmt::format("Verdict: {}; RMS {} after {} layers in {}, {} run{}, {}.\n", fate_text(p.course()),
                      std::isnan(end) ? "not finite" : show_log(end), p.chain.depth, p.dtype, p.runs.size(),
                      p.runs.size() == 1 ? "" : "s", p.forecast.basis);
  return text + range_text(p) + gradient_text(p) + advice(p);
}

std::string comparison_text(const std::vector<Propagation>& propagations) {
  Table table{.title = "Initialisers compared",
              .columns = {"init", "gain", "verdict", "law: RMS at the end", "99 % of runs", "measured", "flat %",
                          "gradients", "gain that holds"},
              .rows = {}};
  for (const Propagation& p : propagations) {
    const report::Row end = layer_row(p, p.chain.depth);
    const std::string fate = fate_text(p.course());
    table.rows.push_back({p.name, compact(p.gain), fate.substr(0, fate.find(',')), end[1], end[2], end[3], end[6],
                          show_log(log_gradient(p)), short_advice(p)});
  }
  return to_markdown(table);
}

}  // namespace sqrtn::report
