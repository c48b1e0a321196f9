#include <gtest/gtest.h>

#include <cmath>

#include "graph_runs.hpp"

/// Gradients of graphs, from the last node that is judged back to what is drawn.
namespace sqrtn::verify {
namespace {

using onnx::Graph;

/// Exact: a gradient is divided by 4 a node on its way back, and below 1/1000 at the fifth.
TEST(Graphs, SendGradientsBack) {
  const Folder folder;
  experiment::ChainOptions options;
  options.replicates = 5;
  const auto p = propagated(written(folder, scaling_chain(40, 0.25F)), options);
  ASSERT_TRUE(p.verdict().gradient);
  EXPECT_EQ(p.verdict().gradient->fate, experiment::Fate::vanishes);
  EXPECT_EQ(p.nodes[p.verdict().gradient->layer].name, "layer 35");
  for (std::size_t i = 0; i <= 40; ++i) {
    EXPECT_NEAR(p.runs[3][i].log_gradient, -static_cast<double>(40 - i) * std::log(4), 1e-6) << i;
  }
  EXPECT_FALSE(p.stop);
}

/// Two paths add: y = x + a·x has the gradient (1 + a)·d at x, and a·d at the branch's own end.
TEST(Graphs, AddGradientsOfPathsAndNameWhereTheyEnd) {
  const Folder folder;
  Graph graph{.nodes = {onnx::node("Mul", {"x", "three"}, {"a"}, "branch"), onnx::node("Add", {"x", "a"}, {"s"}, "sum"),
                        onnx::node("Relu", {"s"}, {"y"}, "end")},
              .weights = {onnx::floats("three", {}, {3})},
              .inputs = {onnx::port("x", onnx::f32, {1, 4096})},
              .outputs = {"y"}};
  experiment::ChainOptions options;
  options.replicates = 3;
  const auto p = propagated(written(folder, graph), options);
  EXPECT_NEAR(p.runs[0][0].log_gradient - p.runs[0][2].log_gradient, std::log(4), 1e-6);
  EXPECT_EQ(p.runs[0][1].log_gradient, p.runs[0][2].log_gradient);
  EXPECT_NEAR(p.runs[0][2].log_gradient, -std::log(2) / 2, 0.1);
  graph.nodes.back() = onnx::node("Mod", {"s", "three"}, {"y"}, "odd") + onnx::attribute("fmod", std::int64_t{1});
  const auto stopped = propagated(written(folder, graph), options);
  ASSERT_TRUE(stopped.stop);
  EXPECT_EQ(stopped.stop->node, "odd");
  EXPECT_FALSE(stopped.verdict().gradient);
}

}  // namespace
}  // namespace sqrtn::verify
