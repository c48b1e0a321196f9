#include "report/chain_advice.hpp"

#include <fmt/format.h>

#include <cmath>

#include "report/table.hpp"
#include "report/verdict_text.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using experiment::Fate;
using experiment::Propagation;

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
  const experiment::Verdict verdict = p.verdict();
  if (p.chain.norm == experiment::Norm::batch && verdict.gradient && verdict.gradient->fate == Fate::explodes) {
    return "Batch norm itself grows gradients, at any gain: take --residual, --norm layer or fewer layers.\n";
  }
  if (verdict.signal.fate == Fate::holds)
    return "The norm holds the signal at any gain that is not lost in its ε = 1e-5.\n";
  return "The norm's ε = 1e-5 is larger than the variance that it divides by: raise the gain.\n";
}

std::string signal_advice(const Propagation& p) {
  if (p.chain.norm != experiment::Norm::none) return advice_under_norm(p);
  const double gain = holding_gain(p);
  if (is_unstable(p) && !p.chain.residual) {
    return fmt::format(
        "No gain holds {} for long{}: at {:.6g} the second moment is kept, but a deviation of it grows by a factor "
        "{:.3f} a layer. Take --norm layer.\n",
        p.chain.activation->name, p.verdict().holds() ? ", though these layers do" : "", gain,
        experiment::holding_stability(p.chain));
  }
  if (std::fabs(gain / p.gain - 1) < 1e-5) {
    return p.verdict().signal.fate == Fate::holds || p.chain.residual
               ? "This gain is the one that keeps the second moment.\n"
               : fmt::format(
                     "This gain keeps the second moment, but {} units are too few: the typical run decays. "
                     "Take a larger --width.\n",
                     p.chain.width);
  }
  return fmt::format(
      "{}: --gain {:.6g} with {} (standard deviation {:.4g}{}).\n",
      p.verdict().signal.fate == Fate::holds ? "To keep the second moment of pre-activations" : "To hold it", gain,
      p.name, experiment::holding_stddev(p.chain), p.chain.residual ? ", the branch scaled down with the depth" : "");
}

/// Where the gain that keeps the signal does not keep gradients.
std::string gradient_advice(const Propagation& p) {
  const experiment::Verdict verdict = p.verdict();
  const double slope = experiment::holding_slope(p.chain);
  if (verdict.holds() || p.chain.norm != experiment::Norm::none || p.chain.residual || std::fabs(slope - 1) < 0.05) {
    return {};
  }
  return fmt::format(
      "At the gain that keeps the signal χ₁ is {:.3f}, which multiplies a gradient's RMS by {} over {} "
      "layers: no gain keeps both. Take --residual, or another activation.\n",
      slope, show_log(std::log(slope) / 2 * static_cast<double>(p.chain.depth)), p.chain.depth);
}

}  // namespace

std::string advice(const Propagation& p) { return signal_advice(p) + gradient_advice(p); }

std::string short_advice(const Propagation& p) {
  if (p.chain.norm != experiment::Norm::none) return "any";
  return is_unstable(p) && !p.chain.residual ? "none" : compact(holding_gain(p));
}

}  // namespace sqrtn::report
