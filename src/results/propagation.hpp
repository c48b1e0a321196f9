#pragma once

#include "experiment/initialised_stack.hpp"
#include "results/chain.hpp"

namespace sqrtn::results {

/// An initialiser sent through a chain, for the document.
ChainRecord record_of(const experiment::Propagation& propagation);

/// The same through a stack of blocks; intervals are those of the runs, and there is no law.
ChainRecord record_of(const experiment::StackPropagation& propagation);

}  // namespace sqrtn::results
