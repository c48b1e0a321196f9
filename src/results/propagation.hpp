#pragma once

#include "experiment/initialised_chain.hpp"
#include "results/chain.hpp"

namespace sqrtn::results {

/// An initialiser sent through a chain, for the document.
ChainRecord record_of(const experiment::Propagation& propagation);

}  // namespace sqrtn::results
