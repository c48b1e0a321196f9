#include <nlohmann/json.hpp>

#include "program.hpp"
#include "sqrtn/random/stream.hpp"
#include "support/output.hpp"

/// `sqrtn init --layers`: a model's weights in one file.
namespace sqrtn::verify {
namespace {

constexpr const char* model = R"(# name, shape and rule
  h.weight   48x32 he_normal,gain=gelu
h.bias 48 zeros

g.weight 32x16x3x3 glorot_uniform,layer=conv,groups=4
q.weight 24x16 orthogonal,gain=1.5
s.weight 16 constant,gain=0.5
)";

/// What follows the header of a .safetensors file.
std::string values_of(const std::string& path) {
  const std::string bytes = content_of(path);
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0 && bytes.size() >= 8;) length = 256 * length + static_cast<unsigned char>(bytes[i]);
  return bytes.size() < 8 ? "" : bytes.substr(std::min<std::size_t>(bytes.size(), 8 + length));
}

TEST(InitModel, EachWeightIsWhatItWouldBeAlone) {
  const Folder folder;
  write_file(folder / "model.txt", model);
  const Ended all = shell(folder, "sqrtn init --layers model.txt --seed 5 --output all.safetensors");
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_TRUE(holds(all.out, "5 weights with 6592 values in f32, engine ars, seed 5; streams by name"));
  const auto alone = [&](const std::string& arguments, std::string_view name) {
    const std::string stream = std::to_string(random::stream_of(name));
    EXPECT_EQ(shell(folder, "sqrtn init " + arguments + " --seed 5 --output one.safetensors --stream " + stream).code,
              0);
    return values_of(folder / "one.safetensors");
  };
  std::string together = alone("he_normal 48x32 --gain gelu", "h.weight") + std::string(48 * 4, '\0') +
                         alone("glorot_uniform 32x16x3x3 --layer conv --groups 4", "g.weight") +
                         alone("orthogonal 24x16 --gain 1.5", "q.weight");
  for (int i = 0; i < 16; ++i) together += std::string_view("\0\0\0\x3f", 4);
  EXPECT_TRUE(values_of(folder / "all.safetensors") == together) << "in the order of the lines";
}

TEST(InitModel, InspectFindsTheRulesThatItWasMadeBy) {
  const Folder folder;
  write_file(folder / "model.txt", model);
  write_file(folder / "rules.txt",
             "^h\\.weight he_normal,gain=gelu\n^h\\.bias zeros\n^g glorot_uniform,layer=conv,groups=4\n"
             "^q orthogonal,gain=1.5\n^s constant,gain=0.5\n");
  for (const char* dtype : {"f16", "bf16", "f32", "f64"}) {
    const std::string made = std::string("sqrtn init --layers model.txt --output m.safetensors --dtype ") + dtype;
    ASSERT_EQ(shell(folder, made).code, 0) << dtype;
    const Ended judged = shell(folder, "sqrtn inspect m.safetensors --rules rules.txt");
    EXPECT_EQ(judged.code, 0) << dtype << '\n' << judged.out << judged.err;
  }
  write_file(folder / "rules.txt", "^h\\.weight he_normal,gain=2.4\n");
  EXPECT_EQ(shell(folder, "sqrtn inspect m.safetensors --rules rules.txt").code, 1);
}

TEST(InitModel, TellsEachWeightAsJson) {
  const Folder folder;
  write_file(folder / "model.txt", model);
  const Ended told = shell(folder, "sqrtn init --layers model.txt --json -");
  ASSERT_EQ(told.code, 0) << told.err;
  const auto json = nlohmann::json::parse(told.out);
  EXPECT_EQ(json["schema"], "sqrtn.weights/1");
  ASSERT_EQ(json["weights"].size(), 5U);
  EXPECT_EQ(json["weights"][0]["name"], "h.weight");
  EXPECT_EQ(json["weights"][2]["fan_in"], 144) << "16 channels of one group, 9 taps";
  EXPECT_EQ(json["weights"][4]["value"], 0.5);
}

TEST(InitModel, SaysWhichLineIsWrong) {
  const Folder folder;
  const std::pair<const char*, const char*> wrong[] = {
      {"a 2x2", "line 1: a name, a shape and a rule"},
      {"\n# b\na 2x2 he_norml", "line 3: unknown rule 'he_norml'; did you mean 'he_normal'?"},
      {"a 2x2 zeros\na 3 ones", "line 2: 'a' stands twice"},
      {"a 2 zeros,gain=2", "take no gain"},
      {"a 2 constant", "needs its number"},
      {"a 2 ones,mode=fan_in", "takes no mode"},
      {"a 2x2 he_normal,gian=2", "did you mean 'gain'?"},
      {"__metadata__ 2 zeros", "no name of a tensor"},
      {"# nothing", "no line with a name"},
  };
  for (const auto& [text, complaint] : wrong) {
    write_file(folder / "model.txt", text);
    const Ended ended = shell(folder, "sqrtn init --layers model.txt --output m.safetensors");
    EXPECT_EQ(ended.code, 2) << text;
    EXPECT_TRUE(holds(ended.err, complaint));
  }
  write_file(folder / "model.txt", "a 2 constant,gain=70000");
  EXPECT_TRUE(holds(shell(folder, "sqrtn init --layers model.txt --dtype f16").err, "does not fit into f16"));
  EXPECT_EQ(shell(folder, "sqrtn init --layers model.txt --output m.npy").code, 2);
  EXPECT_EQ(shell(folder, "sqrtn init he_normal 2x2 --layers model.txt").code, 2);
}

}  // namespace
}  // namespace sqrtn::verify
