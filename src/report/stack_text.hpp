#pragma once

#include <string>
#include <vector>

#include "experiment/initialised_stack.hpp"

/// Initialisers sent through a stack of blocks, as `sqrtn propagate --block` tells of them.
namespace sqrtn::report {

/// The verdict, the table by block, chosen blocks unless `all`, then growth, collapse and the advice.
std::string stack_text(const experiment::StackPropagation& propagation, bool all);

/// One line an initialiser.
std::string comparison_text(const std::vector<experiment::StackPropagation>& propagations);

}  // namespace sqrtn::report
