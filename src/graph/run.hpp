#pragma once

#include <functional>
#include <map>
#include <optional>

#include "graph/operators.hpp"
#include "graph/order.hpp"

/// A graph sent forward once.
namespace sqrtn::graph {

/// What is used in the place of the file's: the inputs, and weights that were drawn anew, by name.
using Given = std::map<std::string, Value>;

/// What each step took and gave, for the way back; of steps that no signal reaches nothing is kept.
struct Tape {
  struct Kept {
    std::vector<std::optional<Value>> inputs;
    std::vector<Value> outputs;
  };
  double most_bytes = 0x1p33;  ///< beyond it all is given up
  std::vector<Kept> steps;
  double bytes = 0;
  bool full = false;

  void keep(std::size_t step, std::span<const Value* const> inputs, std::span<const Value> outputs);
};

struct RunOptions {
  double most_bytes = 0x1p33;     ///< of all values that live at once, weights aside
  bool batch_statistics = false;  ///< Call::batch_statistics
  Tape* tape = nullptr;
};

/// Is told of each step, in the plan's order, and of its first output.
using Observer = std::function<void(std::size_t step, const Value& output)>;

/// Runs all steps; a value is given back after its last use.
/// Throws: std::invalid_argument with the file, the node and its operator for whatever a node refuses, and if the
/// values need more than they may.
void run(const Model& model, const Plan& plan, const Given& given, const blas::Functions& blas,
         const RunOptions& options, const Observer& observe);

/// Checks what can be checked before a run: operators and opset. Throws: as require_operators, and for an input of the
/// model that `given` lacks.
void require_given(const Model& model, const Given& given);

}  // namespace sqrtn::graph
