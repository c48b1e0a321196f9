#pragma once

#include <limits>
#include <string>
#include <vector>

#include "graph/model.hpp"

/// In which order the nodes of a graph run, and through which of them every path leads.
namespace sqrtn::graph {

/// Of an input or output that a node leaves out.
inline constexpr std::size_t no_slot = std::numeric_limits<std::size_t>::max();

/// A node with the places of its values. What is needed no more after it is given back.
struct Step {
  std::size_t node = 0;                      ///< in Model::nodes
  std::vector<std::size_t> inputs, outputs;  ///< slots, or no_slot
  std::vector<std::size_t> last_uses;        ///< slots
  /// Something of an input of the model reaches it.
  bool signal = false;
  /// Every path from an input of the model to an output leads through it: what is lost here is lost.
  bool on_every_path = false;
};

struct Plan {
  std::vector<std::string> slots;    ///< names of the values
  std::vector<std::size_t> inputs;   ///< slots of Model::inputs
  std::vector<std::size_t> outputs;  ///< slots of Model::outputs
  std::vector<std::pair<std::size_t, const Value*>> initialisers;
  std::vector<Step> steps;  ///< each after those that it needs, in the file's order where that is free
};

/// The model must outlive the plan. `constant`: inputs that are no signal, as a mask. What only knows a value's shape
/// takes no signal from it. Throws: std::invalid_argument with file and node for a value that is made twice, one that
/// nothing makes, an output that is not there, and nodes that wait for each other in a circle.
Plan plan_of(const Model& model, const std::vector<std::string>& constant = {});

}  // namespace sqrtn::graph
