#include <random>

#include "graph/order.hpp"
#include "graph/run.hpp"
#include "mutation.hpp"
#include "onnx_bytes.hpp"
#include "plain_blas.hpp"
#include "scratch.hpp"

/// The reader of .onnx files: what it reads, what it refuses and how it says so, and the order of nodes.
namespace sqrtn::verify {
namespace {

using onnx::Graph;

/// x → Gemm(weight, bias) → Relu → y, with weights in several types.
Graph two_nodes() {
  return {.nodes = {onnx::node("Gemm", {"x", "w", "b"}, {"h"}, "fc") + onnx::attribute("transB", std::int64_t{1}),
                    onnx::node("Relu", {"h"}, {"y"}, "act")},
          .weights = {onnx::floats("w", {2, 3}, {1, 2, 3, 4, 5, 6}),
                      onnx::dims(std::vector<std::int64_t>{2}) + onnx::number(2, onnx::f64) + onnx::field(8, "b") +
                          onnx::field(10, onnx::raw<double>(std::vector<double>{0.5, -100}))},
          .inputs = {onnx::port("x", onnx::f32, {0, 3})},
          .outputs = {"y"}};
}

graph::Model parsed(const std::string& bytes) { return graph::parse_model("m.onnx", onnx::as_bytes(bytes)); }

std::vector<float> reals_of(const graph::Value& value) { return {value.reals().begin(), value.reals().end()}; }

void write_bytes(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

TEST(GraphReader, ReadsNodesWeightsAndPorts) {
  const graph::Model model = parsed(two_nodes().model());
  EXPECT_EQ(model.opset, 17);
  ASSERT_EQ(model.nodes.size(), 2U);
  EXPECT_EQ(model.nodes[0].name, "fc");
  EXPECT_EQ(model.nodes[0].find("transB")->whole, 1);
  EXPECT_EQ(model.nodes[0].inputs, (std::vector<std::string>{"x", "w", "b"}));
  EXPECT_EQ(model.initialisers.at("w").shape(), (Shape{2, 3}));
  EXPECT_EQ(reals_of(model.initialisers.at("b")), (std::vector<float>{0.5F, -100}));
  ASSERT_EQ(model.inputs.size(), 1U);
  EXPECT_EQ((*model.inputs[0].shape)[0].name, "N");
  EXPECT_EQ((*model.inputs[0].shape)[1].size, 3U);
  EXPECT_EQ(model.outputs, std::vector<std::string>{"y"});
}

TEST(GraphReader, ReadsEveryTypeRawAndAsNumbers) {
  const std::vector<std::uint16_t> halves{0x3c00, 0xc000}, bfloats{0x3f80, 0xc000};
  const std::vector<std::uint8_t> bytes{1, 200};
  const std::vector<std::int32_t> ints{-7, 9};
  const auto packed = [](std::initializer_list<std::int64_t> values) {
    std::string text;
    for (const std::int64_t value : values) text += onnx::varint(static_cast<std::uint64_t>(value));
    return text;
  };
  const auto head = [](const char* name, onnx::Type type) {
    return onnx::number(1, 2) + onnx::number(2, type) + onnx::field(8, name);
  };
  Graph graph = two_nodes();
  graph.weights.insert(graph.weights.end(),
                       {onnx::tensor("half", onnx::f16, {2}, onnx::raw<std::uint16_t>(halves)),
                        onnx::tensor("bfloat", onnx::bf16, {2}, onnx::raw<std::uint16_t>(bfloats)),
                        onnx::tensor("byte", onnx::u8, {2}, onnx::raw<std::uint8_t>(bytes)),
                        onnx::tensor("truth", onnx::boolean, {2}, onnx::raw<std::uint8_t>(bytes)),
                        onnx::tensor("int", onnx::i32, {2}, onnx::raw<std::int32_t>(ints)),
                        head("half_bits", onnx::f16) + onnx::field(5, packed({0x3c00, 0xc000})),
                        head("packed", onnx::i64) + onnx::field(7, packed({-7, 9})),
                        head("one_by_one", onnx::i64) + onnx::number(7, -7) + onnx::number(7, 9),
                        head("float_one_by_one", onnx::f32) + onnx::fixed(4, 1) + onnx::fixed(4, -2)});
  const graph::Model model = parsed(graph.model());
  for (const char* name : {"half", "bfloat", "half_bits", "float_one_by_one"}) {
    EXPECT_EQ(reals_of(model.initialisers.at(name)), (std::vector<float>{1, -2})) << name;
  }
  const auto wholes = [&](const char* name) {
    const auto entries = model.initialisers.at(name).wholes();
    return std::vector<std::int64_t>(entries.begin(), entries.end());
  };
  EXPECT_EQ(wholes("byte"), (std::vector<std::int64_t>{1, 200}));
  EXPECT_EQ(wholes("truth"), (std::vector<std::int64_t>{1, 1}));
  for (const char* name : {"int", "packed", "one_by_one"}) {
    EXPECT_EQ(wholes(name), (std::vector<std::int64_t>{-7, 9})) << name;
  }
}

struct Wrong {
  const char* what;
  Graph graph;
  const char* told;
  std::int64_t opset = 17;
};

Graph with(Graph graph, const std::string& node) {
  graph.nodes.push_back(node);
  return graph;
}
Graph with_weight(const std::string& weight) {
  Graph graph = two_nodes();
  graph.weights.push_back(weight);
  return graph;
}

/// A weight that says it lies in another file.
std::string elsewhere(const std::string& location) {
  return onnx::number(1, 2) + onnx::number(2, 1) + onnx::field(8, "far") +
         onnx::field(13, onnx::field(1, "location") + onnx::field(2, location)) + onnx::number(14, 1);
}

TEST(GraphReader, RefusesWhatDoesNotFit) {
  constexpr std::int64_t huge = std::int64_t{1} << 40;
  Graph twice_in = two_nodes(), no_output = two_nodes(), nothing = two_nodes();
  twice_in.inputs.push_back(twice_in.inputs[0]);
  no_output.outputs = {"z"};
  nothing.nodes.clear();
  const Wrong wrongs[] = {
      {"opset too new", two_nodes(), "opset 99; known are 7 to 22", 99},
      {"opset too old", two_nodes(), "opset 6;", 6},
      {"twice a weight", with_weight(onnx::floats("w", {1}, {1})), "two weights are called 'w'"},
      {"twice an input", twice_in, "input 'x' stands twice"},
      {"twice an output", with(two_nodes(), onnx::node("Relu", {"h"}, {"y"}, "again")), "'y' is made twice"},
      {"missing input", with(two_nodes(), onnx::node("Relu", {"ghost"}, {"z"}, "lost")), "'lost' (Relu) takes 'ghost'"},
      {"missing output", no_output, "nothing makes the graph's output 'z'"},
      {"no nodes", nothing, "no nodes"},
      {"short raw data", with_weight(onnx::tensor("s", onnx::f32, {3}, "12345678")), "'s' of 3 needs 12 bytes, but 8"},
      {"overflowing dims", with_weight(onnx::tensor("s", onnx::f32, {huge, huge}, "1234")), "entries; at most"},
      {"overflow to 0", with_weight(onnx::tensor("s", onnx::f32, {huge, std::int64_t{1} << 62, 4}, "")),
       "entries; at most"},
      {"negative dims", with_weight(onnx::tensor("s", onnx::f32, {-1}, "")), "dimension -1"},
      {"strings", with_weight(onnx::tensor("s", static_cast<onnx::Type>(8), {1}, "")), "type 8"},
      {"another file", with_weight(elsewhere("w.bin")), "lies in another file"},
      {"no name", with_weight(onnx::floats("", {1}, {1})), "has no name"},
  };
  for (const Wrong& wrong : wrongs) {
    const std::string said =
        message_of<std::invalid_argument>([&] { (void)graph::plan_of(parsed(wrong.graph.model(wrong.opset))); });
    EXPECT_NE(said.find(wrong.told), std::string::npos) << wrong.what << ": " << said;
    EXPECT_TRUE(said.starts_with("m.onnx: ")) << said;
  }
}

TEST(GraphReader, RefusesBrokenWire) {
  const std::string whole = two_nodes().model();
  const auto told = [](const std::string& bytes) {
    return message_of<std::invalid_argument>([&] { (void)parsed(bytes); });
  };
  EXPECT_NE(told(whole + "\x80").find("is cut off"), std::string::npos);
  EXPECT_NE(told(whole + onnx::varint(2 << 3) + std::string(10, '\xff') + '\x01').find("more than 64 bits"),
            std::string::npos);
  // The tenth byte has room for one bit.
  EXPECT_NE(told(whole + onnx::varint(2 << 3) + std::string(9, '\xff') + '\x02').find("more than 64 bits"),
            std::string::npos);
  EXPECT_NE(told(whole + onnx::varint(2 << 3 | 2) + onnx::varint(std::uint64_t{1} << 63)).find("bytes, but 0 are left"),
            std::string::npos);
  EXPECT_NE(told(whole + onnx::varint(2 << 3 | 3)).find("unknown kind 3"), std::string::npos);
  EXPECT_NE(told(whole + std::string(1, '\x02')).find("field 0 is none"), std::string::npos);
  EXPECT_NE(told("").find("no graph"), std::string::npos);
  EXPECT_NE(told(whole + onnx::field(25, "")).find("functions of its own"), std::string::npos);
  // The place is that of the field.
  EXPECT_NE(told(whole + "\x80").find(fmt::format("byte {}", whole.size())), std::string::npos);
}

TEST(GraphReader, NamesAllUnknownOperators) {
  const Graph graph = with(with(two_nodes(), onnx::node("Frobnicate", {"h"}, {"p"}, "first")),
                           onnx::node("Loop", {"h"}, {"q"}, "second") + onnx::field(7, "com.other"));
  const std::string said = message_of<std::invalid_argument>([&] { graph::require_operators(parsed(graph.model())); });
  for (const char* told : {"2 unknown operators", "Frobnicate of node 'first'", "com.other.Loop of node 'second'"}) {
    EXPECT_NE(said.find(told), std::string::npos) << said;
  }
}

/// Weights beside the model are read; a path that leads out of the folder is not, links included.
TEST(GraphReader, ReadsOtherFilesInTheModelsFolderAlone) {
  namespace fs = std::filesystem;
  const Folder folder;
  fs::create_directory(folder / "models");
  const std::vector<float> entries{3, 4};
  write_bytes(folder / "models/w.bin", onnx::raw<float>(entries));
  write_bytes(folder / "outside.bin", onnx::raw<float>(entries));
  fs::create_symlink(folder / "outside.bin", folder / "models/link.bin");
  const auto read = [&](const std::string& location) {
    write_bytes(folder / "models/m.onnx", with_weight(elsewhere(location)).model());
    return graph::read_model(folder / "models/m.onnx");
  };
  EXPECT_EQ(reals_of(read("w.bin").initialisers.at("far")), entries);
  for (const std::string& location : {std::string("../outside.bin"), std::string("link.bin"), std::string("/dev/zero"),
                                      std::string(""), std::string("."), folder / "outside.bin"}) {
    EXPECT_NE(
        message_of<std::invalid_argument>([&] { (void)read(location); }).find("no file in the model's own folder"),
        std::string::npos)
        << location;
  }
}

/// Nothing that is cut off or changed does worse than be refused, or run.
void survive(const std::string& bytes) {
  try {
    const graph::Model model = parsed(bytes);
    const graph::Plan plan = graph::plan_of(model);
    graph::Given given;
    for (const graph::Port& port : model.inputs) given[port.name] = graph::Value({2, 3}, Buffer<float>(6, 1.0F));
    graph::require_given(model, given);
    graph::run(model, plan, given, plain_blas(), {.most_bytes = 0x1p18}, {});
  } catch (const std::invalid_argument&) {
    // How a reader refuses.
  }
}

TEST(GraphReader, SurvivesEveryTruncationAndManyMutations) {
  Graph graph = two_nodes();
  graph.nodes.push_back(onnx::node("Reshape", {"h", "shape"}, {"r"}));
  graph.nodes.push_back(onnx::node("Slice", {"r", "shape", "shape"}, {"s"}));
  graph.nodes.push_back(onnx::node("Softmax", {"r"}, {"t"}) + onnx::attribute("axis", std::int64_t{-1}));
  graph.weights.push_back(onnx::wholes("shape", {2}, {1, -1}));
  const std::string whole = graph.model();
  survive(whole);
  for (std::size_t size = 0; size < whole.size(); ++size) survive(whole.substr(0, size));
  std::mt19937_64 random(20);
  for (int i = 0; i < 5'000; ++i) survive(mutated(whole, random));
  for (int i = 0; i < 5'000; ++i) {
    std::string changed = whole;
    for (std::size_t flips = 1 + random() % 3; flips > 0; --flips) {
      changed[random() % changed.size()] ^= static_cast<char>(1U << random() % 8);
    }
    survive(changed);
  }
}

}  // namespace
}  // namespace sqrtn::verify
