#include <set>

#include "graph/order.hpp"
#include "onnx_bytes.hpp"
#include "scratch.hpp"

/// The order of a graph's nodes, and through which of them every path leads.
namespace sqrtn::verify {
namespace {

graph::Model model_of(const onnx::Graph& graph) { return graph::parse_model("m.onnx", onnx::as_bytes(graph.model())); }

TEST(GraphOrder, FindsCircles) {
  onnx::Graph graph{.nodes = {}, .weights = {}, .inputs = {onnx::port("x", onnx::f32, {1, 3})}, .outputs = {"y"}};
  graph.nodes = {onnx::node("Add", {"x", "b"}, {"a"}, "one"), onnx::node("Add", {"x", "a"}, {"b"}, "two"),
                 onnx::node("Relu", {"b"}, {"y"})};
  const std::string said = message_of<std::invalid_argument>([&] { (void)graph::plan_of(model_of(graph)); });
  EXPECT_NE(said.find("node 'one' (Add) waits for its own output"), std::string::npos) << said;
}

std::set<std::string> cuts_of(const onnx::Graph& graph, const std::vector<std::string>& constant = {}) {
  const graph::Model model = model_of(graph);
  std::set<std::string> cuts;
  for (const graph::Step& step : graph::plan_of(model, constant).steps) {
    if (step.on_every_path) cuts.insert(model.nodes[step.node].name);
  }
  return cuts;
}

/// A residual block: its branch lies on one of two paths, its sum on both; so do what stands before and behind it. That
/// a shape is known goes past all of them, and is no signal.
TEST(GraphOrder, KnowsWhatEveryPathLeadsThrough) {
  onnx::Graph graph{
      .nodes = {onnx::node("Reshape", {"sum", "shape"}, {"y"}, "behind"), onnx::node("Relu", {"x"}, {"a"}, "before"),
                onnx::node("Exp", {"a"}, {"b"}, "branch"), onnx::node("Add", {"a", "b"}, {"sum"}, "sum"),
                onnx::node("Shape", {"x"}, {"shape"}, "size"), onnx::node("Exp", {"b"}, {"unused"}, "unused")},
      .weights = {},
      .inputs = {onnx::port("x", onnx::f32, {1, 3})},
      .outputs = {"y"}};
  EXPECT_EQ(cuts_of(graph), (std::set<std::string>{"before", "sum", "behind"}));
  // A mask goes past what stands before its use, unless it is no signal.
  graph.inputs.push_back(onnx::port("mask", onnx::f32, {1, 3}));
  graph.nodes[0] = onnx::node("Mul", {"sum", "mask"}, {"y"}, "behind");
  EXPECT_EQ(cuts_of(graph), std::set<std::string>{"behind"});
  EXPECT_EQ(cuts_of(graph, {"mask"}), (std::set<std::string>{"before", "sum", "behind"}));
}

}  // namespace
}  // namespace sqrtn::verify
