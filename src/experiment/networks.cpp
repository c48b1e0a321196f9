#include "experiment/networks.hpp"

namespace sqrtn::experiment {

Networks understand(const ChainOptions& options, const BlockWords& block, const GraphWords& graph,
                    const std::vector<std::string>& initialisers) {
  if (!graph.model.empty()) return understand(options, graph, initialisers);
  if (block.block == "layer") return understand(options, initialisers);
  return understand(options, block, initialisers);
}

void propagate(Networks& networks, const ChainOptions& options, const blas::Functions& blas) {
  const auto each = [&](auto& all) {
    for (auto& one : all) propagate(one, options, blas);
  };
  std::visit(each, networks);
}

const Runs& first_runs(const Networks& networks) {
  return std::visit([](const auto& all) -> const Runs& { return all.front().runs; }, networks);
}

}  // namespace sqrtn::experiment
