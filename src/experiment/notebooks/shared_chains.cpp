#include <fmt/format.h>

#include <cmath>

#include "experiment/notebooks/cells.hpp"

/// Notebooks 002 and 003: one 512 × 512 matrix, applied a hundred times.
namespace sqrtn::experiment::notebooks {
namespace {

constexpr std::size_t width = 512, depth = 100;
/// Enough for a rank to call a published value improbable.
constexpr std::size_t null_runs = 2000;
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

/// The same cell of two notebooks, and what each printed.
struct Twin {
  const char* id;
  const char* mean_or_layer;
  const char* stddev = nullptr;
};

std::vector<Finding> first_nan(std::span<const Twin> cells, const blas::Functions& blas,
                               const NotebookSettings& settings) {
  const Chain chain = chain_of(1, 60);
  std::vector<double> layers;
  for (const auto& run : run_chains<float>(chain, blas, stream_for(settings, "shared/nan/null"), null_runs, 1)) {
    layers.push_back(first_infinite(run));
  }
  const laws::Prediction prediction = laws::next_of(std::move(layers));
  std::vector<Finding> findings;
  for (const Twin& cell : cells) {
    const auto ours = run_chains<float>(chain, blas, stream_for(settings, cell.id), 1, 1)[0];
    findings.push_back(number(cell.id + std::string("/layer"), describe(chain_of(1, depth)), law, prediction,
                              cell.mean_or_layer, first_infinite(ours)));
  }
  return findings;
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
  // Rank among the simulated runs, as for numbers: of those that ended so, or of the others.
  const double probability = (static_cast<double>(ended) + 1) / (runs + 1);
  const double otherwise = (static_cast<double>(runs - ended) + 1) / (runs + 1);
  const LayerState end = end_of_one(chain, blas, settings, id);
  std::vector<Finding> findings;
  for (const auto& [quantity, value] : {std::pair{"mean", end.mean}, std::pair{"std", end.stddev}}) {
    findings.push_back(
        event(id + "/" + quantity, describe(chain), law, probability, published, has_ended(end), show(value)));
    findings.back().basis = fmt::format("{} simulated runs, by rank", runs);
    if (!has_ended(end)) findings.back().p_value = otherwise;
  }
  return findings;
}

std::vector<Finding> stable(std::span<const Twin> cells, const blas::Functions& blas,
                            const NotebookSettings& settings) {
  const Chain chain = chain_of(1.0 / width, depth);
  std::vector<double> means, deviations;
  for (const auto& run : run_chains<float>(chain, blas, stream_for(settings, "shared/stable/null"), null_runs, 1)) {
    means.push_back(run.back().mean);
    deviations.push_back(run.back().stddev);
  }
  const laws::Prediction mean = laws::next_of(std::move(means)), stddev = laws::next_of(std::move(deviations));
  std::vector<Finding> findings;
  for (const Twin& cell : cells) {
    const std::string id = cell.id;
    const LayerState end = end_of_one(chain, blas, settings, id);
    findings.push_back(number(id + "/mean", describe(chain), law, mean, cell.mean_or_layer, end.mean));
    findings.push_back(number(id + "/std", describe(chain), law, stddev, cell.stddev, end.stddev));
  }
  return findings;
}

constexpr Twin first_nan_cells[] = {{"002/cell08", "27"}, {"003/cell07", "28"}};
constexpr Twin stable_cells[] = {{"002/cell14", "0.061417937", "1.4370023"}, {"003/cell14", "-0.0171", "0.9270"}};

}  // namespace

void add_shared_chains(Experiments& all) {
  const auto add_ends = [&](const std::string& id, double variance, const char* published) {
    all.push_back({{id + "/mean", id + "/std"}, 0.4, [=](const auto& blas, const auto& settings) {
                     return ends(id, variance, published, blas, settings);
                   }});
  };
  add_ends("002/cell06", 1, "nan");
  add_ends("002/cell11", 1e-4, "0.0");
  add_ends("003/cell04", 1, "nan");
  add_ends("003/cell10", 1e-4, "0.");
  all.push_back({{"002/cell08/layer", "003/cell07/layer"}, 4, [](const auto& blas, const auto& settings) {
                   return first_nan(first_nan_cells, blas, settings);
                 }});
  all.push_back({{"002/cell14/mean", "002/cell14/std", "003/cell14/mean", "003/cell14/std"},
                 6,
                 [](const auto& blas, const auto& settings) { return stable(stable_cells, blas, settings); }});
}

}  // namespace sqrtn::experiment::notebooks
