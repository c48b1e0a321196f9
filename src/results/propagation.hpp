#pragma once

#include "experiment/networks.hpp"
#include "results/chain.hpp"

namespace sqrtn::results {

/// An initialiser sent through a chain, for the document.
ChainRecord record_of(const experiment::Propagation& propagation);

/// The same through a stack of blocks; intervals are those of the runs, and there is no law.
ChainRecord record_of(const experiment::StackPropagation& propagation);

/// The same through a graph, whose layers are its nodes.
ChainRecord record_of(const experiment::GraphPropagation& propagation);

/// One record an initialiser.
void add_records(const experiment::Networks& networks, std::vector<ChainRecord>& into);

}  // namespace sqrtn::results
