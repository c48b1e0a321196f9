#include "report/sweep_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/table.hpp"
#include "report/verdict_text.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using experiment::Exponent;
using experiment::LayerState;

bool stays(const Exponent& e, double most) { return e.interval.low > -most && e.interval.high < most; }
bool scales(const Exponent& e, double most) { return e.interval.high < -most || e.interval.low > most; }

std::string exponent_text(const char* what, const Exponent& e) {
  return fmt::format("{} ∝ width^{:.3f}, 99 % interval [{:.3f}, {:.3f}]\n", what, e.value, e.interval.low,
                     e.interval.high);
}

}  // namespace

std::string sweep_text(const std::string& title, const std::vector<std::size_t>& widths,
                       const std::vector<experiment::Runs>& runs, const std::vector<double>& log_readout, double within,
                       double within_exponent) {
  Table table{
      .title = title, .columns = {"width", "RMS at the end", "logits", "gradient at the input", "verdict"}, .rows = {}};
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const double end = experiment::typical_log_rms(runs[i], runs[i][0].size() - 1);
    table.rows.push_back({fmt::to_string(widths[i]), show_log(end), show_log(end + log_readout[i]),
                          show_log(experiment::median_log_gradient(runs[i], 0)),
                          short_verdict(experiment::verdict_of(runs[i], within))});
  }
  const auto end_of = [](const std::vector<LayerState>& run) { return run.back().log_rms; };
  const auto gradient_of = [](const std::vector<LayerState>& run) { return run.front().log_gradient; };
  const Exponent signal = exponent_of(widths, runs, end_of), gradient = exponent_of(widths, runs, gradient_of);
  // The readout is a law and has no spread: its slope moves the signal's.
  const double moved = experiment::slope_of(widths, log_readout);
  const Exponent logits{signal.value + moved, {signal.interval.low + moved, signal.interval.high + moved}};
  std::string text = to_markdown(table) + '\n' + exponent_text("Activations", signal) +
                     exponent_text("Logits", logits) + exponent_text("Gradients", gradient);
  const Exponent all[] = {signal, logits, gradient};
  const bool all_stay = std::ranges::all_of(all, [&](const Exponent& e) { return stays(e, within_exponent); });
  const bool some_scale = std::ranges::any_of(all, [&](const Exponent& e) { return scales(e, within_exponent); });
  const std::string verdict =
      all_stay ? fmt::format("holds: no exponent beyond ±{}, so what is tuned narrow is tuned wide", within_exponent)
      : some_scale
          ? fmt::format("scales with the width: an exponent beyond ±{}; learning rates and gains do not transfer",
                        within_exponent)
          : "not resolved: take more --replicates or a wider range";
  return fmt::format("Verdict: {}.\n\n{}", verdict, text);
}

}  // namespace sqrtn::report
