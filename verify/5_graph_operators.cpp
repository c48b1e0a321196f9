#include <random>

#include "graph/run.hpp"
#include "onnx_lines.hpp"
#include "plain_blas.hpp"
#include "scratch.hpp"

/// The operators of graphs, each against ONNX's own reference evaluator, and against what must hold of them.
namespace sqrtn::verify {
namespace {

using onnx::Graph;

/// All outputs of a model of one node without inputs.
std::vector<graph::Value> answers_of(const graph::Model& model) {
  const graph::Node& node = model.nodes.at(0);
  std::vector<const graph::Value*> inputs;
  for (const std::string& name : node.inputs) inputs.push_back(name.empty() ? nullptr : &model.initialisers.at(name));
  const blas::Functions blas = plain_blas();
  return graph::find_operator(node.op)->compute(graph::Call(node, inputs, model.opset, blas));
}

void expect_equal(const graph::Value& got, const Listed& expected, const std::string& line) {
  ASSERT_EQ(got.shape(), Shape(expected.shape.begin(), expected.shape.end())) << line;
  ASSERT_EQ(got.real(), expected.kind == 'f') << line;
  ASSERT_EQ(got.size(), expected.entries.size()) << line;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double entry = got.real() ? static_cast<double>(got.reals()[i]) : static_cast<double>(got.wholes()[i]);
    // Six digits are listed.
    EXPECT_NEAR(entry, expected.entries[i], got.real() ? 1e-5 * std::max(1.0, std::fabs(expected.entries[i])) : 0)
        << i << ": " << line;
  }
}

TEST(GraphOperators, AnswerAsTheReferenceEvaluatorDoes) {
  const auto lines = all_lines();
  EXPECT_GE(lines.size(), 190U);
  for (const std::string& text : lines) {
    const Line line = line_of(text);
    const auto got = answers_of(graph::parse_model("listed", onnx::as_bytes(line.model)));
    ASSERT_GE(got.size(), line.expected.size()) << text;
    for (std::size_t i = 0; i < line.expected.size(); ++i) expect_equal(got[i], listed(line.expected[i]), text);
  }
}

/// Attributes and inputs that were changed: whatever they ask for is done in little memory, or refused.
TEST(GraphOperators, SurviveMutations) {
  std::mt19937_64 random(21);
  for (const std::string& text : all_lines()) {
    const std::string whole = line_of(text).model;
    for (int i = 0; i < 30; ++i) {
      std::string changed = whole;
      for (std::size_t flips = 1 + random() % 2; flips > 0; --flips) {
        changed[random() % changed.size()] ^= static_cast<char>(1U << random() % 8);
      }
      try {
        const graph::Model model = graph::parse_model("m", onnx::as_bytes(changed));
        graph::run(model, graph::plan_of(model), {}, plain_blas(), {.most_bytes = 0x1p18}, {});
      } catch (const std::invalid_argument&) {
        // How an operator refuses.
      }
    }
  }
}

/// ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ for equal strides, pads, dilations and groups.
TEST(GraphOperators, TransposedConvolutionsAreAdjoint) {
  const auto ramp = [](std::size_t count, float step) {
    std::vector<float> entries(count);
    for (std::size_t i = 0; i < count; ++i) entries[i] = std::sin(step * static_cast<float>(i + 1));
    return entries;
  };
  const auto run = [](const char* op, const std::string& x, const std::string& w, const std::string& more) {
    const std::string settings = onnx::attribute("strides", std::vector<std::int64_t>{2, 3}) +
                                 onnx::attribute("pads", std::vector<std::int64_t>{1, 2, 0, 1}) +
                                 onnx::attribute("group", std::int64_t{2}) +
                                 onnx::attribute("dilations", std::vector<std::int64_t>{1, 2});
    const Graph graph{.nodes = {onnx::node(op, {"x", "w"}, {"y"}) + settings + more},
                      .weights = {x, w},
                      .inputs = {},
                      .outputs = {"y"}};
    return answers_of(graph::parse_model("adjoint", onnx::as_bytes(graph.model()))).front();
  };
  const auto dot = [](std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
  };
  // 8x11 padded to 9x14: ⌊(9 − 3)/2⌋ + 1 = 4 rows, ⌊(14 − 5)/3⌋ + 1 = 4 columns.
  const auto x = ramp(2 * 4 * 8 * 11, 0.7F), y = ramp(2 * 6 * 4 * 4, 0.3F);
  const std::string w = onnx::floats("w", {6, 2, 3, 3}, ramp(6 * 2 * 9, 0.9F));
  const graph::Value there = run("Conv", onnx::floats("x", {2, 4, 8, 11}, x), w, "");
  const graph::Value back = run("ConvTranspose", onnx::floats("x", {2, 6, 4, 4}, y), w,
                                onnx::attribute("output_padding", std::vector<std::int64_t>{0, 0}));
  ASSERT_EQ(there.shape(), (Shape{2, 6, 4, 4}));
  ASSERT_EQ(back.shape(), (Shape{2, 4, 8, 11}));
  EXPECT_NEAR(dot(there.reals(), y), dot(x, back.reals()), 1e-4);
}

struct Refused {
  const char* told;
  std::string node;
  std::vector<std::string> weights;
};

/// Sizes are checked before memory is taken, and every refusal says what it met.
TEST(GraphOperators, RefuseWhatDoesNotFit) {
  const std::string a = onnx::floats("a", {2, 3}, {1, 2, 3, 4, 5, 6}),
                    huge = onnx::wholes("n", {2}, {1 << 20, 1 << 20}), far = onnx::wholes("n", {1}, {9}),
                    none = onnx::floats("e", {0}, {}), zero = onnx::wholes("z", {1}, {0});
  const auto axis = [](std::int64_t at) { return onnx::attribute("axis", at); };
  const Refused all[] = {
      {"do not broadcast", onnx::node("Add", {"a", "b"}, {"y"}), {a, onnx::floats("b", {2}, {1, 2})}},
      {"does not multiply 2x3 by 2x3", onnx::node("MatMul", {"a", "a"}, {"y"}), {a}},
      {"has no axis 2 of 2", onnx::node("Softmax", {"a"}, {"y"}) + axis(2), {a}},
      {"entries; at most", onnx::node("ConstantOfShape", {"n"}, {"y"}), {huge}},
      {"entries; at most", onnx::node("Tile", {"a", "n"}, {"y"}), {a, huge}},
      {"takes entry 9 of an axis of 2", onnx::node("Gather", {"a", "n"}, {"y"}), {a, far}},
      {"takes an extreme of no entries", onnx::node("ReduceMax", {"e"}, {"y"}), {none}},
      {"divides an integer by 0", onnx::node("Div", {"z", "z"}, {"y"}), {zero}},
      {"makes a dimension of -1", onnx::node("Expand", {"a", "n"}, {"y"}), {a, onnx::wholes("n", {1}, {-1})}},
      {"does not fill", onnx::node("Reshape", {"a", "n"}, {"y"}), {a, far}},
      {"takes real numbers, got integers", onnx::node("Relu", {"n"}, {"y"}), {far}},
      {"takes an input 1, which is not there", onnx::node("MatMul", {"a"}, {"y"}), {a}},
      {"takes a weight of 3 axes, got 1",
       onnx::node("Conv", {"c", "b"}, {"y"}),
       {onnx::floats("c", {1, 1, 3}, {1, 2, 3}), onnx::floats("b", {1}, {1})}},
      {"takes batch x channels", onnx::node("Conv", {"a", "a"}, {"y"}), {a}},
      {"pads by",
       onnx::node("Pad", {"a", "n"}, {"y"}),
       {a, onnx::wholes("n", {4}, {0, std::numeric_limits<std::int64_t>::min(), 0, 0})}},
  };
  for (const auto& [told, node, weights] : all) {
    const Graph graph{.nodes = {node}, .weights = weights, .inputs = {}, .outputs = {"y"}};
    const graph::Model model = graph::parse_model("m.onnx", onnx::as_bytes(graph.model()));
    const std::string said = message_of<std::invalid_argument>(
        [&] { graph::run(model, graph::plan_of(model), {}, plain_blas(), {.most_bytes = 0x1p30}, {}); });
    EXPECT_NE(said.find(told), std::string::npos) << told << ": " << said;
    EXPECT_TRUE(said.starts_with("m.onnx: node '")) << said;
  }
}

/// What a run may take is known before a node asks for it.
TEST(GraphOperators, AskForNoMoreThanTheRunMayTake) {
  const Graph graph{.nodes = {onnx::node("Range", {"z", "n", "one"}, {"y"})},
                    .weights = {onnx::wholes("z", {}, {0}), onnx::wholes("n", {}, {300}), onnx::wholes("one", {}, {1})},
                    .inputs = {},
                    .outputs = {"y"}};
  const graph::Model model = graph::parse_model("m.onnx", onnx::as_bytes(graph.model()));
  const auto within = [&](double bytes) {
    return message_of<std::invalid_argument>(
        [&] { graph::run(model, graph::plan_of(model), {}, plain_blas(), {.most_bytes = bytes}, {}); });
  };
  EXPECT_EQ(within(4096), "");
  EXPECT_NE(within(1024).find("300 entries; at most 256"), std::string::npos) << within(1024);
}

}  // namespace
}  // namespace sqrtn::verify
