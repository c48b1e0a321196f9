#include <cmath>
#include <limits>

#include "scratch.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/tensor.hpp"
#include "verify.hpp"

/// Initialisers: fans, rules and draws by themselves; 4_initialiser_faults.cpp has the claims' faults.
namespace sqrtn::verify {
namespace {

using init::Distribution;
using init::Fans;
using init::Law;
using init::Layer;
using init::Mode;
using random::Engine;
using random::Stream;

// Source of the counts: the definition, by listing which channel of which group meets which.
TEST(Fans, CountConnections) {
  struct Row {
    Layer layer;
    Shape weight;
    std::size_t groups, inputs, outputs, taps;
  };
  const Row rows[] = {{Layer::linear, {96, 160}, 1, 160, 96, 1},
                      {Layer::linear, {12, 5}, 3, 15, 12, 1},
                      {Layer::conv, {6, 4, 3, 5}, 1, 4, 6, 15},
                      {Layer::conv, {6, 4, 3, 5}, 2, 8, 6, 15},
                      {Layer::conv, {12, 1, 7}, 6, 6, 12, 7},
                      {Layer::transposed_conv, {6, 4, 3, 5}, 1, 6, 4, 15},
                      {Layer::transposed_conv, {6, 4, 3, 5}, 3, 6, 12, 15},
                      {Layer::conv, {2, 3, 2, 3, 4}, 1, 3, 2, 24}};
  for (const Row& row : rows) {
    std::size_t connections = 0;
    for (std::size_t i = 0; i < row.inputs; ++i) {
      for (std::size_t o = 0; o < row.outputs; ++o) {
        connections += i * row.groups / row.inputs == o * row.groups / row.outputs;
      }
    }
    const Fans fans = init::fans(row.layer, row.weight, row.groups);
    EXPECT_EQ(fans.fan_in, connections / row.outputs * row.taps)
        << to_string(row.layer) << sqrtn::to_string(row.weight);
    EXPECT_EQ(fans.fan_out, connections / row.inputs * row.taps)
        << to_string(row.layer) << sqrtn::to_string(row.weight);
  }
}

TEST(Fans, RefuseWhatTheLayerHasNot) {
  EXPECT_THROW(init::fans(Layer::linear, {512}), std::invalid_argument);
  EXPECT_THROW(init::fans(Layer::linear, {64, 8, 3}), std::invalid_argument);
  EXPECT_THROW(init::fans(Layer::conv, {64, 8}), std::invalid_argument);
  EXPECT_THROW(init::fans(Layer::transposed_conv, {64, 8}), std::invalid_argument);
  EXPECT_THROW(init::fans(Layer::conv, {64, 0, 3}), std::invalid_argument);
  EXPECT_THROW(init::fans(Layer::conv, {64, 8, 3}, 0), std::invalid_argument);
  EXPECT_THROW(init::fans(Layer::conv, {64, 8, 3}, 3), std::invalid_argument);
  EXPECT_THROW(init::default_layer({512}), std::invalid_argument);
  EXPECT_EQ(init::default_layer({5, 7}), Layer::linear);
  EXPECT_EQ(init::default_layer({5, 7, 3}), Layer::conv);
  for (Layer layer : {Layer::linear, Layer::conv, Layer::transposed_conv}) {
    EXPECT_EQ(init::parse_layer(to_string(layer)), layer);
  }
  EXPECT_THROW(init::parse_layer("dense"), std::invalid_argument);
}

// Values by hand for fan_in 160, fan_out 96. Formulas: PyTorch's torch.nn.init (xavier_*, kaiming_*)
// and Keras's initializers page (lecun_*, VarianceScaling, TruncatedNormal).
TEST(Rules, DeviationsAndLimits) {
  constexpr double none = std::numeric_limits<double>::infinity();
  struct Row {
    const char* rule;
    double stddev, limit;
  };
  const Row rows[] = {
      {"lecun_normal", 0.07905694150420949, none},                     // √(1/160)
      {"lecun_uniform", 0.07905694150420949, 0.13693063937629152},     // √(3/160)
      {"glorot_normal", 0.08838834764831845, none},                    // √(2/256)
      {"glorot_uniform", 0.08838834764831845, 0.15309310892394862},    // √(6/256)
      {"he_normal", 0.11180339887498949, none},                        // √(2/160)
      {"he_uniform", 0.11180339887498949, 0.19364916731037085},        // √(6/160)
      {"torch_default", 0.04564354645876384, 0.07905694150420949},     // √(1/160)
      {"variance_scaling", 0.07905694150420949, 0.17975133060865117},  // 2√(1/160)/0.879626
      {"normal", 1, none},
      {"uniform", 0.5773502691896258, 1},
      {"truncated_normal", 0.8796256610342398, 2},
  };
  ASSERT_EQ(std::size(rows), init::rules().size());
  for (const Row& row : rows) {
    const Distribution law = init::distribution(init::find_rule(row.rule), {160, 96});
    EXPECT_DOUBLE_EQ(law.stddev(), row.stddev) << row.rule;
    EXPECT_DOUBLE_EQ(law.limit(), row.limit) << row.rule;
    EXPECT_EQ(law.parent_stddev(), law.law == Law::truncated_normal ? law.limit() / 2 : law.stddev()) << row.rule;
  }
}

TEST(Rules, TruncatedConstants) {
  const long double two = 2, density = std::exp(-two) / std::sqrt(two * std::acos(-1.0L));
  const long double variance = 1 - 4 * density / std::erf(std::sqrt(two));
  EXPECT_DOUBLE_EQ(init::truncated_variance, static_cast<double>(variance));
  EXPECT_DOUBLE_EQ(init::truncated_stddev, static_cast<double>(std::sqrt(variance)));
}

TEST(Rules, OptionsReplaceTheRulesOwn) {
  const Fans fans{160, 96};
  const init::Rule& he = init::find_rule("he_normal");
  EXPECT_DOUBLE_EQ(init::distribution(he, fans, {.gain = 3}).variance, 9.0 / 160);
  EXPECT_DOUBLE_EQ(init::distribution(he, fans, {.mode = Mode::fan_out}).variance, 2.0 / 96);
  EXPECT_DOUBLE_EQ(init::distribution(he, fans, {.mode = Mode::fan_avg}).variance, 2.0 / 128);
  EXPECT_DOUBLE_EQ(init::distribution(he, fans, {.scale = 5}).variance, 10.0 / 160);
  const Distribution uniform = init::distribution(he, fans, {.law = Law::uniform});
  EXPECT_EQ(uniform.law, Law::uniform);
  EXPECT_DOUBLE_EQ(uniform.variance, 2.0 / 160);
  // PyTorch's default, kaiming_uniform_ with a = √5, has the gain √(2/(1 + 5)).
  EXPECT_DOUBLE_EQ(init::distribution(he, fans, {.gain = std::sqrt(2.0 / 6)}).variance,
                   init::distribution(init::find_rule("torch_default"), fans).variance);
}

TEST(Rules, RefuseWhatMakesNoLaw) {
  const init::Rule &he = init::find_rule("he_normal"), &normal = init::find_rule("normal");
  for (double bad : {0.0, -1.0, std::nan(""), HUGE_VAL, 1e200, 1e-200}) {
    EXPECT_THROW(init::distribution(he, {160, 96}, {.gain = bad}), std::invalid_argument) << bad;
  }
  for (double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(init::distribution(he, {160, 96}, {.scale = bad}), std::invalid_argument) << bad;
  }
  EXPECT_THROW(init::distribution(he, {0, 96}), std::invalid_argument);
  EXPECT_THROW(init::distribution(normal, {}, {.mode = Mode::fan_in}), std::invalid_argument);
  EXPECT_EQ(init::distribution(normal, {}).variance, 1);
  EXPECT_THROW(init::parse_law("gaussian"), std::invalid_argument);
  EXPECT_THROW(init::parse_mode("fan"), std::invalid_argument);
}

TEST(Rules, NamesAndAliases) {
  for (const init::Rule& rule : init::rules()) EXPECT_EQ(&init::find_rule(rule.name), &rule);
  EXPECT_EQ(init::find_rule("xavier_uniform").name, "glorot_uniform");
  EXPECT_EQ(init::find_rule("kaiming_normal").name, "he_normal");
  EXPECT_EQ(alias(init::find_rule("he_uniform")), "kaiming_uniform");
  EXPECT_EQ(alias(init::find_rule("normal")), "");
  const auto message = [](std::string_view name) {
    return message_of<std::invalid_argument>([&] { init::find_rule(name); });
  };
  EXPECT_NE(message("he_norml").find("did you mean 'he_normal'"), std::string::npos);
  EXPECT_NE(message("kaimin_uniform").find("did you mean 'kaiming_uniform'"), std::string::npos);
  EXPECT_EQ(message("zzzzzzzzzzz").find("did you mean"), std::string::npos);
  EXPECT_NE(message("").find("torch_default"), std::string::npos);
}

template <class T>
void expect_same_bits_however_split(const Distribution& law, Engine engine) {
  const Stream stream{engine, settings().seed, random::stream_of("Initialise.SplittingChangesNoBit"), 0};
  constexpr std::size_t count = 100'003;
  Buffer<T> whole(count), other(count);
  init::initialise(law, stream, whole.span());
  for (unsigned threads : {0u, 2u, 3u}) {
    init::initialise(law, stream, other.span(), threads);
    EXPECT_TRUE(std::equal(whole.data(), whole.data() + count, other.data())) << threads << " threads";
  }
  for (std::size_t first = 0, size = 1; first < count; first += size, size = size * 2 + 1) {
    init::initialise(law, stream.skip(first), other.span().subspan(first, std::min(size, count - first)));
  }
  EXPECT_TRUE(std::equal(whole.data(), whole.data() + count, other.data())) << "parts";
}

TEST(Initialise, SplittingChangesNoBit) {
  for (Engine engine : {Engine::ars, Engine::philox}) {
    for (Law law : {Law::normal, Law::uniform, Law::truncated_normal}) {
      SCOPED_TRACE(to_string(law));
      expect_same_bits_however_split<float>({law, 1.0 / 160}, engine);
      expect_same_bits_however_split<double>({law, 1.0 / 160}, engine);
    }
  }
}

// Over the four fans, two draws of each law are expected on the outermost of 2²⁴ values. The limits are no floats.
TEST(Initialise, ABoundIsABound) {
  Buffer<float> draws(std::size_t{1} << 22);
  for (Law law : {Law::uniform, Law::truncated_normal}) {
    for (double fan : {3.0, 7.0, 160.0, 161.0}) {
      const Distribution distribution{law, 1 / fan};
      init::initialise(distribution, {Engine::ars, settings().seed, random::stream_of("Initialise.ABoundIsABound"), 0},
                       draws.span(), 0);
      double largest = 0;
      for (float w : draws.span()) largest = std::max(largest, std::abs(static_cast<double>(w)));
      EXPECT_LT(largest, distribution.limit()) << to_string(law) << " fan " << fan;
    }
  }
}

TEST(Initialise, RefuseDeviationsThatTheTypeCannotHold) {
  Buffer<float> f32(8);
  Buffer<double> f64(8);
  for (double variance : {1e-90, 1e90}) {
    for (Law law : {Law::normal, Law::uniform, Law::truncated_normal}) {
      EXPECT_THROW(init::initialise(Distribution{law, variance}, Stream{}, f32.span()), std::invalid_argument);
      EXPECT_NO_THROW(init::initialise(Distribution{law, variance}, Stream{}, f64.span()));
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
