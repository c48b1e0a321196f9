#pragma once

#include "graph/model.hpp"
#include "sqrtn/random/stream.hpp"

/// What a graph is given in a run.
namespace sqrtn::graph {

struct InputDraw {
  std::string name;
  Shape shape;
  Kind kind = Kind::real;
  std::size_t ids = 0;  ///< of integers: uniform from 0 to ids − 1; 0: all entries are 1, as in a mask

  /// Entries differ from run to run.
  [[nodiscard]] bool drawn() const { return kind == Kind::real || ids > 0; }
};

/// The inputs of a model. `shapes` are "1,3,224,224" for the first input, or "NAME=1,128" for that one; an open first
/// axis is `batch`, open axes of one name are as long as each other. Integers that count entries of a table of weights
/// (Gather) are ids below its length; other integers are 1.
/// Throws: std::invalid_argument in the words of --input: no such input, other numbers of axes, an axis that stays
/// open, a fixed one of another length, a batch above 1 that nothing takes.
std::vector<InputDraw> inputs_of(const Model& model, const std::vector<std::string>& shapes, std::size_t batch);

/// N(0, 1) of real inputs, uniform ids, or ones. Run r takes elements from r·(entries) on of a stream named by the
/// input.
Value draw(const InputDraw& input, const random::Stream& stream, std::size_t run);

}  // namespace sqrtn::graph
