#include <nlohmann/json.hpp>

#include "program.hpp"
#include "report/sampler_text.hpp"
#include "samplers/question.hpp"

/// `sqrtn verify --sampler` on a program that draws rightly, on adapters, and as it is misused.
namespace sqrtn::verify {
namespace {

std::string case_program() { return "\"'" + (program_folder() / "sampler-case").string() + "'\""; }

TEST(Sampler, ARightProgramPasses) {
  const Folder folder;
  const Ended ended =
      shell(folder, "sqrtn verify --sampler " + case_program() +
                        " --effect-scale 10 --filter "
                        "'^initialisers/[^/]*/(?!f16)|^sampler/[^/]*/(?!f16)|uniform/(?!f16)' --json found.json");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, "case\n"));
  EXPECT_TRUE(holds(ended.out, "Not known to the program and not judged: rules lecun_normal, lecun_uniform, "));
  EXPECT_TRUE(holds(ended.out, "0 fail, 0 inconclusive, 0 skipped"));
  const auto json = nlohmann::json::parse(content_of(folder / "found.json"));
  EXPECT_EQ(json["claims"][0]["id"], "sampler/answers");
  EXPECT_GT(json["claims"].size(), 150u);
  ASSERT_FALSE(json["measurements"].empty());
  EXPECT_EQ(json["measurements"][1]["subject"], "glorot_uniform sqrtn");
  EXPECT_GT(json["measurements"][0]["rate"], 0.0001);
}

// Each type, through the default library, which is named.
TEST(Sampler, LayersOfARightProgramPass) {
  const Folder folder;
  const std::string program = "\"'" + (program_folder() / "sampler-case").string() + "' right more\"";
  const Ended ended =
      shell(folder, "sqrtn verify --sampler " + program +
                        " --effect-scale 10 --filter '^layers/(linear|orthogonal_inputs/linear)/lecun.*/f64/|"
                        "relu/.*bf16/(positive|mean)|joint/f16|independent_layers/f32|normal/(f16|bf16)/rounding'");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, "| layers           | f16  | pass"));
  EXPECT_TRUE(holds(ended.out, "| chains           | f32  | pass"));
  EXPECT_TRUE(holds(ended.out, "Layers were computed with lib"));
  EXPECT_TRUE(holds(ended.out, "0 fail, 0 inconclusive, 0 skipped"));
}

TEST(Sampler, WithoutABlasLayersAreSkippedAndSaidSo) {
  results::Document document;
  claims::Result& layer = document.claims.emplace_back();
  layer.claim.id = "layers/relu/he_normal/forward/f32/mean";
  layer.claim.uses_blas = true;
  layer.outcome.verdict = claims::Verdict::skipped;
  const std::string text = report::sampler_text(document, {});
  EXPECT_TRUE(holds(text, "| he_normal | f32  | skipped |"));
  EXPECT_TRUE(holds(text, "Layers were not judged: OpenBLAS cannot be loaded; name a library with --blas"));
}

// What draws rightly and has rules of its own.
TEST(Sampler, MatricesAndWordsPass) {
  const Folder folder;
  const std::string program = "\"'" + (program_folder() / "sampler-case").string() + "' ";
  for (const char* what : {"haar", "words"}) {
    const Ended ended = shell(folder, "sqrtn verify --sampler " + program + what + "\" --effect-scale 10");
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  }
}

// Half types' laws are those of what was rounded.
TEST(SamplerSlow, EverySeedPasses) {
  const Folder folder;
  for (const char* seed : {"2", "3", "18446744073709551615"}) {
    const Ended ended = shell(
        folder, "sqrtn verify --sampler " + case_program() + " --seed " + seed +
                    " --effect-scale 10 --filter '^initialisers/(he_normal|variance_scaling|streams|fans)/(?!f16)'");
    EXPECT_EQ(ended.code, 0) << seed << ended.out << ended.err;
  }
}

TEST(Sampler, MisuseIsToldInOneLine) {
  const Folder folder;
  const std::pair<std::string, const char*> cases[] = {
      {"--sampler no_such_program", "'no_such_program' could not be asked anything: exited with status 127; it said: "},
      {"--sampler 'cat no_such_file'", "could not be asked anything: exited with status 1; it said: "},
      {"--sampler true", "'true' could not be asked anything: exited with status 0"},
      {"--sampler ''", "names no program"},
      {"--sampler " + case_program() + " --blas ./none.so --filter ^layers/", "none.so"},
      {"--answer-limit 3s", "--answer-limit requires --sampler"}};
  for (const auto& [words, told] : cases) {
    const Ended ended = shell(folder, "sqrtn verify " + words);
    EXPECT_EQ(ended.code, 2) << words << ended.out;
    EXPECT_TRUE(holds(ended.err, told)) << words;
  }
  const Ended none = shell(folder, "sqrtn verify --sampler " + case_program() + " --filter nothing_like_it");
  EXPECT_EQ(none.code, 4) << none.out;
  const Ended list = shell(folder, "sqrtn verify --list --sampler " + case_program());
  EXPECT_EQ(list.code, 0);
  EXPECT_TRUE(holds(list.out, "initialisers/he_normal/f64/scale"));
}

TEST(Sampler, FirstAnswersAreReadAndRefused) {
  using samplers::parse_known;
  const samplers::Known known =
      parse_known(R"({"rules": ["xavier_uniform", "bits"], "dtypes": ["bf16"], "layouts": ["conv"], "gain": true})");
  EXPECT_TRUE(known.knows_rule("glorot_uniform"));
  EXPECT_TRUE(known.knows_layout("conv"));
  EXPECT_FALSE(known.knows_layout("linear"));
  EXPECT_TRUE(known.gain);
  for (const char* wrong :
       {"", "{", "[]", "7", R"({"rules": []})", R"({"rules": "he_normal"})", R"({"rules": ["he_normal"]})",
        R"({"rules": ["he_normal"], "dtypes": ["f8"]})", R"({"rules": ["he_normal"], "dtypes": ["u32"]})",
        R"({"rules": [7], "dtypes": ["f32"]})", R"({"rules": ["he_normal"], "dtypes": ["f32"], "layouts": ["x"]})",
        R"({"rules": ["he_normal"], "dtypes": ["f32"], "modes": ["fan"]})",
        R"({"rules": ["he_normal"], "dtypes": ["f32"], "gain": 1})"}) {
    EXPECT_THROW(parse_known(wrong), std::invalid_argument) << wrong;
  }
}

TEST(Sampler, QuestionsAreTheDocumentedLine) {
  const samplers::Question question{"he_normal", {512, 256}, init::Layer::linear, 1, {}, {}, samplers::Element::f32};
  EXPECT_EQ(to_line(question, 7, 17, 3),
            R"({"draw": 7, "rule": "he_normal", "shape": [512, 256], "layer": "linear", "groups": 1, "dtype": "f32", )"
            R"("seed": 17, "count": 3})");
}

struct Adapter {
  const char *framework, *file;
};

class Adapters : public testing::TestWithParam<Adapter> {};

/// Where its framework is installed for python3. What is judged is the adapter, by what its framework does right.
TEST_P(Adapters, AnswerForTheirFramework) {
  const auto& [framework, file] = GetParam();
  const Folder folder;
  if (shell(folder, std::string("python3 -c 'import ") + framework + "'").code != 0) {
    GTEST_SKIP() << "python3 has no " << framework;
  }
  const std::string script = std::string(SOURCE_FOLDER) + "/adapters/" + file;
  const Ended ended = shell(folder, "sqrtn verify --sampler \"python3 '" + script +
                                        "'\" --effect-scale 10 --filter 'he_normal/f32/(scale|shape|seeds)|"
                                        "glorot_uniform/f32/(scale|support)'");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_TRUE(holds(ended.out, "6 claims, 6 pass"));
}

INSTANTIATE_TEST_SUITE_P(All, Adapters,
                         testing::Values(Adapter{"numpy", "numpy_sampler.py"}, Adapter{"torch", "torch_sampler.py"},
                                         Adapter{"jax", "jax_sampler.py"}, Adapter{"keras", "keras_sampler.py"}),
                         [](const auto& info) { return std::string(info.param.framework); });

}  // namespace
}  // namespace sqrtn::verify
