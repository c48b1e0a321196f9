#include <algorithm>
#include <cmath>
#include <numeric>

#include "claims/weights/inspection.hpp"
#include "sqrtn/init/structured.hpp"
#include "verify.hpp"
#include "weights.hpp"

/// What a tensor is said to be: rules by their name, public incidents by what went wrong.
namespace sqrtn::verify {
namespace {

namespace weights = claims::weights;

struct HonestDraw {
  const char* rule;
  Shape shape;
  init::Options options;
  const char* named;  ///< what it is called
};

TEST(Inspect, RulesAreNamed) {
  const HonestDraw cases[] = {{"he_normal", {512, 384}, {}, "he_normal"},
                              {"he_normal", {512, 384}, {.mode = init::Mode::fan_out}, "he_normal, fan_out"},
                              {"he_uniform", {64, 12, 3, 3}, {}, "he_uniform"},
                              {"glorot_normal", {512, 384}, {}, "glorot_normal"},
                              {"glorot_uniform", {512, 384}, {}, "glorot_uniform"},
                              {"glorot_uniform", {512, 384}, {.gain = 5.0 / 3}, "glorot_uniform, gain 5/3"},
                              {"lecun_uniform", {512, 384}, {}, "lecun_uniform"},
                              {"torch_default", {512, 384}, {}, "torch_default"},
                              {"variance_scaling", {512, 384}, {}, "variance_scaling"},
                              {"normal", {512, 384}, {.gain = 0.02}, "normal, gain 0.02"},
                              {"truncated_normal", {512, 384}, {.gain = 0.02}, "truncated_normal, gain 0.02"},
                              {"uniform", {512, 384}, {}, "uniform"}};
  std::uint64_t stream = 100;
  for (const HonestDraw& honest : cases) {
    for (const Dtype dtype : {Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) {
      const Judged judged =
          verify::judged(drawn(honest.rule, honest.shape, dtype, {random::Engine::ars, 1, ++stream}, honest.options));
      EXPECT_EQ(judged.word, weights::Word::draw) << honest.named << " " << to_string(dtype);
      EXPECT_EQ(first_rule(judged), honest.named) << to_string(dtype);
      EXPECT_TRUE(judged.findings.empty()) << judged.findings.front().text;
    }
  }
}

TEST(Inspect, FewValuesAreUndecidedAndSaidSo) {
  const Judged judged = verify::judged(drawn("he_normal", {8, 8}, Dtype::f32, {random::Engine::ars, 1, 3}));
  EXPECT_EQ(judged.word, weights::Word::undecided);
  EXPECT_GE(judged.effect, 1);
  EXPECT_FALSE(judged.is_wrong());
}

TEST(Inspect, StructuresAreNamed) {
  const auto make = [](const char* rule, const Shape& shape, std::size_t groups, double gain, Dtype dtype) {
    std::vector<double> values(element_count(shape));
    init::initialise_structured<double>(*init::find_structured(rule), shape, groups, gain, {random::Engine::ars, 1, 4},
                                        values);
    return verify::judged(stored<double>(values, shape, dtype));
  };
  for (const Dtype dtype : {Dtype::bf16, Dtype::f32, Dtype::f64}) {
    SCOPED_TRACE(to_string(dtype));
    const Judged tall = make("orthogonal", {200, 100}, 1, 1.5, dtype),
                 wide = make("orthogonal", {60, 30, 3, 3}, 1, 1, dtype);
    EXPECT_EQ(tall.structure.structure, weights::Structure::orthogonal);
    EXPECT_NEAR(tall.structure.gain, 1.5, 0.01);
    EXPECT_EQ(wide.structure.structure, weights::Structure::orthogonal);
    EXPECT_EQ(make("delta_orthogonal", {64, 64, 3, 3}, 1, 1, dtype).structure.structure,
              weights::Structure::delta_orthogonal);
    EXPECT_EQ(make("dirac", {32, 8, 3, 3}, 4, 1, dtype).structure.structure, weights::Structure::dirac);
    EXPECT_EQ(make("identity", {32, 48}, 1, 0.5, dtype).structure.structure, weights::Structure::identity);
  }
  const std::vector<double> ones(300, 1), half(300, 0.5), zeros(300);
  EXPECT_EQ(verify::judged(stored<double>(ones, {300}, Dtype::f32)).structure.structure, weights::Structure::ones);
  EXPECT_EQ(verify::judged(stored<double>(half, {300}, Dtype::f32)).structure.structure, weights::Structure::constant);
  EXPECT_EQ(verify::judged(stored<double>(zeros, {300}, Dtype::f32)).structure.structure, weights::Structure::zeros);
}

struct Scaled {
  const char* incident;
  const char* rule;
  Shape shape;
  double factor;
  const char* named;  ///< a part of a factor's name
};

// Deviations that are a factor off: the factor is named, its interval holds it, and the asserted rule fails.
TEST(Inspect, FactorsOfIncidentsAreNamed) {
  const Scaled cases[] = {
      {"LoRA under tensor parallelism 4 (Megatron-Bridge#5840)", "he_normal", {512, 1024}, 2, "tp = 4"},
      {"fan_in of grouped convolutions (burn PR#574)", "he_uniform", {256, 32, 3, 3}, std::sqrt(1.0 / 8), "groups = 8"},
      {"LeCun normal not corrected for its cut (tfjs#8594)",
       "variance_scaling",
       {512, 1024},
       init::truncated_stddev,
       "0.8796"},
      {"muP divided by m instead of sqrt(m) (gpt-neox#1087)", "he_normal", {512, 1024}, 0.5, "m = 4"},
      {"a forgotten sqrt(2)", "he_normal", {512, 1000}, std::sqrt(0.5), "1/sqrt(2)"},
      {"fans swapped", "he_normal", {300, 1100}, std::sqrt(1100.0 / 300), "fans swapped"},
      {"kernel area forgotten", "he_uniform", {128, 64, 3, 3}, 3, "kernel area 9 forgotten"},
      {"packed query, key and value (pytorch#171361)", "glorot_normal", {3072, 1024}, std::sqrt(0.5), "1/sqrt(2)"},
      {"grouped bound (mlx#4536)", "he_uniform", {64, 16, 3, 3}, 0.5, "groups = 4"},
      {"residual depth", "he_normal", {1024, 1000}, 1 / std::sqrt(2.0 * 23), "L = 23"}};
  std::uint64_t stream = 300;
  for (const Scaled& c : cases) {
    const std::vector<float> values = drawn_values(c.rule, c.shape, ++stream, c.factor);
    const Judged judged = verify::judged(stored<float>(values, c.shape, Dtype::f32), c.rule);
    ASSERT_TRUE(judged.assertion && judged.assertion->ratio) << c.incident;
    EXPECT_EQ(judged.assertion->outcome, weights::Outcome::fails) << c.incident;
    const weights::Ratio& ratio = *judged.assertion->ratio;
    EXPECT_TRUE(ratio.interval.contains(c.factor)) << c.incident;
    const bool named = std::ranges::any_of(
        ratio.factors, [&](const std::string& name) { return name.find(c.named) != std::string::npos; });
    EXPECT_TRUE(named) << c.incident << ": " << testing::PrintToString(ratio.factors);
    const Judged right =
        verify::judged(stored<float>(drawn_values(c.rule, c.shape, ++stream), c.shape, Dtype::f32), c.rule);
    EXPECT_EQ(right.assertion->outcome, weights::Outcome::holds) << c.incident;
  }
}

}  // namespace
}  // namespace sqrtn::verify
