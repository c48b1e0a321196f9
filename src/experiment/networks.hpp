#pragma once

#include <variant>

#include "experiment/initialised_graph.hpp"
#include "experiment/initialised_stack.hpp"

/// All kinds of networks that initialisers are sent through; another kind is one more alternative.
namespace sqrtn::experiment {

using Networks = std::variant<std::vector<Propagation>, std::vector<StackPropagation>, std::vector<GraphPropagation>>;

/// The graph if there is a file, else the stack if a block is named, else the chain, with each initialiser.
/// Throws: as the `understand` of each.
Networks understand(const ChainOptions& options, const BlockWords& block, const GraphWords& graph,
                    const std::vector<std::string>& initialisers);

/// Each initialiser in turn.
void propagate(Networks& networks, const ChainOptions& options, const blas::Functions& blas);

/// Of the first initialiser.
const Runs& first_runs(const Networks& networks);

}  // namespace sqrtn::experiment
