#include "graph/redraw.hpp"
#include "graph_runs.hpp"

/// Graphs in many runs: what is drawn, what is judged, and that the numbers are those of the same network by layers.
namespace sqrtn::verify {
namespace {

using onnx::Graph;

/// Exact: an RMS is multiplied by 16 a node, and passes 1000 at the third.
TEST(Graphs, ExplodeAndVanishWhereTheyShould) {
  const Folder folder;
  experiment::ChainOptions options;
  options.replicates = 5;
  const auto up = propagated(written(folder, scaling_chain(40, 16)), options);
  EXPECT_EQ(up.verdict().signal.fate, experiment::Fate::explodes);
  EXPECT_EQ(up.nodes[up.verdict().signal.layer].name, "layer 3");
  EXPECT_FALSE(up.verdict().gradient);
  for (std::size_t i = 0; i <= 30; ++i) {
    EXPECT_NEAR(up.runs[3][i].log_rms - up.runs[3][0].log_rms, static_cast<double>(i) * std::log(16), 1e-9);
  }
  const auto down = propagated(written(folder, scaling_chain(40, 0.25F)), options);
  EXPECT_EQ(down.verdict().signal.fate, experiment::Fate::vanishes);
  EXPECT_EQ(down.nodes[down.verdict().signal.layer].name, "layer 5");
  EXPECT_EQ(propagated(written(folder, scaling_chain(40, 1)), options).verdict().signal.fate, experiment::Fate::holds);
}

/// A node whose output has no name, and so no user, as a fuzzer wrote it.
TEST(Graphs, LeaveOutNodesWithoutOutputs) {
  const Folder folder;
  Graph graph = scaling_chain(2, 1);
  graph.nodes.insert(graph.nodes.begin() + 1, onnx::node("Neg", {"x1"}, {}, "for nobody"));
  experiment::ChainOptions options;
  options.replicates = 2;
  const auto p = propagated(written(folder, graph), options);
  std::vector<std::string> names;
  for (const auto& node : p.nodes) names.push_back(node.name);
  EXPECT_EQ(names, (std::vector<std::string>{"x0", "layer 1", "layer 2"}));
}

TEST(Graphs, DoNotDependOnThreads) {
  const Folder folder;
  experiment::ChainOptions options;
  options.replicates = 8;
  options.threads = 1;
  const std::string path = written(folder, scaling_chain(3, 1));
  const auto one = propagated(path, options, "he_normal");
  options.threads = 4;
  const auto four = propagated(path, options, "he_normal");
  for (std::size_t run = 0; run < 8; ++run) {
    for (std::size_t i = 0; i < one.nodes.size(); ++i) EXPECT_EQ(one.runs[run][i].log_rms, four.runs[run][i].log_rms);
  }
  EXPECT_NE(one.runs[0][1].log_rms, one.runs[1][1].log_rms);
}

/// What a branch loses, the sum still has; what a softmax makes small was not lost.
TEST(Graphs, JudgeWhatEveryPathLeadsThroughUpToASoftmax) {
  const Folder folder;
  Graph graph{.nodes = {onnx::node("Mul", {"x", "tiny"}, {"a"}, "branch"), onnx::node("Add", {"x", "a"}, {"s"}, "sum"),
                        onnx::node("Softmax", {"s"}, {"p"}, "classes"), onnx::node("Mul", {"p", "tiny"}, {"y"}, "end")},
              .weights = {onnx::floats("tiny", {}, {1e-9F})},
              .inputs = {onnx::port("x", onnx::f32, {1, 8})},
              .outputs = {"y"}};
  experiment::ChainOptions options;
  options.replicates = 3;
  const auto p = propagated(written(folder, graph), options);
  EXPECT_EQ(p.verdict().signal.fate, experiment::Fate::holds);
  std::vector<std::string> judged;
  for (const auto& node : p.nodes) {
    if (node.judged) judged.push_back(node.name);
  }
  EXPECT_EQ(judged, std::vector<std::string>{"sum"});
}

/// Ids stay below the shortest table that they index; other integers are ones; the embedding stands for the input.
TEST(Graphs, DrawIdsAndMasks) {
  Graph graph{.nodes = {onnx::node("Gather", {"table", "ids"}, {"e"}, "embed"),
                        onnx::node("Cast", {"mask"}, {"m"}) + onnx::attribute("to", std::int64_t{1}),
                        onnx::node("Mul", {"e", "m"}, {"y"}, "masked")},
              .weights = {onnx::floats("table", {5, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})},
              .inputs = {onnx::port("ids", onnx::i64, {0, 7}), onnx::port("mask", onnx::i64, {0, 7, 1})},
              .outputs = {"y"}};
  const graph::Model model = graph::parse_model("m", onnx::as_bytes(graph.model()));
  const auto inputs = graph::inputs_of(model, {"ids=300,7"}, 1);
  ASSERT_EQ(inputs.size(), 2U);
  EXPECT_EQ(inputs[0].ids, 5U);
  EXPECT_EQ(inputs[1].shape, (Shape{300, 7, 1}));  // N is one size
  EXPECT_FALSE(inputs[1].drawn());
  const graph::Value ids = graph::draw(inputs[0], random::Stream{}, 0),
                     mask = graph::draw(inputs[1], random::Stream{}, 0);
  std::vector<std::size_t> counts(5);
  for (const std::int64_t id : ids.wholes()) ++counts.at(static_cast<std::size_t>(id));
  // 2100 draws, 420 each, deviation 18.3.
  for (const std::size_t count : counts) EXPECT_NEAR(static_cast<double>(count), 420, 5 * 18.4);
  EXPECT_EQ(std::ranges::count(mask.wholes(), 1), 2100);
  const Folder folder;
  const auto p = propagated(written(folder, graph), {});
  EXPECT_EQ(p.nodes.front().name, "embed");
  EXPECT_TRUE(p.nodes.front().judged);
}

/// Fans as each operator reads its weight; shapes have unequal ends, so that a swap is seen.
TEST(Graphs, RedrawWeightsByWhatTheyDo) {
  const auto weight = [](const char* name, const std::vector<std::int64_t>& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    return onnx::floats(name, shape, std::vector<float>(static_cast<std::size_t>(count), 1));
  };
  Graph graph{
      .nodes = {onnx::node("MatMul", {"x", "right"}, {"a"}), onnx::node("Add", {"bias", "a"}, {"b"}),
                onnx::node("Gemm", {"b", "turned", "c"}, {"d"}) + onnx::attribute("transB", std::int64_t{1}),
                onnx::node("Transpose", {"copied"}, {"t"}), onnx::node("MatMul", {"d", "t"}, {"e"}),
                onnx::node("MatMul", {"left", "e"}, {"f"}), onnx::node("Gather", {"tied", "ids"}, {"g"}),
                onnx::node("Transpose", {"tied"}, {"u"}), onnx::node("MatMul", {"g", "u"}, {"h"}),
                onnx::node("Conv", {"i", "filters", "shift"}, {"j"}) + onnx::attribute("group", std::int64_t{2}),
                onnx::node("ConvTranspose", {"j", "back"}, {"k"}) + onnx::attribute("group", std::int64_t{3}),
                onnx::node("LayerNormalization", {"k", "scale", "move"}, {"l"}),
                // What is drawn or kept is no bias beside.
                onnx::node("Gemm", {"b", "turned", "right"}, {"m"}),
                onnx::node("Gemm", {"b", "turned", "tied"}, {"n"})},
      .weights = {weight("right", {3, 5}), weight("bias", {5}), weight("turned", {7, 5}), weight("c", {7}),
                  weight("copied", {2, 7}), weight("left", {4, 6}), weight("tied", {9, 3}),
                  weight("filters", {6, 2, 3, 3}), weight("shift", {6}), weight("back", {6, 4, 3, 3}),
                  weight("scale", {8}), weight("move", {8})},
      .inputs = {},
      .outputs = {"l"}};
  const graph::Redraw redraw = graph::redraw_of(graph::parse_model("m", onnx::as_bytes(graph.model())));
  std::map<std::string, std::pair<std::size_t, std::size_t>> fans;
  for (const auto& drawn : redraw.drawn) fans[drawn.name] = {drawn.fans.fan_in, drawn.fans.fan_out};
  const std::map<std::string, std::pair<std::size_t, std::size_t>> expected{
      {"right", {3, 5}}, {"turned", {5, 7}},          {"copied", {7, 2}},
      {"left", {6, 4}},  {"filters", {2 * 9, 3 * 9}}, {"back", {2 * 9, 4 * 9}}};
  EXPECT_EQ(fans, expected);
  const std::map<std::string, float> constant(redraw.constant.begin(), redraw.constant.end());
  const std::map<std::string, float> kept{{"bias", 0}, {"c", 0}, {"shift", 0}, {"scale", 1}, {"move", 0}};
  EXPECT_EQ(constant, kept);
}

/// Running statistics of 0 and 1 leave what comes in as it is; drawn weights meet those of the batch, and come out
/// at 1.
TEST(Graphs, TakeBatchStatisticsOfDrawnWeights) {
  const Folder folder;
  const std::vector<float> ones(3, 1), zeros(3);
  Graph graph{.nodes = {onnx::node("Conv", {"x", "w"}, {"c"}),
                        onnx::node("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, {"y"}, "norm")},
              .weights = {onnx::floats("w", {3, 2, 1, 1}, std::vector<float>(6, 10)), onnx::floats("scale", {3}, ones),
                          onnx::floats("shift", {3}, zeros), onnx::floats("mean", {3}, zeros),
                          onnx::floats("variance", {3}, ones)},
              .inputs = {onnx::port("x", onnx::f32, {1, 2, 5, 5})},
              .outputs = {"y"}};
  const std::string path = written(folder, graph);
  const auto file = propagated(path, {}), drawn = propagated(path, {}, "he_normal");
  EXPECT_NEAR(file.runs[0][2].log_rms, file.runs[0][1].log_rms, 1e-5);
  for (const auto& run : drawn.runs) EXPECT_NEAR(run[2].log_rms, 0, 1e-3);
}

/// Two weights of one shape: their difference on the same input is no 0, but of twice the variance.
TEST(Graphs, DrawEachWeightByItself) {
  const Folder folder;
  const std::vector<float> zeros(64 * 64);
  const Graph graph{.nodes = {onnx::node("MatMul", {"x", "v"}, {"a"}), onnx::node("MatMul", {"x", "w"}, {"b"}),
                              onnx::node("Sub", {"a", "b"}, {"y"})},
                    .weights = {onnx::floats("v", {64, 64}, zeros), onnx::floats("w", {64, 64}, zeros)},
                    .inputs = {onnx::port("x", onnx::f32, {8, 64})},
                    .outputs = {"y"}};
  const auto p = propagated(written(folder, graph), {}, "lecun_normal");
  // Of 20 runs of 512 entries; one stream for both weights would leave 0.
  EXPECT_NEAR(std::exp(experiment::typical_log_rms(p.runs, 3)), std::sqrt(2), 0.1);
}

/// Bands of 1,999 runs against 1,000 others: fewer than 980 lie inside a node's band with probability 4.1e-5, as their
/// number is beta-binomial, of 1,000 and Beta(1990, 10).
TEST(Graphs, HoldWhatTheirBandsSay) {
  const Folder folder;
  const std::string path = written(folder, onnx::gemm_chain(1));
  experiment::ChainOptions options;
  options.replicates = 1999;
  const auto one = propagated(path, options, "lecun_normal");
  options.replicates = 1000;
  options.seed = 2;
  const auto other = propagated(path, options, "lecun_normal");
  double sum = 0;
  for (std::size_t node = 0; node < one.nodes.size(); ++node) {
    const auto band = band_over(one.runs, node, &experiment::LayerState::log_rms);
    EXPECT_GE(band.coverage, 0.99);
    const auto inside = std::ranges::count_if(other.runs, [&](const auto& run) {
      return run[node].log_rms >= band.interval.low && run[node].log_rms <= band.interval.high;
    });
    EXPECT_GE(inside, 980) << one.nodes[node].name;
    sum += static_cast<double>(inside) / 1000 / static_cast<double>(one.nodes.size());
  }
  EXPECT_GE(sum, 0.99);
}

/// A chain of Gemm and Relu by he_normal against the same chain by layers: both in law, at 400 runs each.
TEST(Graphs, AgreeWithChainsInLaw) {
  const Folder folder;
  constexpr std::size_t width = 16, depth = 4;
  Graph graph{.nodes = {}, .weights = {}, .inputs = {onnx::port("x0", onnx::f32, {0, width})}, .outputs = {"x4"}};
  for (std::size_t l = 0; l < depth; ++l) {
    const std::string w = fmt::format("w{}", l), h = fmt::format("h{}", l);
    graph.weights.push_back(onnx::floats(w, {width, width}, std::vector<float>(width * width)));
    graph.nodes.push_back(onnx::node("Gemm", {fmt::format("x{}", l), w}, {h}) +
                          onnx::attribute("transB", std::int64_t{1}));
    graph.nodes.push_back(onnx::node("Relu", {h}, {fmt::format("x{}", l + 1)}));
  }
  experiment::ChainOptions options;
  options.replicates = 400;
  options.width = width;
  options.depth = depth;
  const auto p = propagated(written(folder, graph), options, "he_normal");
  auto chains = experiment::understand(options, {"he_normal"});
  experiment::propagate(chains[0], options, plain_blas());
  const auto& law = chains[0].forecast.layers;
  for (std::size_t l = 1; l <= depth; ++l) {
    const double error = law[l].log_rms.stddev / std::sqrt(400.0);
    EXPECT_NEAR(experiment::typical_log_rms(p.runs, 2 * l), law[l].log_rms.mean, 5 * error) << l;
    // The median of 400 runs has 1.2533 times the mean's error where they are normal; both are simulated.
    EXPECT_NEAR(experiment::median_log_gradient(p.runs, 2 * l), experiment::median_log_gradient(chains[0].runs, l),
                7 * 1.2533 * law[l].log_gradient.stddev / std::sqrt(400.0))
        << l;
  }
}

}  // namespace
}  // namespace sqrtn::verify
