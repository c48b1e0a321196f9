#include <cmath>
#include <cstring>
#include <limits>

#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

/// Draws that are right one by one, and wrong in what they have to do with each other, with their parameters or with
/// the number of threads.
namespace sqrtn::verify {
namespace {

using claims::Subject;
using init::Law;
using random::Stream;

/// All three laws of both types, changed by `spoil(stream, out)` after they are drawn.
template <class Spoil>
Subject with_spoilt_draws(Spoil spoil) {
  Subject faulty = subject();
  const auto plant = [&]<class T>(claims::Draws<T>& draws) {
    draws.uniform = [spoil](const Stream& s, std::span<T> out, T low, T high) {
      random::fill_uniform(s, out, low, high);
      spoil(s, out);
    };
    draws.normal = [spoil](const Stream& s, std::span<T> out, T mean, T stddev) {
      random::fill_normal(s, out, mean, stddev);
      spoil(s, out);
    };
    draws.truncated_normal = [spoil](const Stream& s, std::span<T> out, T mean, T stddev, double cut) {
      random::fill_truncated_normal(s, out, mean, stddev, cut);
      spoil(s, out);
    };
  };
  plant(faulty.f32);
  plant(faulty.f64);
  return faulty;
}

/// Some draws, `share` of them, repeat the one `lag` before: correlation `share`, and the law stays. With `signs`,
/// their signs are random, so that only sizes are correlated.
Subject with_repeats(std::size_t lag, double share, bool signs) {
  return with_spoilt_draws([=]<class T>(const Stream& stream, std::span<T> out) {
    std::vector<std::uint32_t> coins(out.size());
    random::fill_bits({stream.engine, ~stream.seed, stream.stream, stream.offset}, coins);
    for (std::size_t i = lag; i < out.size(); ++i) {
      const double u = coins[i] * 0x1p-32;
      if (u < share) out[i] = signs && u < share / 2 ? -out[i - lag] : out[i - lag];
    }
  });
}

TEST(DependenceFault, CorrelatedByTheEffectAtOneLag) {
  for (const char* law : {"uniform", "normal", "truncated_normal"}) {
    for (const bool signs : {false, true}) {
      EXPECT_TRUE(caught(fmt::format("generator/ars/{}/f32/lags", law),
                         [signs](double effect) { return with_repeats(37, effect, signs); }))
          << law << signs;
    }
  }
  EXPECT_TRUE(
      caught("generator/philox/uniform/f64/lags", [](double effect) { return with_repeats(4096, effect, false); }));
}

TEST(DependenceFault, MirroredPairsAndRepeatedNeighbours) {
  const Subject mirrored = with_spoilt_draws([](const Stream&, auto out) {
    for (std::size_t i = 1; i < out.size(); i += 2) out[i] = -out[i - 1];
  });
  EXPECT_TRUE(caught("generator/ars/uniform/f32/lags", mirrored));
  EXPECT_TRUE(caught("generator/ars/truncated_normal/f64/lags", with_repeats(1, 0.25, false)));
  const claims::Result result = claims::run(claim_of("generator/ars/uniform/f32/lags"), mirrored, settings());
  EXPECT_NE(result.outcome.reason.find("draws 1 apart"), std::string::npos) << "says which: " << result.outcome.reason;
}

TEST(DependenceFault, OneDrawNotANumber) {
  const Subject faulty = with_spoilt_draws([]<class T>(const Stream& stream, std::span<T> out) {
    if (stream.offset == 0) out[3] = std::numeric_limits<T>::quiet_NaN();
  });
  EXPECT_TRUE(caught("generator/ars/normal/f32/lags", faulty));
}

/// The digits of float uniforms, `random` of which are random: the others are the sums of two of them each.
Subject with_digits(unsigned random) {
  Subject faulty = subject();
  faulty.f32.uniform = [random](const Stream& stream, std::span<float> out, float low, float high) {
    random::fill_uniform(stream, out, low, high);
    for (float& x : out) {
      auto k = static_cast<std::uint32_t>((static_cast<std::int32_t>(x * 0x1p24f) + (1 << 24) - 1) / 2);
      for (unsigned digit = random; digit < 24; ++digit) {
        const std::uint32_t bit = (k >> (digit - random) ^ k >> (digit - random + 9)) & 1;
        k = (k & ~(1u << digit)) | bit << digit;
      }
      x = static_cast<float>(2 * static_cast<std::int32_t>(k) + 1 - (1 << 24)) * 0x1p-24f;
    }
  };
  return faulty;
}

TEST(DependenceFault, OneDigitFollowsFromTheOthers) {
  EXPECT_TRUE(caught("generator/ars/uniform/f32/collisions", with_digits(23))) << "twice the repetitions: the effect";
  EXPECT_TRUE(caught("generator/philox/uniform/f32/collisions", with_digits(20)));
  EXPECT_EQ(claims::run(claim_of("generator/philox/uniform/f32/digits"), with_digits(20), settings()).outcome.verdict,
            claims::Verdict::pass)
      << "no digit is biased or bound to its neighbour";
}

TEST(DependenceFault, HighestOrLowestDigitsOfWordsFollow) {
  for (const unsigned digit : {0U, 31U}) {
    Subject faulty = subject();
    faulty.bits = [digit](const Stream& stream, std::span<std::uint32_t> out) {
      random::fill_bits(stream, out);
      for (std::uint32_t& word : out) {
        const std::uint32_t bit = (word >> 9 ^ word >> 14 ^ word >> 20) & 1;
        word = (word & ~(1u << digit)) | bit << digit;
      }
    };
    EXPECT_TRUE(caught("generator/ars/collisions", faulty)) << digit;
  }
}

/// The subject with draws of both types whose parameters `change` alters before they are used.
template <class T, class Change>
Subject with_normal_parameters(Change change) {
  Subject faulty = subject();
  faulty.of<T>().normal = [change](const Stream& s, std::span<T> out, T mean, T stddev) {
    change(mean, stddev);
    random::fill_normal(s, out, mean, stddev);
  };
  return faulty;
}

TEST(ParameterFault, MeanOrDeviationIgnored) {
  EXPECT_TRUE(caught("generator/ars/parameters", with_normal_parameters<float>([](float& mean, float&) { mean = 0; })));
  EXPECT_TRUE(
      caught("generator/philox/parameters", with_normal_parameters<double>([](double& mean, double&) { mean = 0; })));
  EXPECT_TRUE(
      caught("generator/ars/parameters", with_normal_parameters<double>([](double&, double& d) { d = d * d; })));
  EXPECT_TRUE(caught("generator/ars/parameters", with_normal_parameters<double>([](double&, double& d) {
                       d = static_cast<float>(d) * (1 + 0x1p-50);
                     })))
      << "by rounding more than the type does";
}

TEST(ParameterFault, EndsOrCutIgnored) {
  Subject ends = subject();
  ends.f32.uniform = [](const Stream& s, std::span<float> out, float low, float high) {
    const float half = (high - low) / 2;
    random::fill_uniform(s, out, -half, half);
  };
  EXPECT_TRUE(caught("generator/ars/parameters", ends));
  Subject cut = subject();
  cut.f64.truncated_normal = [](const Stream& s, std::span<double> out, double mean, double stddev, double) {
    random::fill_truncated_normal(s, out, mean, stddev, 2);
  };
  EXPECT_TRUE(caught("generator/philox/parameters", cut));
}

/// The subject whose fills on several threads, or of more than so many bytes, get one element wrong.
Subject with_fill_fault(std::function<bool(unsigned threads, std::size_t n_bytes)> is_wrong) {
  Subject faulty = subject();
  faulty.f32.on_threads = [is_wrong, right = faulty.f32.on_threads](Law law, const Stream& s, std::span<float> out,
                                                                    unsigned threads) {
    right(law, s, out, threads);
    float& victim = out[out.size() - 9];
    if (is_wrong(threads, out.size_bytes())) victim = std::nextafter(victim, 0.0F);
  };
  return faulty;
}

TEST(ParameterFault, ThreadsChangeABit) {
  const Subject faulty = with_fill_fault([](unsigned threads, std::size_t) { return threads == 3; });
  EXPECT_TRUE(caught("generator/ars/threads", faulty));
  EXPECT_TRUE(caught("generator/philox/threads", faulty));
}

TEST(ParameterFault, LargeFillsChangeABit) {
  const Subject faulty = with_fill_fault([](unsigned, std::size_t n_bytes) { return n_bytes > std::size_t{8} << 20; });
  const claims::Result honest = claims::run(claim_of("generator/ars/large_fills"), subject(), settings());
  if (honest.outcome.verdict == claims::Verdict::skipped) GTEST_SKIP() << honest.outcome.reason;
  EXPECT_TRUE(caught("generator/ars/large_fills", faulty));
}

}  // namespace
}  // namespace sqrtn::verify
