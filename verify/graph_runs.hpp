#pragma once

#include <fstream>

#include "experiment/networks.hpp"
#include "onnx_bytes.hpp"
#include "plain_blas.hpp"
#include "scratch.hpp"

/// Graphs of a test's own, written to a file and sent through.
namespace sqrtn::verify {

inline std::string written(const Folder& folder, const onnx::Graph& graph, std::int64_t opset = 17) {
  std::string path = folder / "m.onnx";
  std::ofstream(path, std::ios::binary) << graph.model(opset);
  return path;
}

/// y = W_L·…·W_1·x without activation, every W a multiple of the identity.
inline onnx::Graph scaling_chain(std::size_t layers, float factor) {
  onnx::Graph graph{.nodes = {}, .weights = {}, .inputs = {onnx::port("x0", onnx::f32, {0, 4})}, .outputs = {}};
  std::vector<float> entries(16);
  for (std::size_t i = 0; i < 4; ++i) entries[5 * i] = factor;
  for (std::size_t l = 0; l < layers; ++l) {
    graph.weights.push_back(onnx::floats(fmt::format("w{}", l), {4, 4}, entries));
    graph.nodes.push_back(onnx::node("MatMul", {fmt::format("x{}", l), fmt::format("w{}", l)},
                                     {fmt::format("x{}", l + 1)}, fmt::format("layer {}", l + 1)));
  }
  graph.outputs = {fmt::format("x{}", layers)};
  return graph;
}

inline experiment::GraphPropagation propagated(const std::string& path, experiment::ChainOptions options,
                                               const std::string& init = "file") {
  auto all = experiment::understand(options, experiment::GraphWords{path, {}}, {init});
  experiment::propagate(all.at(0), options, plain_blas());
  return std::move(all[0]);
}

}  // namespace sqrtn::verify
