#pragma once

#include <string>
#include <vector>

#include "experiment/initialised_chain.hpp"

/// Initialisers sent through a chain, as `sqrtn propagate` tells of them.
namespace sqrtn::report {

/// The table by layer, chosen layers unless `all`, then the verdict and the advice.
std::string propagation_text(const experiment::Propagation& propagation, bool all);

/// One line an initialiser.
std::string comparison_text(const std::vector<experiment::Propagation>& propagations);

}  // namespace sqrtn::report
