#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiment/notebooks/cells.hpp"
#include "sqrtn/laws/chain.hpp"

/// Notebook 004: a batch of 64 rows of 100 through ReLU layers, and batch norm on 64 × 20.
namespace sqrtn::experiment::notebooks {
namespace {

constexpr std::size_t batch = 64, width = 100;

Chain chain_of(double variance, std::size_t depth) {
  Chain chain;
  chain.width = width;
  chain.depth = depth;
  chain.batch = batch;
  chain.weights = {init::Law::normal, variance};
  chain.activation = &init::find_activation("relu");
  return chain;
}

std::string describe(const Chain& chain) {
  return fmt::format("{} rows, x = max(0, x·W), {} fresh {} × {} layers of N(0, {})", batch, chain.depth, width, width,
                     show_variance(chain.weights.variance));
}

/// The probability that any of the rows has left float's range after so many layers: at most the sum.
double overflow_probability(std::size_t depth) {
  const double none = laws::first_overflow(width, depth, 1, true, laws::float_overflow).back();
  return std::min(1.0, static_cast<double>(batch) * (1 - none));
}

/// The notebook shows NaN after one run of a cell of 20 layers.
std::vector<Finding> twenty_layers(const blas::Functions& blas, const NotebookSettings& settings) {
  const Chain chain = chain_of(1, 20);
  const LayerState end = run_chains<float>(chain, blas, stream_for(settings, "004/in18"), 1, 1)[0].back();
  const std::string law = "an entry beyond 3.4e38 in one of 64 rows: log₁₀ RMS grows 0.849 a layer, to 17.0";
  const std::string note = fmt::format(
      "20 layers end near 1e17, far inside float's range. The cell changes x in place: run twice on the same x, 40 "
      "layers, P(nan) < {:.2g}; three times, 60 layers, P(nan) = {:.2g}.",
      std::max(1e-13, overflow_probability(40)), overflow_probability(60));
  std::vector<Finding> findings;
  for (const char* id : {"004/in19/x", "004/in20/std"}) {
    findings.push_back(event(id, describe(chain), law, overflow_probability(20), "nan", !end.finite, show(end.stddev)));
    findings.back().note = note;
  }
  findings[0].experiment += ", all 36 entries shown";
  return findings;
}

std::vector<Finding> fifty_layers(const blas::Functions& blas, const NotebookSettings& settings) {
  const Chain chain = chain_of(2.0 / width, 50);
  constexpr std::size_t null_runs = 400;
  statistics::Moments logs;
  for (const auto& run : run_chains<float>(chain, blas, stream_for(settings, "004/in28/null"), null_runs, 1)) {
    logs.add(std::log(run.back().stddev));
  }
  const LayerState end = run_chains<float>(chain, blas, stream_for(settings, "004/in28"), 1, 1)[0].back();
  return {number("004/in28/std", describe(chain), "rows share W: simulated; each row alone loses e^−0.64 ± 0.81",
                 laws::exponential(laws::next_normal(logs)), "0.1077", end.stddev)};
}

}  // namespace

void add_batches(Experiments& all) {
  all.push_back({{"004/in19/x", "004/in20/std"}, 0.05, twenty_layers});
  all.push_back({{"004/in28/std"}, 1, fifty_layers});
}

}  // namespace sqrtn::experiment::notebooks
