#pragma once

#include "graph/model.hpp"
#include "sqrtn/init/fan.hpp"

/// Which weights of a graph an initialiser draws anew, and what becomes of those beside them.
namespace sqrtn::graph {

struct DrawnWeight {
  std::string name;
  Shape shape;
  init::Fans fans;
};

struct Redraw {
  std::vector<DrawnWeight> drawn;
  std::vector<std::pair<std::string, float>> constant;  ///< biases and shifts 0, scales and variances of norms 1
};

/// Drawn are weights of two axes or more of Conv, ConvTranspose, Gemm and MatMul, transposed or copied on the way;
/// their fans are those of what they do there: of x·W for W of n_in × n_out, the transposed way round for transB or a
/// weight on the left. Constant become biases of Conv, ConvTranspose and Gemm, what Add gives to a MatMul's result
/// along one axis, and what norms hold. All else, as tables of Gather and weights that these share, stays as it is in
/// the file.
Redraw redraw_of(const Model& model);

}  // namespace sqrtn::graph
