#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "sqrtn/support/tensor.hpp"
#include "verify.hpp"

/// The claims about initialisers, each seen to fail on the fault that it is for.
namespace sqrtn::verify {
namespace {

using init::Distribution;
using init::Fans;
using init::Law;
using init::Layer;
using init::Mode;
using random::Engine;
using random::Stream;

std::vector<claims::Claim> claims_under_test() { return claims::initialiser_claims(settings()); }

TEST(InitialiserClaims, CoverEveryRuleTypeAndEngine) {
  std::set<std::string> ids;
  for (const claims::Claim& claim : claims_under_test()) {
    EXPECT_TRUE(ids.insert(claim.id).second) << claim.id << " occurs twice";
  }
  for (const init::Rule& rule : init::rules()) {
    for (const char* dtype : {"f32", "f64"}) {
      for (Engine engine : {Engine::ars, Engine::philox}) {
        const std::string prefix = fmt::format("initialisers/{}/{}/{}/", rule.name, dtype, to_string(engine));
        EXPECT_TRUE(ids.contains(prefix + "scale") && ids.contains(prefix + "shape")) << prefix;
        EXPECT_EQ(ids.contains(prefix + "support"), rule.law != Law::normal) << prefix;
      }
    }
  }
}

/// The call that a fault may change before it is carried out, and the draws that it may change after.
struct Call {
  init::Rule rule;
  Layer layer;
  Shape shape;
  std::size_t groups;
  Stream stream;
  [[nodiscard]] Fans fans() const { return init::fans(layer, shape, groups); }
  [[nodiscard]] Distribution law() const { return init::distribution(rule, fans()); }
};
using LawFault = std::function<Distribution(const Call&)>;
using CallFault = std::function<void(Call&)>;

template <class T>
auto initialiser(const LawFault& law_of, const CallFault& change) {
  return [=](const init::Rule& rule, Layer layer, const Shape& shape, std::size_t groups, const Stream& stream,
             std::span<T> out) {
    Call call{rule, layer, shape, groups, stream};
    if (change) change(call);
    init::initialise(law_of ? law_of(call) : call.law(), call.stream, out);
  };
}

claims::Subject with(const LawFault& law_of, const CallFault& change = {}) {
  claims::Subject faulty = subject();
  faulty.f32.initialise = initialiser<float>(law_of, change);
  faulty.f64.initialise = initialiser<double>(law_of, change);
  return faulty;
}

/// The honest subject whose finished float weights go through `spoil`.
claims::Subject spoilt(const std::function<void(const Call&, std::span<float>)>& spoil) {
  claims::Subject faulty = subject();
  faulty.f32.initialise = [=](const init::Rule& rule, Layer layer, const Shape& shape, std::size_t groups,
                              const Stream& stream, std::span<float> out) {
    const Call call{rule, layer, shape, groups, stream};
    init::initialise(call.law(), stream, out);
    spoil(call, out);
  };
  return faulty;
}

/// The honest subject whose finished float weights are each changed by `change(weight, index, law)`.
template <class Change>
claims::Subject with_each_weight(Change change) {
  return spoilt([=](const Call& call, std::span<float> out) {
    const Distribution law = call.law();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(change(out[i], i, law));
  });
}

TEST(PlantedFault, FansSwapped) {
  const auto faulty = with([](const Call& call) {
    const Fans fans = call.fans();
    return init::distribution(call.rule, {fans.fan_out, fans.fan_in});
  });
  EXPECT_TRUE(caught("initialisers/he_normal/f32/ars/scale", faulty));
  EXPECT_TRUE(caught("initialisers/fans/linear/fan_in", faulty));
}

TEST(PlantedFault, RootTwoForgotten) {
  const auto faulty = with([](const Call& call) { return init::distribution(call.rule, call.fans(), {.gain = 1}); });
  EXPECT_TRUE(caught("initialisers/he_normal/f64/ars/scale", faulty));
  EXPECT_TRUE(caught("initialisers/he_uniform/f32/philox/scale", faulty));
}

TEST(PlantedFault, VarianceUsedForTheDeviation) {
  const auto faulty = with([](const Call& call) {
    const Distribution law = call.law();
    return Distribution{law.law, law.variance * law.variance};
  });
  EXPECT_TRUE(caught("initialisers/glorot_normal/f32/ars/scale", faulty));
  EXPECT_TRUE(caught("initialisers/lecun_uniform/f64/philox/scale", faulty));
}

TEST(PlantedFault, TruncatedNormalNotRescaled) {
  const auto faulty = with([](const Call& call) {
    const Distribution law = call.law();
    return Distribution{law.law, law.variance * init::truncated_variance};
  });
  EXPECT_TRUE(caught("initialisers/variance_scaling/f32/ars/scale", faulty));
  EXPECT_TRUE(caught("initialisers/variance_scaling/f64/philox/support", faulty));
}

TEST(PlantedFault, VarianceOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      return with([=](const Call& call) {
        return Distribution{call.law().law, call.law().variance * (1 + sign * effect)};
      });
    };
    for (const char* rule : {"normal", "torch_default", "truncated_normal"}) {
      EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/ars/scale", rule), plant)) << sign;
    }
    EXPECT_TRUE(caught("initialisers/fans/conv/fan_avg", plant)) << sign;
  }
}

TEST(PlantedFault, LimitOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      return with([=](const Call& call) {
        return Distribution{call.law().law, call.law().variance * std::pow(1 + sign * effect, 2)};
      });
    };
    EXPECT_TRUE(caught("initialisers/glorot_uniform/f32/ars/support", plant)) << sign;
    EXPECT_TRUE(caught("initialisers/uniform/f64/philox/support", plant)) << sign;
    EXPECT_TRUE(caught("initialisers/truncated_normal/f64/ars/support", plant)) << sign;
  }
}

/// Every other weight is stretched and the rest shrunk: E w² stays, E w⁴ grows by the effect.
TEST(PlantedFault, FourthMomentOffByTheEffect) {
  const auto plant = [](double effect) {
    return with_each_weight([effect](double w, std::size_t i, const Distribution&) {
      return w * std::sqrt(1 + (i % 2 == 0 ? 1 : -1) * std::sqrt(effect));
    });
  };
  for (const char* rule : {"normal", "uniform", "truncated_normal"}) {
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/ars/fourth_moment", rule), plant));
  }
}

/// A shift that puts the distribution functions apart by the effect where the density is largest: at 0.
TEST(PlantedFault, DistributionFunctionOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      return with_each_weight([=](double w, std::size_t, const Distribution& law) {
        const double half_shift = law.law == Law::uniform
                                      ? effect * law.limit()
                                      : boost::math::quantile(boost::math::normal(0, law.stddev()), (1 + effect) / 2);
        return w + sign * 2 * half_shift;
      });
    };
    EXPECT_TRUE(caught("initialisers/lecun_normal/f32/ars/shape", plant)) << sign;
    EXPECT_TRUE(caught("initialisers/uniform/f32/philox/shape", plant)) << sign;
  }
}

TEST(PlantedFault, OneDrawOnTheLimit) {
  const auto faulty = spoilt([](const Call& call, std::span<float> out) {
    if (call.stream.offset == 0) out.back() = static_cast<float>(call.law().limit());
  });
  EXPECT_TRUE(caught("initialisers/uniform/f32/ars/support", faulty));
  EXPECT_TRUE(caught("initialisers/truncated_normal/f32/philox/support", faulty));
}

TEST(PlantedFault, OneDrawNotANumber) {
  const auto faulty = spoilt([](const Call& call, std::span<float> out) {
    if (call.stream.offset == 0) out[7] = std::numeric_limits<float>::quiet_NaN();
  });
  for (const char* claim : {"scale", "mean", "fourth_moment", "support"}) {
    EXPECT_TRUE(caught(fmt::format("initialisers/lecun_uniform/f32/ars/{}", claim), faulty));
  }
}

TEST(PlantedFault, WrongLawOfEqualVariance) {
  const auto uniform = with([](const Call& call) { return Distribution{Law::uniform, call.law().variance}; });
  const auto truncated = with([](const Call& call) {
    return Distribution{Law::truncated_normal, call.law().variance};
  });
  EXPECT_TRUE(caught("initialisers/he_normal/f32/ars/fourth_moment", uniform));
  EXPECT_TRUE(caught("initialisers/he_normal/f64/philox/shape", uniform));
  EXPECT_TRUE(caught("initialisers/normal/f64/ars/fourth_moment", truncated));
}

TEST(PlantedFault, MeanOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      return with_each_weight(
          [=](double w, std::size_t, const Distribution& law) { return w + sign * effect * law.stddev(); });
    };
    EXPECT_TRUE(caught("initialisers/glorot_normal/f32/ars/mean", plant)) << sign;
    EXPECT_TRUE(caught("initialisers/uniform/f32/ars/mean", plant)) << sign;
  }
}

TEST(PlantedFault, GroupsIgnoredOrTakenTwice) {
  const auto ignored = with({}, [](Call& call) { call.groups = 1; });
  EXPECT_TRUE(caught("initialisers/fans/grouped_conv/fan_out", ignored));
  EXPECT_TRUE(caught("initialisers/fans/depthwise_conv/fan_out", ignored));
  EXPECT_TRUE(caught("initialisers/fans/packed_linear/fan_avg", ignored));
  EXPECT_TRUE(caught("initialisers/fans/grouped_transposed_conv/fan_in", ignored));
  const auto twice = with([](const Call& call) {
    const Fans fans = call.fans();
    return init::distribution(call.rule, {fans.fan_in * call.groups, fans.fan_out});
  });
  EXPECT_TRUE(caught("initialisers/fans/grouped_conv/fan_in", twice));
}

TEST(PlantedFault, KernelAreaForgotten) {
  const auto faulty = with([](const Call& call) {
    const std::size_t area = element_count(call.shape) / (call.shape[0] * call.shape[1]);
    const Fans fans = call.fans();
    return init::distribution(call.rule, {fans.fan_in / area, fans.fan_out / area});
  });
  for (const char* layer : {"conv", "grouped_conv", "depthwise_conv", "transposed_conv"}) {
    EXPECT_TRUE(caught(fmt::format("initialisers/fans/{}/fan_in", layer), faulty));
    EXPECT_TRUE(caught(fmt::format("initialisers/fans/{}/fan_out", layer), faulty));
  }
}

TEST(PlantedFault, TransposedTakenForConv) {
  const auto faulty =
      with({}, [](Call& call) { call.layer = call.layer == Layer::linear ? Layer::linear : Layer::conv; });
  EXPECT_TRUE(caught("initialisers/fans/transposed_conv/fan_in", faulty));
  EXPECT_TRUE(caught("initialisers/fans/transposed_conv/fan_out", faulty));
  EXPECT_TRUE(caught("initialisers/fans/grouped_transposed_conv/fan_in", faulty));
}

TEST(PlantedFault, ModeIgnored) {
  const auto faulty = with({}, [](Call& call) { call.rule.mode = Mode::fan_in; });
  EXPECT_TRUE(caught("initialisers/fans/linear/fan_out", faulty));
  EXPECT_TRUE(caught("initialisers/glorot_uniform/f32/ars/scale", faulty));
}

TEST(PlantedFault, FrameworkDefaultTakenForHe) {
  const auto faulty = with({}, [](Call& call) { call.rule = init::find_rule("torch_default"); });
  EXPECT_TRUE(caught("initialisers/he_uniform/f32/ars/scale", faulty));
  EXPECT_TRUE(caught("initialisers/he_uniform/f32/ars/support", faulty));
}

TEST(PlantedFault, AddressIgnored) {
  const auto stream = with({}, [](Call& call) { call.stream.stream = 0; });
  EXPECT_TRUE(caught("initialisers/streams/distinct/f32/ars", stream));
  EXPECT_TRUE(caught("initialisers/streams/uncorrelated_layers/f64/philox", stream));
  const auto seed = with({}, [](Call& call) { call.stream.seed = 0; });
  EXPECT_TRUE(caught("initialisers/streams/distinct/f64/ars", seed));
  EXPECT_TRUE(caught("initialisers/streams/uncorrelated_seeds/f32/ars", seed));
  const auto offset = with({}, [](Call& call) { call.stream.offset = 0; });
  EXPECT_TRUE(caught("initialisers/streams/distinct/f32/philox", offset));
  const auto half = with({}, [](Call& call) { call.stream.seed &= 0xffffffffu; });
  EXPECT_TRUE(caught("initialisers/streams/distinct/f64/philox", half));
}

TEST(PlantedFault, WeightsCorrelatedByTheEffect) {
  const auto plant = [](double correlation) {
    return spoilt([=](const Call& call, std::span<float> out) {
      Buffer<float> shared(out.size());
      init::initialise(call.law(), Stream{call.stream.engine, 7, 7, call.stream.offset}, shared.span());
      const auto a = static_cast<float>(std::sqrt(1 - correlation)), b = static_cast<float>(std::sqrt(correlation));
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = a * out[i] + b * shared[i];
    });
  };
  EXPECT_TRUE(caught("initialisers/streams/uncorrelated_layers/f32/ars", plant));
  EXPECT_TRUE(caught("initialisers/streams/uncorrelated_seeds/f32/ars", plant));
}

TEST(PlantedFault, FansOfConvolutionsCountedWithoutGroups) {
  claims::Subject faulty = subject();
  faulty.fans = [](Layer layer, const Shape& shape, std::size_t groups) {
    return init::fans(layer, shape, layer == Layer::linear ? groups : 1);
  };
  EXPECT_TRUE(caught("initialisers/fans/table", faulty));
}

TEST(PlantedFault, FansOfLinearLayersSwapped) {
  claims::Subject faulty = subject();
  faulty.fans = [](Layer layer, const Shape& shape, std::size_t groups) {
    const Fans fans = init::fans(layer, shape, groups);
    return layer == Layer::linear ? Fans{fans.fan_out, fans.fan_in} : fans;
  };
  EXPECT_TRUE(caught("initialisers/fans/table", faulty));
}

}  // namespace
}  // namespace sqrtn::verify
