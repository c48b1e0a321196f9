#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/support/half.hpp"
#include "sqrtn/support/tensor.hpp"

/// `sqrtn init`: the file holds the library's draws, and the summary describes them.
namespace sqrtn::verify {
namespace {

struct Row {
  const char* arguments;
  const char* header;  ///< a part of the file's header
  init::Distribution law;
  random::Stream stream;
  std::size_t count;
};

/// The bytes after the header, whose length is a little-endian number at byte 8.
std::string data_of(const std::string& npy) {
  if (npy.size() < 10) return "";
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(npy[i])); };
  return npy.substr(std::min(npy.size(), 10 + byte(8) + 256 * byte(9)));
}

template <class T>
std::string drawn(const Row& row) {
  Buffer<T> weight(row.count);
  init::initialise(row.law, row.stream, weight.span());
  return {reinterpret_cast<const char*>(weight.data()), row.count * sizeof(T)};
}

TEST(InitCommand, WritesTheLibrarysDraws) {
  using init::Law;
  using random::Engine;
  const Row rows[] = {
      // More than one of the parts and blocks that the tensor is drawn in.
      {"he_normal 1000x601",
       "'<f4', 'fortran_order': False, 'shape': (1000, 601)",
       {Law::normal, 2.0 / 601},
       {Engine::ars, 1},
       1000 * 601},
      {"kaiming_normal 512x256 --gain 1 --threads 3",
       "(512, 256)",
       {Law::normal, 1.0 / 256},
       {Engine::ars, 1},
       512 * 256},
      {"xavier_uniform 64x3x7x7 --engine philox --seed 7 --stream 9",
       "(64, 3, 7, 7)",
       {Law::uniform, 2.0 / (3 * 49 + 64 * 49)},
       {Engine::philox, 7, 9},
       64 * 3 * 49},
      {"lecun_normal 6x4x3 --layer transposed_conv --groups 2 --mode fan_in --law truncated_normal --dtype f64",
       "'<f8'",
       {Law::truncated_normal, 1.0 / 9},
       {Engine::ars, 1},
       6 * 4 * 3},
      {"uniform 1000 --scale 3", "(1000,)", {Law::uniform, 3}, {Engine::ars, 1}, 1000},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.arguments);
    const Folder folder;
    EXPECT_EQ(shell(folder, fmt::format("sqrtn init {} --output w.npy", row.arguments)).code, 0);
    const std::string npy = content_of(folder / "w.npy");
    EXPECT_TRUE(holds(npy, row.header));
    const bool f64 = std::strstr(row.arguments, "f64") != nullptr;
    EXPECT_TRUE(data_of(npy) == (f64 ? drawn<double>(row) : drawn<float>(row)));
    const Ended piped = shell(folder, fmt::format("sqrtn init {} --output -", row.arguments));
    EXPECT_TRUE(piped.out == npy) << "another file on standard output";
    EXPECT_TRUE(holds(piped.err, "measured")) << "the summary goes to standard error";
  }
}

/// The file of a whole matrix, and of any weight divided by its spectral norm.
TEST(InitCommand, WritesWholeMatrices) {
  struct Row {
    const char* arguments;
    const char* rule;
    Shape shape;
    std::size_t groups;
    double gain;
    bool divided;
  };
  const Row rows[] = {{"orthogonal 51x25 --gain leaky_relu", "orthogonal", {51, 25}, 1, 1.4141428569978354, false},
                      {"orthogonal 8x4x3x3 --spectral --gain 3", "orthogonal", {8, 4, 3, 3}, 1, 3, true},
                      {"delta_orthogonal 7x5x3x3 --threads 2", "delta_orthogonal", {7, 5, 3, 3}, 1, 1, false},
                      {"dirac 6x2x3 --groups 3", "dirac", {6, 2, 3}, 3, 1, false},
                      {"identity 4x6 --gain 0.5", "identity", {4, 6}, 1, 0.5, false}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.arguments);
    const Folder folder;
    const Ended ended = shell(folder, fmt::format("sqrtn init {} --seed 9 --stream 4 --output w.npy", row.arguments));
    EXPECT_EQ(ended.code, 0) << ended.err;
    Buffer<float> weight(element_count(row.shape));
    init::initialise_structured(*init::find_structured(row.rule), row.shape, row.groups, row.gain,
                                {random::Engine::ars, 9, 4}, weight.span());
    const std::size_t n_rows = row.shape[0];
    if (row.divided) init::normalise_spectrally(MatrixView<float>(weight.data(), n_rows, weight.size() / n_rows));
    const std::string bytes(reinterpret_cast<const char*>(weight.data()), weight.size() * sizeof(float));
    EXPECT_TRUE(data_of(content_of(folder / "w.npy")) == bytes);
  }
}

/// The element at `i` of the last bytes of a file.
template <class T>
T stored_at(const std::string& file, std::size_t n, std::size_t i) {
  T bits;
  std::memcpy(&bits, file.data() + file.size() - (n - i) * sizeof(T), sizeof(T));
  return bits;
}

// What is stored in 16 bits is what is stored in 32, rounded; orthonormal matrices too.
TEST(InitCommand, WritesHalves) {
  const Folder folder;
  for (const std::string weight : {"he_normal 61x7", "orthogonal 61x7", "lecun_uniform 61x7 --spectral"}) {
    ASSERT_EQ(shell(folder, "sqrtn init " + weight + " --output f.npy").code, 0);
    ASSERT_EQ(shell(folder, "sqrtn init " + weight + " --dtype f16 --output h.npy").code, 0);
    ASSERT_EQ(shell(folder, "sqrtn init " + weight + " --dtype bf16 --output b.safetensors").code, 0);
    const std::string floats = content_of(folder / "f.npy"), halves = content_of(folder / "h.npy"),
                      brains = content_of(folder / "b.safetensors");
    EXPECT_TRUE(holds(halves, "'<f2'"));
    EXPECT_TRUE(holds(brains, R"("dtype":"BF16","shape":[61,7],"data_offsets":[0,854])"));
    constexpr std::size_t n = 61 * 7;
    for (std::size_t i = 0; i < n; ++i) {
      const auto exact = stored_at<float>(floats, n, i);
      ASSERT_EQ(stored_at<std::uint16_t>(halves, n, i), to_f16(exact)) << weight << ' ' << i;
      ASSERT_EQ(stored_at<std::uint16_t>(brains, n, i), to_bf16(exact)) << weight << ' ' << i;
    }
  }
  const Ended inspected = shell(folder,
                                "sqrtn init he_normal 512x256 --dtype bf16 --output w.safetensors && "
                                "sqrtn inspect w.safetensors --rule he_normal");
  EXPECT_EQ(inspected.code, 0) << inspected.out << inspected.err;
}

TEST(InitCommand, RefusesHalvesThatCannotBe) {
  const Folder folder;
  for (const auto& [line, words] : {std::pair{"he_normal 5x5 --dtype bf16 --output w.npy", ".safetensors"},
                                    std::pair{"normal 5x5 --gain 1e6 --dtype f16", "does not fit into 16 bits"},
                                    std::pair{"orthogonal 5x5 --gain 1e6 --dtype f16", "does not fit into 16 bits"},
                                    std::pair{"he_normal 5x5 --dtype f8", "f16, bf16, f32, f64"}}) {
    const Ended ended = shell(folder, std::string("sqrtn init ") + line);
    EXPECT_EQ(ended.code, 2) << line;
    EXPECT_TRUE(holds(ended.err, words)) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "w.npy"));
  }
}

TEST(InitCommand, DescribesWholeMatrices) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn init orthogonal 20x30 --dtype f64 --gain 2 --spectral --json -");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json["gain"], 2);
  EXPECT_NEAR(json["spectral_norm"], 2, 1e-12);
  EXPECT_EQ(json["measured"]["nonzero"], 600);
  EXPECT_LT(json["measured"]["orthonormality_error"], 1e-13);
  EXPECT_TRUE(holds(ended.err, "20 x 30, max |WW'/gain^2 - I|"));
  const Ended plain = shell(folder, "sqrtn init he_normal 64x3x3x3 --spectral --json -");
  const auto by_rule = nlohmann::json::parse(plain.out);
  EXPECT_NEAR(by_rule["spectral_norm"], std::sqrt(2.0 / 27) * (8 + std::sqrt(27)), 0.6) << plain.err;
  EXPECT_TRUE(holds(plain.err, "sqrt(64) + sqrt(27)"));
  const Ended delta = shell(folder, "sqrtn init delta_orthogonal 6x4x3x3");
  EXPECT_TRUE(holds(delta.out, "24 of 216 are not 0")) << delta.err;
}

/// Each with the remedy.
TEST(InitCommand, RefusesMatricesThatAreNone) {
  const char* rows[][2] = {{"orthogonal 5", "fan_out x fan_in"},
                           {"orthogonal 5x5 --law normal", "he_normal"},
                           {"orthogonal 5x5 --mode fan_in", "--mode"},
                           {"orthogonal 5x5 --scale 2", "--scale"},
                           {"orthogonal 5x5 --layer linear", "--layer"},
                           {"orthogonal 6x5 --groups 2", "groups"},
                           {"orthogonal 5x5 --gain 0", "positive"},
                           {"orthogonal 30000x30000", "FLOP"},
                           {"orthogonal 2000000000x1", "2^30"},
                           {"delta_orthogonal 64x64x4x4", "odd"},
                           {"delta_orthogonal 32x64x3x3", "c_out >= c_in"},
                           {"delta_orthogonal 64x64", "use orthogonal"},
                           {"dirac 64x64", "use identity"},
                           {"identity 4x4x3", "use dirac"},
                           {"he_normal 30000x30000 --spectral", "FLOP"},
                           {"uniform 100 --spectral", "2 axes"},
                           {"ortogonal 5x5", "did you mean 'orthogonal'"}};
  for (const auto& [line, remedy] : rows) {
    const Folder folder;
    const Ended ended = shell(folder, fmt::format("sqrtn init {} --output w.npy", line));
    EXPECT_EQ(ended.code, 2) << line;
    EXPECT_TRUE(holds(ended.err, remedy)) << line;
    EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
    EXPECT_EQ(folder.entries(), 0) << line;
  }
}

TEST(InitCommand, DescribesWhatItDrew) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn init he_uniform 48x10x3x3 --layer transposed_conv --groups 4 --json -");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto json = nlohmann::json::parse(ended.out);
  EXPECT_EQ(json["fan_in"], 108);
  EXPECT_EQ(json["fan_out"], 90);
  EXPECT_EQ(json["seed"], 1);
  EXPECT_DOUBLE_EQ(json["variance"], 2.0 / 108);
  EXPECT_DOUBLE_EQ(json["limit"], std::sqrt(6.0 / 108));
  const auto& measured = json["measured"];
  EXPECT_EQ(measured["n_samples"], 48 * 10 * 9);
  EXPECT_LT(measured["maximum"], json["limit"]);
  EXPECT_GT(measured["minimum"].get<double>(), -json["limit"].get<double>());
  // 4,320 draws: ten standard errors of the deviation are 7 %.
  EXPECT_NEAR(measured["stddev"], json["stddev"], 0.07 * json["stddev"].get<double>());
  EXPECT_TRUE(holds(ended.err, "frameworks that look at the shape alone count 432 and 90"));
}

TEST(InitCommand, ListsEveryRuleAndActivation) {
  const Folder folder;
  const Ended text = shell(folder, "sqrtn init --list --json list.json");
  const auto json = nlohmann::json::parse(content_of(folder / "list.json"));
  for (const init::Rule& rule : init::rules()) EXPECT_TRUE(holds(text.out, rule.name));
  for (const init::StructuredRule& rule : init::structured_rules()) EXPECT_TRUE(holds(text.out, rule.explanation));
  EXPECT_EQ(json["rules"].size(), init::rules().size());
  EXPECT_EQ(json["structured_rules"].size(), init::structured_rules().size());
  EXPECT_TRUE(holds(text.out, "xavier_uniform"));
  EXPECT_TRUE(holds(text.out, "1.592537   1.666667")) << "tanh by quadrature and as frameworks have it";
}

TEST(InitCommand, RefusesWithOneLine) {
  const char* lines[] = {"",
                         "he_normal",
                         "he_normal 5x5 7x7",
                         "he_normal 5x5 --frob",
                         "he_normal 512",
                         "he_normal 64x3x7x7 --layer linear",
                         "he_normal 64x8x3x3 --groups 3",
                         "he_normal 5x5 --layer dense",
                         "he_normal 5x5 --gain swish2",
                         "he_normal 5x5 --gain -1",
                         "he_normal 5x5 --gain 1e-60",
                         "he_normal 5x5 --scale nan",
                         "he_normal 5x5 --mode fan",
                         "he_normal 5x5 --law cauchy",
                         "he_normal 5x5 --dtype f8",
                         "he_normal 5x5 --seed -1",
                         "he_normal 5x5 --stream 18446744073709551616",
                         "normal 5x5 --mode fan_in",
                         "normal 5x5 --groups 1",
                         "he_normal 5x5 --output - --json -"};
  for (const char* line : lines) {
    const Folder folder;
    const Ended ended = shell(folder, fmt::format("sqrtn init {}", line));
    EXPECT_EQ(ended.code, 2) << line;
    EXPECT_EQ(ended.out, "") << line;
    EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << ended.err;
    EXPECT_EQ(folder.entries(), 0) << line;
  }
}

}  // namespace
}  // namespace sqrtn::verify
