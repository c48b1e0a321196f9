#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "onnx_bytes.hpp"

/// The lines of verify/onnx_operators.txt: a node with its inputs, and what ONNX's own evaluator answers.
namespace sqrtn::verify {

/// A tensor of verify/onnx_operators.txt: "f 2x3 1 2 3 4 5 6", "none" for one that is left out.
struct Listed {
  char kind = 'f';
  std::vector<std::int64_t> shape;
  std::vector<double> entries;
};

inline std::vector<std::string> parts_of(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return parts;
}

inline std::vector<std::int64_t> wholes_of(const std::string& text, const std::string& separator) {
  std::vector<std::int64_t> wholes;
  for (const std::string& part : parts_of(text, separator)) {
    if (!part.empty()) wholes.push_back(std::stoll(part));
  }
  return wholes;
}

inline Listed listed(const std::string& text) {
  std::istringstream words(text);
  Listed tensor;
  std::string shape;
  words >> tensor.kind >> shape;
  if (shape != "-") tensor.shape = wholes_of(shape, "x");
  for (double entry = 0; words >> entry;) tensor.entries.push_back(entry);
  return tensor;
}

inline std::string bytes_of_tensor(const std::string& name, const Listed& tensor) {
  const std::vector<float> floats(tensor.entries.begin(), tensor.entries.end());
  const std::vector<std::int64_t> wholes(tensor.entries.begin(), tensor.entries.end());
  const std::vector<std::uint8_t> truths(tensor.entries.begin(), tensor.entries.end());
  if (tensor.kind == 'f') return onnx::floats(name, tensor.shape, floats);
  if (tensor.kind == 'i') return onnx::wholes(name, tensor.shape, wholes);
  return onnx::tensor(name, onnx::boolean, tensor.shape, onnx::raw<std::uint8_t>(truths));
}

/// "axis=i:1", "alpha=f:0.5", "mode=s:linear", "pads=is:0,1".
inline std::string bytes_of_attribute(const std::string& text) {
  const std::size_t equal = text.find('='), colon = text.find(':', equal);
  const std::string name = text.substr(0, equal), type = text.substr(equal + 1, colon - equal - 1),
                    value = text.substr(colon + 1);
  if (type == "i") return onnx::attribute(name, std::int64_t{std::stoll(value)});
  if (type == "f") return onnx::attribute(name, std::stof(value));
  if (type == "is") return onnx::attribute(name, wholes_of(value, ","));
  return onnx::attribute(name, std::string_view(value));
}

/// A line of the list: the bytes of its model, and what is expected.
struct Line {
  std::string model;
  std::vector<std::string> expected;
};

inline Line line_of(const std::string& text) {
  const auto left_and_right = parts_of(text, " = ");
  const auto head_and_inputs = parts_of(left_and_right.at(0), " | ");
  std::istringstream head(head_and_inputs.at(0));
  std::string op, attribute;
  std::int64_t opset = 0;
  head >> op >> opset;
  onnx::Graph graph{.nodes = {}, .weights = {}, .inputs = {}, .outputs = {"o0"}};
  std::vector<std::string> inputs, outputs;
  for (const std::string& tensor : parts_of(head_and_inputs.size() > 1 ? head_and_inputs[1] : "", " ; ")) {
    if (tensor.empty()) continue;
    inputs.push_back(tensor == "none" ? "" : fmt::format("i{}", inputs.size()));
    if (tensor != "none") graph.weights.push_back(bytes_of_tensor(inputs.back(), listed(tensor)));
  }
  const auto expected = parts_of(left_and_right.at(1), " ; ");
  for (std::size_t i = 0; i < expected.size(); ++i) outputs.push_back(fmt::format("o{}", i));
  std::string node = onnx::node(op, inputs, outputs);
  while (head >> attribute) node += bytes_of_attribute(attribute);
  graph.nodes.push_back(node);
  return {graph.model(opset), expected};
}

inline std::vector<std::string> all_lines() {
  std::ifstream file(std::string(SOURCE_FOLDER) + "/verify/onnx_operators.txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("#")) lines.push_back(line);
  }
  return lines;
}

}  // namespace sqrtn::verify
