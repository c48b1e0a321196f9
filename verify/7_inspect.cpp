#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "sqrtn/random/fill.hpp"
#include "support/safetensors.hpp"
#include "weights.hpp"

/// `sqrtn inspect` and the files of `sqrtn init`, as a user runs them.
namespace sqrtn::verify {
namespace {

TEST(InspectCommand, NamesWhatInitDrew) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "sqrtn init he_normal 512x384 --output w.safetensors >/dev/null && "
                            "sqrtn init glorot_uniform 512x384 --output w.npy >/dev/null && "
                            "sqrtn inspect w.safetensors w.npy --json found.json");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "w.safetensors:weight"));
  EXPECT_TRUE(holds(ended.out, "draw of he_normal"));
  EXPECT_TRUE(holds(ended.out, "draw of glorot_uniform"));
  EXPECT_TRUE(holds(ended.out, "2 tensors: 2 draw; 0 with a fault"));
  const auto json = nlohmann::json::parse(content_of(folder / "found.json"));
  EXPECT_EQ(json["schema"], "sqrtn.inspection/1");
  EXPECT_EQ(json["tensors"][0]["laws"][0]["rules"][0]["names"][0], "he_normal");
}

// A checkpoint loaded with random weights in some layers while the loader reported nothing (transformers#46620).
TEST(InspectCommand, DrawsAmongTrainedTensorsAreTold) {
  const Folder folder;
  const auto draw = [](std::uint64_t stream, float tail) {
    return [=](std::size_t first, std::span<float> part) {
      random::fill_normal<float>({random::Engine::ars, 1, stream, first}, part, 0.f, 0.02f);
      for (float& x : part) x *= 1 + tail * std::abs(x);
    };
  };
  write_safetensors<float>(folder / "w.safetensors", {{"layer.0", {256, 256}, draw(1, 20)},
                                                      {"layer.1", {256, 256}, draw(2, 20)},
                                                      {"layer.2", {256, 256}, draw(3, 0)}});
  const Ended ended = shell(folder, "sqrtn inspect w.safetensors");
  EXPECT_EQ(ended.code, 0);
  EXPECT_TRUE(holds(ended.out, "3 tensors: 1 draw, 2 no draw; 0 with a fault"));
  EXPECT_TRUE(holds(ended.out, "1 untouched draws stand among 2 tensors that are none"));
}

/// A tensor as a defect left it.
struct Incident {
  const char *what, *name, *rule;  ///< and what the file should hold
  Shape shape;
  std::vector<float> values;
  const char* said;  ///< on the tensor's line
};

std::vector<float> plain_draws(const Shape& shape, bool uniform) {
  std::vector<float> values(element_count(shape));
  const random::Stream stream{random::Engine::ars, 1, 501};
  uniform ? random::fill_uniform<float>(stream, values, 0, 1) : random::fill_normal<float>(stream, values, 0, 1);
  return values;
}

std::vector<Incident> incidents() {
  const auto scaled = [](const char* what, const char* name, const char* rule, const Shape& shape, double factor,
                         const char* said) {
    return Incident{what, name, rule, shape, drawn_values(rule, shape, 500, factor), said};
  };
  std::vector<Incident> all{
      scaled("Megatron-Bridge#5840", "lora", "he_normal", {512, 1024}, 2, "tp = 4"),
      scaled("burn PR#574", "grouped", "he_uniform", {256, 32, 3, 3}, std::sqrt(1.0 / 8), "groups = 8"),
      scaled("tfjs#8594", "cut", "variance_scaling", {512, 1024}, init::truncated_stddev, "0.8796"),
      scaled("gpt-neox#1087", "mup", "he_normal", {512, 1024}, 0.5, "m = 4"),
      scaled("torchtitan#3106", "shards", "he_normal", {128, 96}, 1, "4 blocks of 32 rows: equal"),
      {"numba#10810", "end", "uniform", {100'000}, plain_draws({100'000}, true), "on [0, 1) that returned 1"},
      {"mlx#642", "infinite", "normal", {4096}, plain_draws({4096}, false), "1 infinite"},
      {"sglang#26745", "encoder", "normal", {256, 256}, plain_draws({256, 256}, false), "broken"}};
  std::vector<float>& shards = all[4].values;
  for (long b = 1; b < 4; ++b) std::copy_n(shards.begin(), 32 * 96, shards.begin() + b * 32 * 96);
  all[5].values[31] = 1;
  all[6].values[31] = -INFINITY;
  std::vector<float>& memory = all[7].values;
  random::fill_bits({random::Engine::ars, 1, 502},
                    std::span(reinterpret_cast<std::uint32_t*>(memory.data()), memory.size()));
  return all;
}

// Public incidents in one file, by the word and the factor.
TEST(InspectCommand, IncidentsInAFileAreNamed) {
  const Folder folder;
  std::vector<TensorToWrite<float>> tensors;
  std::ofstream rules(folder / "rules");
  const std::vector<Incident> all = incidents();
  for (const Incident& incident : all) {
    tensors.push_back({incident.name, incident.shape, [&](std::size_t first, std::span<float> part) {
                         std::copy_n(&incident.values[first], part.size(), part.begin());
                       }});
    rules << '^' << incident.name << "$ " << incident.rule << '\n';
  }
  rules.close();
  write_safetensors<float>(folder / "w.safetensors", tensors);
  const Ended ended = shell(folder, "sqrtn inspect w.safetensors --rules rules");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(holds(ended.out, "8 with a fault"));
  for (const Incident& incident : all) {
    const std::size_t line = ended.out.find(std::string("| ") + incident.name + ' ');
    ASSERT_NE(line, std::string::npos) << incident.what << ended.out;
    EXPECT_TRUE(holds(ended.out.substr(line, ended.out.find('\n', line) - line), incident.said)) << incident.what;
  }
}

struct Asked {
  const char* line;
  int code;
  const char* said;
};

TEST(InspectCommand, RulesAreAsserted) {
  const Folder folder;
  std::ofstream(folder / "rules") << "# what the model promises\n\n^weight$  he_normal,mode=fan_out\n";
  std::ofstream(folder / "none") << "^bias$ zeros\n";
  const Asked cases[] = {{"--rule he_normal", 0, "he_normal holds"},
                         {"--rule kaiming_normal", 0, "holds"},
                         {"--rule lecun_normal", 1, "fails by its mean square"},
                         {"--rule lecun_normal", 1, "(sqrt(2) or sqrt(tp = 2))"},
                         {"--rules rules", 1, "fails"},
                         {"--rules none", 4, ""},
                         {"--rule zeros", 1, "zeros fails"},
                         {"--filter bias", 4, "0 tensors"}};
  ASSERT_EQ(shell(folder, "sqrtn init he_normal 512x384 --output w.safetensors").code, 0);
  for (const Asked& asked : cases) {
    const Ended ended = shell(folder, std::string("sqrtn inspect w.safetensors ") + asked.line);
    EXPECT_EQ(ended.code, asked.code) << asked.line << ended.out << ended.err;
    EXPECT_TRUE(holds(ended.out, asked.said)) << asked.line;
  }
  EXPECT_EQ(
      shell(folder, "sqrtn init he_normal 4x4 --output s.npy >/dev/null; sqrtn inspect s.npy --rule he_normal").code,
      3);
}

TEST(InspectCommand, ReadsRawValuesAndTellsWhatChanged) {
  const Folder folder;
  const Ended raw = shell(folder,
                          "sqrtn init normal 300x200 --gain 0.02 --output w.npy >/dev/null; tail -c 240000 w.npy | "
                          "sqrtn inspect - --shape 300x200 --dtype f32");
  EXPECT_EQ(raw.code, 0) << raw.err;
  EXPECT_TRUE(holds(raw.out, "normal, gain 0.02"));
  const Ended changed = shell(folder,
                              "sqrtn init normal 300x200 --gain 0.03 --output new.safetensors >/dev/null; "
                              "sqrtn init normal 300x200 --gain 0.02 --output old.safetensors >/dev/null; "
                              "sqrtn inspect new.safetensors --diff old.safetensors; "
                              "sqrtn inspect new.safetensors --diff new.safetensors");
  EXPECT_TRUE(holds(changed.out, "100 % |             0.5 |"));
  EXPECT_TRUE(holds(changed.out, "no tensor differs from new.safetensors"));
}

TEST(InspectCommand, RefusesWithTheReason) {
  const Folder folder;
  std::ofstream(folder / "text") << "not weights at all";
  std::ofstream(folder / "rules") << "weight\n";
  shell(folder, "sqrtn init he_normal 5x5 --output w.npy");
  const Asked cases[] = {{"missing.npy", 2, "missing.npy"},
                         {".", 2, "directory"},
                         {"/dev/zero", 2, "no regular file"},
                         {"text", 2, "--shape and --dtype"},
                         {"- </dev/null", 2, "--shape"},
                         {"- --shape 5x5 --dtype f32 </dev/null", 2, "gave 0 bytes"},
                         {"text --shape 5x5 --dtype f32", 2, "18 bytes"},
                         {"text --shape 5x5 --dtype f31", 2, "f16, bf16, f32, f64"},
                         {"text --shape 5x5", 2, "both"},
                         {"w.npy --rule he_norml", 2, "did you mean 'he_normal'?"},
                         {"w.npy --rule he_normal,gian=2", 2, "did you mean 'gain'?"},
                         {"w.npy --rules rules", 2, "line 1"},
                         {"w.npy --filter '['", 2, "regular expression"},
                         {"w.npy --json /nowhere/x.json", 2, "/nowhere/x.json"}};
  for (const Asked& asked : cases) {
    const Ended ended = shell(folder, std::string("sqrtn inspect ") + asked.line);
    EXPECT_EQ(ended.code, asked.code) << asked.line;
    EXPECT_TRUE(holds(ended.err, asked.said)) << asked.line;
    EXPECT_EQ(ended.out, "") << asked.line;
  }
}

}  // namespace
}  // namespace sqrtn::verify
