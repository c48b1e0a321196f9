#include <algorithm>
#include <cmath>

#include "claims/weights/inspection.hpp"
#include "sqrtn/random/fill.hpp"
#include "verify.hpp"
#include "weights.hpp"

/// Defects of frameworks' initialisers and generators, each as a tensor that it left: the word and, where there is one,
/// the factor.
namespace sqrtn::verify {
namespace {

namespace weights = claims::weights;

/// Values of N(0,1) changed one by one.
template <class Change>
Judged judged_with(std::size_t count, Change change, const char* rule = nullptr) {
  std::vector<float> values(count);
  random::fill_normal<float>({random::Engine::ars, 1, 470}, values, 0, 1);
  std::ranges::transform(values, values.begin(), change);
  return verify::judged(stored<float>(values, {count}, Dtype::f32), rule);
}

// A kernel of three axes, as of attention's heads, taken for a convolution's (keras#22789): glorot_uniform by the fans
// of a kernel of 256 × 16 × 64, where the matrix has 256 × 1024.
TEST(InspectDefects, RankThreeTakenForAConvolution) {
  const Shape shape{256, 16, 64};
  std::vector<float> values(element_count(shape));
  init::initialise<float>(init::distribution(init::find_rule("glorot_uniform"), {256 * 16, 256 * 64}),
                          {random::Engine::ars, 1, 460}, values);
  const Judged judged = verify::judged(stored<float>(values, shape, Dtype::f32));
  EXPECT_EQ(judged.word, weights::Word::draw);
  EXPECT_EQ(first_rule(judged), "glorot_uniform, axes k x in x out");
}

// SELU's gain of 3/4 (pytorch#24991), and a = √5 as a default (pytorch#15314).
TEST(InspectDefects, GainsOfFrameworks) {
  const Judged selu =
      verify::judged(drawn("he_normal", {512, 384}, Dtype::f32, {random::Engine::ars, 1, 461}, {.gain = 0.75}));
  EXPECT_EQ(first_rule(selu), "he_normal, gain 3/4");
  const Judged plain =
      verify::judged(drawn("torch_default", {512, 384}, Dtype::f32, {random::Engine::ars, 1, 462}), "he_uniform");
  EXPECT_EQ(first_rule(plain), "torch_default");
  ASSERT_TRUE(plain.assertion && plain.assertion->ratio);
  EXPECT_EQ(plain.assertion->outcome, weights::Outcome::fails);
  EXPECT_TRUE(plain.assertion->ratio->interval.contains(std::sqrt(1.0 / 6)));
}

// fan_out of a depthwise convolution not divided by its groups (pytorch#23854).
TEST(InspectDefects, DepthwiseFanOut) {
  const Shape shape{512, 1, 3, 3};
  const std::vector<float> values = drawn_values("he_normal", shape, 463, 1 / std::sqrt(512.0));
  const Judged judged = verify::judged(stored<float>(values, shape, Dtype::f32), "he_normal,mode=fan_out,groups=512");
  ASSERT_TRUE(judged.assertion && judged.assertion->ratio);
  EXPECT_EQ(judged.assertion->outcome, weights::Outcome::fails);
  EXPECT_EQ(judged.assertion->ratio->factors, std::vector<std::string>{"1/sqrt(groups = 512)"});
}

// A cut that clamps (pytorch#155588), a ziggurat without negatives (rust#10196), a tail of one value (numpy#20314).
TEST(InspectDefects, OtherLaws) {
  const Judged clamped = judged_with(100'000, [](float z) { return std::clamp(3 * z, -2.f, 2.f); });
  EXPECT_EQ(clamped.word, weights::Word::no_draw);
  const auto positive = [](float z) { return std::abs(z); };
  EXPECT_EQ(judged_with(10'000, positive).word, weights::Word::no_draw);
  EXPECT_EQ(judged_with(10'000, positive, "normal").assertion->failed, weights::Test::mean);
  const auto one_tail = [](float z) { return std::abs(z) > 3 ? std::copysign(3.25f, z) : z; };
  EXPECT_EQ(judged_with(1'000'000, one_tail).word, weights::Word::no_draw);
  EXPECT_EQ(judged_with(1'000'000, one_tail, "normal").assertion->failed, weights::Test::tails);
}

// A deviation that is ignored (thrust#426): 50 times the one that was asked for.
TEST(InspectDefects, DeviationIgnored) {
  const Judged judged = judged_with(
      100'000, [](float z) { return z; }, "normal,gain=0.02");
  ASSERT_TRUE(judged.assertion && judged.assertion->ratio);
  EXPECT_EQ(judged.assertion->outcome, weights::Outcome::fails);
  EXPECT_TRUE(judged.assertion->ratio->interval.contains(50));
}

// One initialiser for two layers (keras-hub#352), one stream in all workers (pytorch#5059).
TEST(InspectDefects, SameWeightsInTwoLayers) {
  const std::vector<float> values = drawn_values("he_normal", {128, 96}, 464);
  TensorSet set;
  for (const char* name : {"first", "second"})
    set.tensors.push_back(stored<float>(values, {128, 96}, Dtype::f32, name));
  const weights::Inspection inspection = weights::inspect_all(set, {});
  ASSERT_EQ(inspection.tensors[1].findings.size(), 1U);
  EXPECT_EQ(inspection.tensors[1].findings[0].kind, weights::Kind::equal_tensors);
  EXPECT_EQ(inspection.tensors[1].findings[0].text, "repeats first: equal");
  EXPECT_EQ(inspection.n_wrong(), 1U);
}

}  // namespace
}  // namespace sqrtn::verify
