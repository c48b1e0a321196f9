#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <cstring>

#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

/// Generators that are wrong in one way each, and the claim that must notice.
namespace sqrtn::verify {
namespace {

using claims::Subject;
using random::Block;
using random::Engine;
using random::Stream;

/// The subject with every word of its bits computed by `word(stream at that word)`.
template <class Word>
Subject with_bits(Word word) {
  Subject faulty = subject();
  faulty.bits = [word](const Stream& stream, std::span<std::uint32_t> out) {
    random::fill_bits(stream, out);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = word(stream.skip(i), out[i]);
  };
  return faulty;
}

/// The subject with every float normal changed by `change`.
template <class Change>
Subject with_normal(Change change) {
  Subject faulty = subject();
  faulty.f32.normal = [change](const Stream& stream, std::span<float> out, float mean, float stddev) {
    random::fill_normal(stream, out, mean, stddev);
    change(stream, out);
  };
  return faulty;
}

/// The subject with each float normal x replaced by `change(x)`.
template <class Change>
Subject with_each_normal(Change change) {
  return with_normal([change](const Stream&, std::span<float> out) {
    for (float& x : out) x = change(x);
  });
}

template <class Change>
Subject with_uniform(Change change) {
  Subject faulty = subject();
  faulty.f32.uniform = [change](const Stream& stream, std::span<float> out, float low, float high) {
    random::fill_uniform(stream, out, low, high);
    for (float& x : out) x = change(x, low, high);
  };
  return faulty;
}

std::uint32_t word_of(const Stream& stream, const Block& counter, unsigned rounds) {
  const Block key{static_cast<std::uint32_t>(stream.seed), static_cast<std::uint32_t>(stream.seed >> 32), 0, 0};
  return random::ars4x32(counter, key, rounds)[stream.offset % 4];
}

Block counter_of(const Stream& stream) {
  const std::uint64_t block = stream.offset / 4;
  return {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
          static_cast<std::uint32_t>(stream.stream), static_cast<std::uint32_t>(stream.stream >> 32)};
}

TEST(GeneratorFaults, OneRoundTooFew) {
  EXPECT_TRUE(caught("generator/ars/addresses",
                     with_bits([](const Stream& s, std::uint32_t) { return word_of(s, counter_of(s), 6); })));
}

TEST(GeneratorFaults, KeyScheduleOffByOneRound) {
  // Round r has the key of round r + 1: the Weyl sequence starts one step late.
  const Subject faulty = with_bits([](const Stream& s, std::uint32_t) {
    const std::uint64_t low = s.seed + 0x9e3779b97f4a7c15u, high = 0xbb67ae8584caa73bu;
    const Block key{static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
                    static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32)};
    return random::ars4x32(counter_of(s), key, 7)[s.offset % 4];
  });
  EXPECT_TRUE(caught("generator/ars/addresses", faulty));
}

TEST(GeneratorFaults, StreamRunsIntoItsNeighbourAfter32BitsOfBlocks) {
  const Subject faulty = with_bits([](const Stream& s, std::uint32_t) {
    Block counter = counter_of(s);
    counter[2] += counter[1];
    counter[1] = 0;
    return word_of(s, counter, 7);
  });
  EXPECT_TRUE(caught("generator/ars/addresses", faulty));
}

TEST(GeneratorFaults, LowestBitRepeatsItsNeighbour) {
  // As when a rounding loses the last bit and doubles the one above.
  const auto repeated = [](std::uint32_t word) { return (word & ~1u) | (word >> 1 & 1u); };
  EXPECT_TRUE(
      caught("generator/ars/bits", with_bits([&](const Stream&, std::uint32_t word) { return repeated(word); })));
  // Of a float draw's values on (-1, 1), only every other is ever seen.
  const Subject faulty = with_uniform([&](float x, float, float) {
    const auto k = static_cast<std::uint32_t>((static_cast<std::int32_t>(x * 0x1p24f) + (1 << 24) - 1) / 2);
    return static_cast<float>(2 * static_cast<std::int32_t>(repeated(k)) + 1 - (1 << 24)) * 0x1p-24f;
  });
  EXPECT_TRUE(caught("generator/ars/uniform/f32/digits", faulty));
}

TEST(GeneratorFaults, CarryLostAfter32Bits) {
  const Subject faulty = with_bits([](const Stream& s, std::uint32_t) {
    Block counter = counter_of(s);
    counter[1] = 0;
    return word_of(s, counter, 7);
  });
  EXPECT_TRUE(caught("generator/ars/addresses", faulty));
}

TEST(GeneratorFaults, StreamsDifferInTheirLowHalfOnly) {
  const Subject faulty = with_bits([](const Stream& s, std::uint32_t) {
    Block counter = counter_of(s);
    counter[3] = 0;
    return word_of(s, counter, 7);
  });
  EXPECT_TRUE(caught("generator/ars/addresses", faulty));
}

TEST(GeneratorFaults, EveryCallReturnsTheSameDraws) {
  Subject faulty = subject();
  faulty.bits = [](const Stream& s, std::span<std::uint32_t> out) {
    random::fill_bits({s.engine, s.seed, s.stream, 0}, out);
  };
  EXPECT_TRUE(caught("generator/ars/duplicates", faulty));
  EXPECT_TRUE(caught("generator/philox/splitting", faulty));
}

TEST(GeneratorFaults, TwoLanesShareACounter) {
  Subject faulty = subject();
  faulty.bits = [](const Stream& s, std::span<std::uint32_t> out) {
    random::fill_bits(s, out);
    for (std::size_t i = 0; i + 8 <= out.size(); i += 64) std::memcpy(&out[i + 4], &out[i], 16);
  };
  EXPECT_TRUE(caught("generator/philox/duplicates", faulty));
}

TEST(GeneratorFaults, LowestBitAlwaysZero) {
  EXPECT_TRUE(caught("generator/philox/bits", with_bits([](const Stream&, std::uint32_t word) { return word & ~1u; })));
}

TEST(GeneratorFaults, UniformReturnsItsExcludedEnd) {
  // As when the 24-bit fraction is rounded up: once in 2²⁴ draws (more often where effects are larger).
  const float width = static_cast<float>(1.3e-7 * settings().effect_scale * settings().effect_scale);
  const Subject faulty = with_uniform([width](float x, float, float high) { return x > high - width ? high : x; });
  EXPECT_TRUE(caught("generator/ars/uniform/f32/ends", faulty));
}

TEST(GeneratorFaults, UniformVarianceOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      const auto factor = static_cast<float>(std::sqrt(1 + sign * effect));
      return with_uniform([factor](float x, float, float) { return x * factor; });
    };
    EXPECT_TRUE(caught("generator/ars/uniform/f32/variance", plant)) << sign;
  }
  EXPECT_TRUE(caught("generator/ars/uniform/f32/ends", with_uniform([](float x, float, float) { return x * 1.001f; })));
}

TEST(GeneratorFaults, UniformInCoarseCells) {
  // Right mean and ends, but so few values in each unit that the distribution function is off by half a step, the
  // effect: the shape tells.
  const auto plant = [](double effect) {
    const auto cells = static_cast<float>(1 / (4 * effect));
    return with_uniform([cells](float x, float, float) { return (std::floor(x * cells) + 0.5f) / cells; });
  };
  EXPECT_TRUE(caught("generator/philox/uniform/f32/shape", plant));
}

TEST(GeneratorFaults, NormalTailCutAtFourDeviations) {
  const Subject faulty = with_each_normal([](float x) { return std::abs(x) > 4 ? x / 2 : x; });
  EXPECT_TRUE(caught("generator/ars/normal/f32/tail_4", faulty));
  EXPECT_TRUE(caught("generator/ars/normal/f32/tail_5", faulty));
}

TEST(GeneratorFaults, NormalTailMissingBeyondFiveDeviations) {
  const Subject faulty = with_each_normal([](float x) { return std::abs(x) > 5 ? x / 2 : x; });
  EXPECT_TRUE(caught("generator/ars/normal/f32/tail_5", faulty));
}

TEST(GeneratorFaults, NormalTailCutAtFivePointSixDeviations) {
  // The claim looks nearer where samples are fewer, and so does the cut.
  const double mass = std::erfc(5.6 / std::sqrt(2.0)) * settings().effect_scale * settings().effect_scale;
  const float cut = static_cast<float>(std::sqrt(2.0) * boost::math::erfc_inv(mass));
  const Subject faulty = with_each_normal([cut](float x) { return std::abs(x) > cut ? std::copysign(cut, x) : x; });
  EXPECT_TRUE(caught("generator/ars/normal/f32/tail_far", faulty));
}

TEST(GeneratorFaults, TailValuesTooOften) {
  const Subject faulty = with_each_normal([](float x) { return std::abs(x) > 4.8f ? std::copysign(6.5f, x) : x; });
  EXPECT_TRUE(caught("generator/ars/normal/f32/tail_6", faulty));
}

TEST(GeneratorFaults, NoNegatives) {
  const Subject faulty = with_each_normal([](float x) { return std::abs(x); });
  EXPECT_TRUE(caught("generator/philox/normal/f32/mean", faulty));
  EXPECT_TRUE(caught("generator/philox/normal/f32/shape", faulty));
}

/// A claim about float normals, and draws that are off by its effect.
struct AtEffect {
  std::string claim;
  std::function<Subject(double effect)> plant;
};

/// |z| that is exceeded with this probability.
double exceeded(double probability) {
  return boost::math::quantile(complement(boost::math::normal(), probability / 2));
}

/// The mass beyond k is (1 + change) times the law's: what lies nearest to k on one side of it is moved to the other.
Subject with_tail(double k, double change) {
  const auto border = static_cast<float>(k),
             moved = static_cast<float>(exceeded((1 + change) * std::erfc(k / std::sqrt(2.0))));
  return with_each_normal([=](float x) {
    if (std::abs(x) > border && std::abs(x) <= moved) return x / 2;
    return std::abs(x) <= border && std::abs(x) > moved ? std::copysign(border + 0.1f, x) : x;
  });
}

/// corr(xᵢ, xᵢ₊lag) = correlation for N(0,1) draws: each is mixed with the one before it, whose sign is turned at every
/// other place if `signs`, which leaves only squares correlated.
Subject with_lag(std::size_t lag, double correlation, bool signs) {
  const double mix = 2 * correlation / (1 + std::sqrt(1 - 4 * correlation * correlation)), norm = std::hypot(1, mix);
  return with_normal([=](const Stream&, std::span<float> out) {
    for (std::size_t i = out.size(); i-- > lag;) {
      const double before = signs && i % 2 == 0 ? -out[i - lag] : out[i - lag];
      out[i] = static_cast<float>((out[i] + mix * before) / norm);
    }
  });
}

std::vector<AtEffect> at_effect() {
  std::vector<AtEffect> faults{{"fourth_moment",
                                [](double effect) {
                                  return with_normal([=](const Stream&, std::span<float> out) {
                                    for (std::size_t i = 0; i < out.size(); ++i) {
                                      out[i] *=
                                          static_cast<float>(std::sqrt(1 + (i % 2 == 0 ? 1 : -1) * std::sqrt(effect)));
                                    }
                                  });
                                }},
                               {"tail_6", [](double effect) { return with_tail(6, effect); }}};
  for (const double sign : {-1.0, 1.0}) {
    faults.push_back({"mean", [=](double effect) {
                        return with_each_normal([=](float x) { return x + static_cast<float>(sign * effect); });
                      }});
    faults.push_back({"variance", [=](double effect) {
                        const auto factor = static_cast<float>(std::sqrt(1 + sign * effect));
                        return with_each_normal([=](float x) { return x * factor; });
                      }});
    faults.push_back({"shape", [=](double effect) {
                        const double shift = 2 * boost::math::quantile(boost::math::normal(), (1 + effect) / 2);
                        return with_each_normal([=](float x) { return x + static_cast<float>(sign * shift); });
                      }});
    for (const int k : {2, 3, 4, 5}) {
      faults.push_back({fmt::format("tail_{}", k), [=](double effect) { return with_tail(k, sign * effect); }});
    }
    for (const std::size_t lag : {1, 2, 4, 8, 16, 32, 512}) {
      faults.push_back(
          {fmt::format("lag_{}_x", lag), [=](double effect) { return with_lag(lag, sign * effect, false); }});
    }
  }
  // Squares of a normal pair are correlated by the square of what the pair is.
  for (const std::size_t lag : {1, 2, 4, 8, 16, 32, 512}) {
    faults.push_back(
        {fmt::format("lag_{}_x2", lag), [=](double effect) { return with_lag(lag, std::sqrt(effect), true); }});
  }
  return faults;
}

TEST(GeneratorFaults, NormalsOffByTheEffect) {
  for (const auto& [claim, plant] : at_effect()) {
    EXPECT_TRUE(caught("generator/ars/normal/f32/" + claim, plant)) << claim;
  }
}

TEST(GeneratorFaults, FourthMomentOfAnotherLaw) {
  // Uniform of variance 1 in place of the normal: mean and variance are right.
  Subject faulty = subject();
  faulty.f32.normal = [](const Stream& stream, std::span<float> out, float, float) {
    const float limit = std::sqrt(3.0f);
    random::fill_uniform(stream, out, -limit, limit);
  };
  EXPECT_TRUE(caught("generator/ars/normal/f32/fourth_moment", faulty));
  EXPECT_TRUE(caught("generator/ars/normal/f32/shape", faulty));
}

TEST(GeneratorFaults, BothDrawsOfAPairShareTheRadius) {
  // As if sine and cosine were of two angles one quarter apart: |z₁| = |z₂|, uncorrelated signs.
  const Subject faulty = with_normal([](const Stream& stream, std::span<float> out) {
    for (std::size_t i = 0; i + 16 < out.size(); ++i) {
      if ((stream.offset + i) % 32 < 16) out[i + 16] = std::copysign(out[i], out[i + 16]);
    }
  });
  EXPECT_TRUE(caught("generator/ars/normal/f32/lag_16_x2", faulty));
}

TEST(GeneratorFaults, AQuadrantIsNeverReached) {
  const Subject faulty = with_normal([](const Stream& stream, std::span<float> out) {
    for (std::size_t i = 0; i + 16 < out.size(); ++i) {
      if ((stream.offset + i) % 32 < 16 && out[i] < 0 && out[i + 16] < 0) out[i] = -out[i];
    }
  });
  EXPECT_TRUE(caught("generator/ars/normal/f32/mean", faulty));
}

TEST(GeneratorFaults, LogarithmOfZero) {
  const Subject faulty = with_normal([](const Stream& stream, std::span<float> out) {
    if (!out.empty() && stream.offset == 0) out[0] = std::numeric_limits<float>::infinity();
  });
  EXPECT_TRUE(caught("generator/ars/normal/f32/variance", faulty));
}

}  // namespace
}  // namespace sqrtn::verify
