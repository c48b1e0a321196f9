#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "experiment/band.hpp"
#include "experiment/initialised_graph.hpp"
#include "experiment/verdict.hpp"
#include "sqrtn/blas/backend.hpp"

/// Whether 99 % of runs lie inside the 99 % bands of graphs, node by node, as a Markdown table: graph-bands BLAS MODEL
/// INITIALISER [MODEL INITIALISER]..., INITIALISER `file` for the weights of the file. Exits with 1 if a node's band
/// holds fewer of 1,000 new runs than chance allows.
namespace {

using sqrtn::experiment::Band;
using sqrtn::experiment::GraphPropagation;
using sqrtn::experiment::LayerState;

constexpr std::size_t runs_of_band = 999, new_runs = 1'000;
constexpr double share = 0.99, alpha = 0.01;

/// The largest k with P(Binomial(n, p) < k) ≤ probability.
std::size_t least_count(std::size_t n, double p, double probability) {
  double below = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const auto successes = static_cast<double>(k), trials = static_cast<double>(n);
    below += std::exp(std::lgamma(trials + 1) - std::lgamma(successes + 1) - std::lgamma(trials - successes + 1) +
                      successes * std::log(p) + (trials - successes) * std::log1p(-p));
    if (below > probability) return k;
  }
  return n;
}

GraphPropagation sent(const std::string& model, const std::string& initialiser, std::size_t runs, std::uint64_t seed,
                      const sqrtn::blas::Functions& blas) {
  sqrtn::experiment::ChainOptions options;
  options.replicates = runs;
  options.seed = seed;
  auto all = sqrtn::experiment::understand(options, {model, {}}, {initialiser});
  sqrtn::experiment::propagate(all.at(0), options, blas);
  return std::move(all[0]);
}

struct Node {
  std::string name;
  std::size_t inside = 0;
};

/// Of the nodes whose signal varies from run to run.
std::vector<Node> covered(const GraphPropagation& band_of, const GraphPropagation& fresh) {
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < band_of.nodes.size(); ++i) {
    const Band band = sqrtn::experiment::band_over(band_of.runs, i, &LayerState::log_rms);
    if (!(band.interval.low < band.interval.high)) continue;
    Node node{band_of.nodes[i].name};
    for (const auto& run : fresh.runs) node.inside += band.interval.contains(run[i].log_rms) ? 1 : 0;
    nodes.push_back(node);
  }
  return nodes;
}

std::string name_of(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
}

/// Returns: whether no node holds fewer than chance allows.
bool row(const std::string& model, const std::string& initialiser, const sqrtn::blas::Functions& blas) {
  const auto nodes =
      covered(sent(model, initialiser, runs_of_band, 1, blas), sent(model, initialiser, new_runs, 2, blas));
  if (nodes.empty()) throw std::invalid_argument(model + ": no node varies from run to run");
  const double nodewise = -std::expm1(std::log1p(-alpha) / static_cast<double>(nodes.size()));
  const std::size_t least = least_count(new_runs, share, nodewise);
  std::size_t total = 0, below = 0;
  const Node* lowest = &nodes[0];
  for (const Node& node : nodes) {
    total += node.inside;
    below += node.inside < least ? 1 : 0;
    if (node.inside < lowest->inside) lowest = &node;
  }
  const auto percent = [](double count) { return 100 * count / static_cast<double>(new_runs); };
  fmt::print("| {} | {} | {} | {:.2f} | {:.1f} | {} | {:.1f} | {} |\n", name_of(model), initialiser, nodes.size(),
             percent(static_cast<double>(total) / static_cast<double>(nodes.size())),
             percent(static_cast<double>(lowest->inside)), lowest->name, percent(static_cast<double>(least)), below);
  std::fflush(stdout);
  return below == 0;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4 || argc % 2 != 0) {
    fmt::print(stderr, "usage: graph-bands BLAS MODEL INITIALISER [MODEL INITIALISER]...\n");
    return 2;
  }
  auto backend = sqrtn::blas::Backend::load(argv[1]);
  backend.set_threads(1);
  fmt::print("| network | weights | nodes | inside, mean % | least % | at | chance allows % | nodes below |\n");
  fmt::print("|:--|:--|--:|--:|--:|:--|--:|--:|\n");
  bool held = true;
  for (int i = 2; i < argc; i += 2) held = row(argv[i], argv[i + 1], backend.functions()) && held;
  return held ? 0 : 1;
} catch (const std::exception& error) {
  fmt::print(stderr, "graph-bands: {}\n", error.what());
  return 2;
}
