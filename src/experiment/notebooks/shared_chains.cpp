#include <fmt/format.h>

#include <cmath>

#include "experiment/notebooks/cells.hpp"

/// Notebooks 002 and 003: one 512 × 512 matrix, applied a hundred times.
namespace sqrtn::experiment::notebooks {
namespace {

constexpr std::size_t width = 512, depth = 100;
constexpr std::size_t null_runs = 400;
constexpr const char* law = "one W reused: no closed law; simulated with other matrices";

Chain chain_of(double variance, std::size_t layers) {
  Chain chain;
  chain.width = width;
  chain.depth = layers;
  chain.weights = {init::Law::normal, variance};
  chain.shared = true;
  return chain;
}

std::string describe(const Chain& chain) {
  return fmt::format("x = W x, {} times the same {} × {} W of N(0, {})", chain.depth, width, width,
                     show_variance(chain.weights.variance));
}

LayerState end_of_one(const Chain& chain, const blas::Functions& blas, const NotebookSettings& settings,
                      const std::string& id) {
  return run_chains<float>(chain, blas, stream_for(settings, id), 1, 1)[0].back();
}

/// The steps that the float range lasts for; depth if it is never left.
double first_infinite(const std::vector<LayerState>& states) {
  std::size_t layer = 0;
  while (layer + 1 < states.size() && states[layer + 1].finite) ++layer;
  return static_cast<double>(layer);
}

std::vector<Finding> first_nan(const std::string& id, const char* published, const blas::Functions& blas,
                               const NotebookSettings& settings) {
  const Chain chain = chain_of(1, 60);
  std::vector<double> layers;
  for (const auto& run : run_chains<float>(chain, blas, stream_for(settings, id + "/null"), null_runs, 1)) {
    layers.push_back(first_infinite(run));
  }
  const auto ours = run_chains<float>(chain, blas, stream_for(settings, id), 1, 1)[0];
  return {
      number(id + "/layer", describe(chain_of(1, depth)), law, laws::next_of(layers), published, first_infinite(ours))};
}

/// Whether a hundred steps end in NaN, or in zeros: the share of the simulated runs that do.
std::vector<Finding> ends(const std::string& id, double variance, const char* published, const blas::Functions& blas,
                          const NotebookSettings& settings) {
  const Chain chain = chain_of(variance, depth);
  const bool explodes = variance >= 1;
  const auto has_ended = [&](const LayerState& end) { return explodes ? !end.finite : end.max == 0; };
  std::size_t ended = 0;
  constexpr std::size_t runs = 100;
  for (const auto& run : run_chains<float>(chain, blas, stream_for(settings, id + "/null"), runs, 1)) {
    ended += has_ended(run.back());
  }
  // Rank among the simulated runs, as for numbers.
  const double probability = (static_cast<double>(ended) + 1) / (runs + 1);
  const LayerState end = end_of_one(chain, blas, settings, id);
  std::vector<Finding> findings;
  for (const auto& [quantity, value] : {std::pair{"mean", end.mean}, std::pair{"std", end.stddev}}) {
    findings.push_back(
        event(id + "/" + quantity, describe(chain), law, probability, published, has_ended(end), show(value)));
    findings.back().basis = fmt::format("{} simulated runs", runs);
  }
  return findings;
}

std::vector<Finding> stable(const std::string& id, const char* mean, const char* stddev, const blas::Functions& blas,
                            const NotebookSettings& settings) {
  const Chain chain = chain_of(1.0 / width, depth);
  statistics::Moments log_deviations;
  std::vector<double> means;
  for (const auto& run : run_chains<float>(chain, blas, stream_for(settings, id + "/null"), null_runs, 1)) {
    means.push_back(run.back().mean);
    log_deviations.add(std::log(run.back().stddev));
  }
  const LayerState end = end_of_one(chain, blas, settings, id);
  return {number(id + "/mean", describe(chain), law, laws::next_of(means), mean, end.mean),
          number(id + "/std", describe(chain), law, laws::exponential(laws::next_normal(log_deviations)), stddev,
                 end.stddev)};
}

}  // namespace

void add_shared_chains(Experiments& all) {
  using Run = std::function<std::vector<Finding>(const std::string&, const blas::Functions&, const NotebookSettings&)>;
  const auto add = [&](const std::string& id, std::vector<std::string> quantities, double cost, const Run& run) {
    for (std::string& quantity : quantities) quantity = id + "/" + quantity;
    all.push_back({std::move(quantities), cost,
                   [id, run](const auto& blas, const auto& settings) { return run(id, blas, settings); }});
  };
  const auto add_ends = [&](const std::string& id, double variance, const char* published) {
    add(id, {"mean", "std"}, 0.4, [=](const std::string& i, const auto& blas, const auto& settings) {
      return ends(i, variance, published, blas, settings);
    });
  };
  const auto add_first = [&](const std::string& id, const char* published) {
    add(id, {"layer"}, 1, [=](const std::string& i, const auto& blas, const auto& settings) {
      return first_nan(i, published, blas, settings);
    });
  };
  const auto add_stable = [&](const std::string& id, const char* mean, const char* stddev) {
    add(id, {"mean", "std"}, 1.5, [=](const std::string& i, const auto& blas, const auto& settings) {
      return stable(i, mean, stddev, blas, settings);
    });
  };
  add_ends("002/cell06", 1, "nan");
  add_first("002/cell08", "27");
  add_ends("002/cell11", 1e-4, "0.0");
  add_stable("002/cell14", "0.061417937", "1.4370023");
  add_ends("003/cell04", 1, "nan");
  add_first("003/cell07", "28");
  add_ends("003/cell10", 1e-4, "0.");
  add_stable("003/cell14", "-0.0171", "0.9270");
}

}  // namespace sqrtn::experiment::notebooks
