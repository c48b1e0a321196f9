#include "program.hpp"

/// Faults of programs that draw weights, each planted in sampler-case and named by `sqrtn verify --sampler`.
namespace sqrtn::verify {
namespace {

Ended judged(const std::string& fault, const std::string& filter, const std::string& more = "--effect-scale 10") {
  const Folder folder;
  return shell(folder, "sqrtn verify --sampler \"'" + (program_folder() / "sampler-case").string() + "' " + fault +
                           "\" --filter '" + filter + "' " + more);
}

struct Planted {
  const char *fault, *filter, *claim, *named;
};

// What a failing test is called by.
void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.fault << ", " << planted.filter; }

class SamplerFault : public testing::TestWithParam<Planted> {};

TEST_P(SamplerFault, IsNamed) {
  const Ended ended = judged(GetParam().fault, GetParam().filter);
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(holds(ended.out, GetParam().claim));
  EXPECT_TRUE(holds(ended.out, GetParam().named));
}

INSTANTIATE_TEST_SUITE_P(
    Draws, SamplerFault,
    testing::Values(
        Planted{"gain", "^initialisers/he_normal/f32",
                "- initialisers/he_normal/f32/scale: ", "he_normal f32, linear: "},
        Planted{"gain", "^initialisers/he_normal/f32", "x the rule's (1/sqrt(2)", "he_normal f32, conv: "},
        Planted{"fans", "^initialisers/(he_uniform/f32|fans)",
                "- initialisers/fans/linear/fan_in: Var w = 2/fan_in for 96x160", "(fans swapped)"},
        Planted{"fans", "^initialisers/he_uniform/f32", "he_uniform f32, grouped_transposed_conv: ", "fans swapped"},
        Planted{"groups", "^initialisers/glorot_uniform/f32",
                "glorot_uniform f32, grouped_conv: ", "(4 groups forgotten in the mean of both fans)"},
        Planted{"area", "^initialisers/he_normal/f32",
                "- initialisers/he_normal/f32/kernels/variance: ", "(kernel area 25 forgotten)"},
        Planted{"cut", "^initialisers/variance_scaling/f32",
                "- initialisers/variance_scaling/f32/scale: ", "(0.8796, what a cut at two deviations leaves)"},
        Planted{"seed", "f32/seeds", "- sampler/he_normal/f32/seeds: ", "seeds 1 and 2 give the same draws"},
        Planted{"seed", "streams", "- initialisers/streams/distinct/f32: ", "occurs twice"},
        Planted{"entropy", "f64/seeds",
                "- sampler/normal/f64/seeds: ", "seed 1 gives other draws when it is asked again"},
        Planted{"entropy", "processes", "- sampler/he_normal/f32/processes: ", "a second process gives other draws"},
        Planted{"end", "uniform/f32/ends", "- generator/uniform/f32/ends: ", "draws at or outside ±1"},
        Planted{"twice", "f32/tensors",
                "- sampler/glorot_uniform/f32/tensors: ", "tensor 4 of one answer repeats tensor 1"},
        Planted{"shared", "f64/tensors",
                "- sampler/glorot_uniform/f64/tensors: ", "tensor 2 of one answer holds a part of tensor 1"},
        Planted{"end", "uniform/f64/ends", "- generator/uniform/f64/ends: ", "draws at or outside ±1"},
        Planted{"nan", "he_normal/f32/shape", "- initialisers/he_normal/f32/shape: ", "fail: "},
        Planted{"infinite", "he_normal/f32/shape",
                "- initialisers/he_normal/f32/shape: ", "he_normal fails; 1 infinite"},
        Planted{"clamps more", "truncated_normal/f32/scale",
                "- initialisers/truncated_normal/f32/scale: ", "truncated_normal fails by its mean square"},
        Planted{"positive", "he_normal/f32/mean", "- initialisers/he_normal/f32/mean: ", "he_normal fails by its mean"},
        Planted{"tail", "/normal/f32/tail_4", "- generator/normal/f32/tail_4: ", "is 0 instead of 6.334e-05"},
        Planted{"ignored", "he_normal/f32/scale", "sigma is 17.", "x the rule's"},
        Planted{"packed", "glorot_uniform/f32/kernels/variance",
                "glorot_uniform f32, packed_linear: ", "(3 groups forgotten in the mean of both fans)"},
        Planted{"signs", "orthogonal", "- initialisers/orthogonal/f32/trace_mean: ", "Q in O(8) is -2."},
        Planted{"even", "bits", "- generator/bits: ", "is 1 with probability 1/2"},
        Planted{"kin", "form/b?f16/correlation",
                "- sampler/uniform/bf16/correlation: ", "5 and 6 of one answer are correlated by 0.199"}));

// A wrong scale, in each direction.
INSTANTIATE_TEST_SUITE_P(
    Layers, SamplerFault,
    testing::Values(Planted{"gain", "layers/relu/.*/f32",
                            "- layers/relu/he_normal/forward/f32/second_moment: ", "Layers were computed with lib"},
                    Planted{"gain", "orthogonal_inputs/relu/.*/bf16/second",
                            "- layers/orthogonal_inputs/relu/he_normal/forward/bf16/second_moment: ",
                            "he_normal bf16, linear: "},
                    Planted{"fans more", "layers/linear/lecun_normal/backward/f64",
                            "- layers/linear/lecun_normal/backward/f64/second_moment: ", "(fans swapped)"}));

// Tensors of one answer that go in pairs: no bits are equal, but a chain of such layers spreads more.
TEST(SamplerFaults, LayersThatRepeatTheirWeightsSpreadMore) {
  const Ended ended = judged("twins more", "independent_layers/f32", "--effect-scale 4");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(holds(ended.out, "- chains/linear/independent_layers/f32: Var ln("));
}

// Halves cut off towards 0: by the powers of two whatever effects are looked for, by the variance where that is one.
INSTANTIATE_TEST_SUITE_P(Halves, SamplerFault,
                         testing::Values(Planted{"truncates", "/normal/f16/rounding",
                                                 "- sampler/normal/f16/rounding: ", "2^k occurs 1."},
                                         Planted{"truncates", "variance_scaling/bf16/rounding",
                                                 "- sampler/variance_scaling/bf16/rounding: ", "2^k occurs 1."}));

TEST(SamplerFaults, HalvesCutOffTowardsZeroLoseVariance) {
  const Ended ended = judged("truncates", "he_normal/bf16/scale", "--effect-scale 5");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_TRUE(holds(ended.out, "- initialisers/he_normal/bf16/scale: "));
  EXPECT_TRUE(holds(ended.out, "is 0.0124"));
}

// What is no answer.
INSTANTIATE_TEST_SUITE_P(
    Answers, SamplerFault,
    testing::Values(
        Planted{"dies", "f32",
                "- sampler/answers: did not answer {\"draw\": 1, \"rule\": \"he_normal\", \"shape\": [32, 48], ",
                "but killed by signal 6 (aborted)"},
        Planted{"leaves", "f32", "- sampler/answers: did not answer ", "but exited with status 3"},
        Planted{"prints", "scale", "- sampler/answers: wrote more than it was asked for", "it printed 'drawing"},
        Planted{"prints_late", "scale", "- sampler/answers: wrote more than it was asked for", "it printed 'drawing"},
        Planted{"long", "scale", "- sampler/answers: wrote more than it was asked for", "4 bytes or more beyond it"},
        Planted{"banner", "f32", "- sampler/answers: the first answer: not JSON", "it printed 'Loading the model"},
        Planted{"unknown", "f32", "- sampler/answers: the first answer: unknown rule 'he_normals'; known: lecun_normal",
                ""}));

TEST(SamplerFaults, SilenceIsWaitedForNoLongerThanAsked) {
  const Ended hangs = judged("hangs", "he_normal/f32/seeds", "--effect-scale 10 --answer-limit 0.3s");
  EXPECT_EQ(hangs.code, 1) << hangs.err;
  EXPECT_TRUE(holds(hangs.out, "gave no answer to {\"draw\": 1, "));
  EXPECT_TRUE(holds(hangs.out, "within 0.3"));
  const Ended brief = judged("short", "he_normal/f32/seeds", "--effect-scale 10 --answer-limit 0.3s");
  EXPECT_EQ(brief.code, 1) << brief.err;
  EXPECT_TRUE(holds(brief.out, "gave no whole answer"));
  EXPECT_TRUE(holds(brief.out, "after 12284 of 12288 bytes"));
}

TEST(SamplerFaults, CtrlCShowsWhatWasJudgedAndBlamesNobody) {
  const Folder folder;
  const std::string program = (program_folder() / "sampler-case").string();
  Ended ended;
  // Where others are at work the first answer may take longer.
  for (int seconds = 2; seconds <= 32 && ended.out.empty(); seconds *= 4) {
    ended = shell(folder, fmt::format("timeout --signal=INT {} sqrtn verify --sampler \"'{}'\" --filter "
                                      "'he_|variance_scaling' ; true",
                                      seconds, program));
  }
  EXPECT_TRUE(holds(ended.out, "| answers          |      | pass"));
  EXPECT_TRUE(holds(ended.out, "he_normal        | f32  |"));
  EXPECT_TRUE(holds(ended.out, " 0 fail, "));
}

// One rule that it cannot answer for does not keep the others from being judged.
TEST(SamplerFaults, WhatFailsInOneRuleIsJudgedInOthers) {
  const Ended ended = judged("leaves_on_he_normal", "he_|fans/linear");
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(holds(ended.out, "| he_uniform "));
  EXPECT_TRUE(holds(ended.out, " inconclusive"));
  EXPECT_EQ(ended.out.find("- initialisers"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace sqrtn::verify
