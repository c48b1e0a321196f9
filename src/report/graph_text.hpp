#pragma once

#include <string>
#include <vector>

#include "experiment/networks.hpp"

/// A graph from a file, as `sqrtn propagate --model` tells of it, and any network by its kind.
namespace sqrtn::report {

/// The verdict, that gradients are not judged, the inputs, and the table by node, chosen nodes unless `all`.
std::string graph_text(const experiment::GraphPropagation& propagation, bool all);

/// One line an initialiser.
std::string comparison_text(const std::vector<experiment::GraphPropagation>& propagations);

/// The text of one initialiser's network, or the comparison of several.
std::string networks_text(const experiment::Networks& networks, bool all);

}  // namespace sqrtn::report
