#pragma once

#include <string>

#include "experiment/initialised_chain.hpp"

namespace sqrtn::report {

/// What would hold the signal of a chain, or why nothing would, and what becomes of gradients then: lines.
std::string advice(const experiment::Propagation& propagation);

/// The gain that holds, for a cell: "1.414", "any" under a norm, "none".
std::string short_advice(const experiment::Propagation& propagation);

}  // namespace sqrtn::report
