#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/value.hpp"
#include "support/mapped_file.hpp"

/// A model as an .onnx file holds it. Source: onnx/onnx.proto of the ONNX project, IR version 3 to 13.
namespace sqrtn::graph {

struct Attribute {
  std::string name;
  std::optional<float> real;
  std::optional<std::int64_t> whole;
  std::optional<std::string> text;
  std::optional<Value> tensor;
  std::vector<float> reals;
  std::vector<std::int64_t> wholes;
  bool graph = false;  ///< it holds a graph of its own, as those of If and Loop
};

struct Node {
  std::string name;                          ///< as in the file, or "OPERATOR_NUMBER" where it has none
  std::string op;                            ///< "Conv"; of another domain than ONNX's own "domain.Conv"
  std::vector<std::string> inputs, outputs;  ///< an empty name: left out
  std::vector<Attribute> attributes;

  [[nodiscard]] const Attribute* find(std::string_view attribute) const;
};

/// A dimension that the file leaves open, or names, has no size.
struct Dimension {
  std::optional<std::size_t> size;
  std::string name;
};

/// What the graph is given.
struct Port {
  std::string name;
  Kind kind = Kind::real;
  std::optional<std::vector<Dimension>> shape;
};

struct Model {
  std::string path, producer;
  std::int64_t opset = 0;
  std::vector<Node> nodes;
  std::map<std::string, Value> initialisers;
  std::vector<Port> inputs;  ///< without those that are initialisers
  std::vector<std::string> outputs;
};

/// The oldest and newest set of operators whose meaning is known here.
inline constexpr std::int64_t first_opset = 7, last_opset = 22;

/// Reads a model; weights are converted to Value. Weights in other files are read only from files in the model's own
/// folder. Throws: std::system_error for a file that cannot be read; std::invalid_argument with file, place and what to
/// do for all else: what is cut off, sizes that do not fit, names that stand twice, an opset outside first_opset to
/// last_opset, sparse or quantised weights, functions of the model's own.
Model read_model(const std::string& path);

/// The same of bytes in memory; weights in other files are refused.
Model parse_model(const std::string& path, std::span<const std::byte> bytes);

}  // namespace sqrtn::graph
