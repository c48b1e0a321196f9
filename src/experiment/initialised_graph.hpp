#pragma once

#include <memory>
#include <string>
#include <vector>

#include "experiment/initialised_chain.hpp"
#include "graph/inputs.hpp"
#include "graph/order.hpp"
#include "graph/redraw.hpp"

/// A graph from an .onnx file sent forward in many runs, with its own weights or those of a rule, and a gradient back.
namespace sqrtn::experiment {

struct GraphWords {
  std::string model;                ///< the .onnx file; empty: no graph
  std::vector<std::string> inputs;  ///< graph::inputs_of
};

/// The initialiser that draws nothing: weights as in the file.
inline constexpr std::string_view file_weights = "file";

/// A node that the runs tell of. Number 0 is what comes in: the first real input, or of ids the first node on every
/// path.
struct GraphNode {
  std::string name, op;
  Shape shape;
  bool judged = false;  ///< every path leads through it, and no softmax lies before
};

/// Why there is no gradient: a node without a derivative here, or too little memory for what it needs.
struct GradientStop {
  std::string node, op;  ///< empty: memory
  std::string why;       ///< what the derivative refused; empty: there is none
};

struct GraphPropagation {
  std::string name;  ///< of the initialiser, or file_weights
  double gain = 1;   ///< that it was given, or its own
  std::shared_ptr<const graph::Model> model;
  std::shared_ptr<const graph::Plan> plan;
  std::vector<graph::InputDraw> inputs;
  graph::Redraw redraw;  ///< empty of file_weights
  double within = default_within;
  std::vector<GraphNode> nodes;      ///< of real numbers that the signal reaches
  Runs runs;                         ///< of each run the nodes; rows are those of the first axis, of three axes tokens
  std::optional<GradientStop> stop;  ///< of the first run

  /// Of the nodes that are judged, gradients from the last of them back; layers count in `nodes`.
  [[nodiscard]] Verdict verdict() const;
};

/// The graph with each initialiser, without runs. Throws: std::invalid_argument and std::system_error as
/// graph::read_model, plan_of, require_operators and inputs_of, and for a rule that is none or draws whole matrices.
std::vector<GraphPropagation> understand(const ChainOptions& options, const GraphWords& words,
                                         const std::vector<std::string>& initialisers);

/// Fills in nodes and runs, with a live line meanwhile; the library should be set to one thread. Run r draws weight w
/// from elements beginning at r·(its entries) of a stream that the initialiser and its name make, and the inputs from
/// streams of their own, which are the same for all initialisers. Of weights that were drawn batch norms take the
/// statistics of the batch, as in the first step of training; with those of the file the running ones. The gradient at
/// the last judged node is N(0,1). The number of threads changes no bit. Throws: std::invalid_argument as graph::run.
void propagate(GraphPropagation& propagation, const ChainOptions& options, const blas::Functions& blas);

}  // namespace sqrtn::experiment
