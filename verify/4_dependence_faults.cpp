#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "faulty_weights.hpp"
#include "sqrtn/random/scalar.hpp"

/// Weights that every claim about single entries of a linear weight passes: kernels, positions, rows and columns,
/// matrices as a whole. Each is found by the claim that is for it.
namespace sqrtn::verify {
namespace {

using init::Layer;

/// +1 or −1 by the address and a number.
double sign_of(const random::Stream& stream, std::size_t i) {
  return random::scalar::bits32_at({stream.engine, ~stream.seed, stream.stream, stream.offset + i}) & 1 ? 1 : -1;
}

TEST(KernelFault, VarianceOfOneShapeOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      return with_spoilt_weights([=](const WeightCall& call, auto out) {
        if (call.layer != Layer::transposed_conv || call.groups == 1) return;
        for (auto& w : out) w *= static_cast<std::remove_reference_t<decltype(w)>>(std::sqrt(1 + sign * effect));
      });
    };
    for (const char* rule : {"he_normal", "torch_default", "variance_scaling"}) {
      EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/kernels/variance", rule), plant)) << sign;
    }
  }
}

TEST(KernelFault, ConstantsForConvolutions) {
  const auto half = with_spoilt_weights([]<class T>(const WeightCall& call, std::span<T> out) {
    if (call.is_kernel()) std::fill(out.begin(), out.end(), T(0.5));
  });
  const auto zero_doubles = with_spoilt_weights([]<class T>(const WeightCall& call, std::span<T> out) {
    if (call.is_kernel() && sizeof(T) == sizeof(double)) std::fill(out.begin(), out.end(), T(0));
  });
  for (const init::Rule& rule : init::rules()) {
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/kernels/variance", rule.name), half));
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f64/kernels/variance", rule.name), zero_doubles));
  }
}

TEST(KernelFault, AreaForgottenByOtherRules) {
  const auto faulty = with_weights([]<class T>(const WeightCall& call, std::span<T> out) {
    init::Distribution law = call.law();
    if (call.is_kernel() && call.rule.uses_fans)
      law.variance *= static_cast<double>(element_count(call.shape)) / (call.shape[0] * call.shape[1]);
    init::initialise(law, call.stream, out);
  });
  for (const init::Rule& rule : init::rules()) {
    if (!rule.uses_fans) continue;
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/kernels/variance", rule.name), faulty));
  }
}

TEST(KernelFault, AnotherLawForConvolutions) {
  const auto faulty = with_weights([]<class T>(const WeightCall& call, std::span<T> out) {
    init::Distribution law = call.law();
    if (call.is_kernel()) law.law = law.law == init::Law::uniform ? init::Law::normal : init::Law::uniform;
    init::initialise(law, call.stream, out);
  });
  EXPECT_TRUE(caught("initialisers/he_normal/f32/kernels/law", faulty));
  EXPECT_TRUE(caught("initialisers/glorot_uniform/f64/kernels/law", faulty));
}

/// A shift that puts the distribution functions apart by the effect at 0.
TEST(KernelFault, LawOffByTheEffect) {
  const auto plant = [](double effect) {
    return with_spoilt_weights([=]<class T>(const WeightCall& call, std::span<T> out) {
      const boost::math::normal law(0, call.law().stddev());
      for (T& w : out) w += static_cast<T>(2 * quantile(law, (1 + effect) / 2));
    });
  };
  EXPECT_TRUE(caught("initialisers/lecun_normal/f32/kernels/law", plant));
}

/// The taps of one shape of convolution: one of the nine is mixed with another.
claims::Subject with_tied_taps(double correlation, std::size_t groups) {
  return with_spoilt_weights([=]<class T>(const WeightCall& call, std::span<T> out) {
    if (call.layer != Layer::conv || call.groups != groups || call.shape[2] != 3) return;
    for (std::size_t kernel = 0; kernel < out.size(); kernel += 9) {
      out[kernel + 5] = static_cast<T>(correlation * static_cast<double>(out[kernel + 2]) +
                                       std::sqrt(1 - correlation * correlation) * static_cast<double>(out[kernel + 5]));
    }
  });
}

TEST(KernelFault, TwoTapsCorrelatedByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) { return with_tied_taps(sign * effect, 4); };
    for (const char* rule : {"he_normal", "uniform", "truncated_normal"}) {
      EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/kernels/taps", rule), plant)) << sign;
    }
  }
  EXPECT_TRUE(caught("initialisers/he_normal/f64/kernels/taps", with_tied_taps(1, 1))) << "two taps equal";
}

/// One place, of one shape, is scaled.
claims::Subject with_place(Layer layer, std::size_t place, bool from_end, double factor) {
  return with_spoilt_weights([=]<class T>(const WeightCall& call, std::span<T> out) {
    if (call.layer != layer) return;
    T& w = out[from_end ? out.size() - 1 - place : place];
    w = static_cast<T>(factor * static_cast<double>(w));
  });
}

TEST(PositionFault, OnePlaceOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    for (const bool from_end : {false, true}) {
      const auto plant = [=](double effect) {
        return with_place(from_end ? Layer::conv : Layer::linear, 11, from_end, std::sqrt(1 + sign * effect));
      };
      for (const char* rule : {"he_normal", "uniform", "truncated_normal"}) {
        EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/positions", rule), plant)) << sign << from_end;
      }
    }
  }
}

TEST(PositionFault, ZerosBehindTheLastVector) {
  const auto faulty = with_spoilt_weights([]<class T>(const WeightCall&, std::span<T> out) {
    std::fill(out.end() - static_cast<std::ptrdiff_t>(out.size() % 16), out.end(), T(0));
  });
  for (const init::Rule& rule : init::rules()) {
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/positions", rule.name), faulty));
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f64/positions", rule.name), faulty));
  }
  const claims::Result result = claims::run(claim_of("initialisers/normal/f32/positions"), faulty, settings());
  EXPECT_NE(result.outcome.reason.find("entry "), std::string::npos) << "says where: " << result.outcome.reason;
}

TEST(ProfileFault, ColumnsOrRowsOffByTheEffectInTurn) {
  for (const bool rows : {false, true}) {
    const auto plant = [rows](double effect) {
      return with_spoilt_weights([=]<class T>(const WeightCall& call, std::span<T> out) {
        for (std::size_t i = 0; i < out.size() && !call.is_kernel(); ++i) {
          const std::size_t line = rows ? i / call.shape[1] : i % call.shape[1];
          out[i] = static_cast<T>((1 + (line % 2 == 0 ? effect : -effect)) * static_cast<double>(out[i]));
        }
      });
    };
    for (const char* rule : {"he_normal", "uniform", "truncated_normal"}) {
      EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/profile", rule), plant)) << rows;
    }
  }
}

/// A matrix of rank one in each weight has this share of the variance; rows and columns have random signs in it.
claims::Subject with_spike(double share) {
  return with_spoilt_weights([=]<class T>(const WeightCall& call, std::span<T> out) {
    const std::size_t cols = call.shape[1];
    const double deviation = call.law().stddev();
    std::vector<double> u(call.shape[0]), v(cols);
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = sign_of(call.stream, i);
    for (std::size_t j = 0; j < cols; ++j) v[j] = sign_of(call.stream, u.size() + j);
    for (std::size_t i = 0; i < out.size() && !call.is_kernel(); ++i) {
      out[i] = static_cast<T>(std::sqrt(1 - share) * static_cast<double>(out[i]) +
                              std::sqrt(share) * deviation * u[i / cols] * v[i % cols]);
    }
  });
}

TEST(MatrixFault, RankOneSpikeOfTheEffect) {
  for (const char* rule : {"he_normal", "torch_default", "truncated_normal"}) {
    EXPECT_TRUE(
        caught(fmt::format("initialisers/{}/f32/spike", rule), [](double effect) { return with_spike(effect); }));
  }
  EXPECT_TRUE(caught("initialisers/uniform/f64/spike", with_spike(0.05)));
}

/// Part of each row's mean is taken away.
claims::Subject with_shrunk_direction(double share) {
  return with_spoilt_weights([=]<class T>(const WeightCall& call, std::span<T> out) {
    for (std::size_t row = 0; row < call.shape[0] && !call.is_kernel(); ++row) {
      const std::span<T> entries = out.subspan(row * call.shape[1], call.shape[1]);
      double mean = 0;
      for (const T w : entries) mean += static_cast<double>(w) / static_cast<double>(entries.size());
      for (T& w : entries) w = static_cast<T>(static_cast<double>(w) - share * mean);
    }
  });
}

TEST(MatrixFault, OneDirectionShortenedByTheEffect) {
  EXPECT_TRUE(
      caught("initialisers/he_normal/f32/determinant", [](double effect) { return with_shrunk_direction(effect); }));
  EXPECT_TRUE(caught("initialisers/normal/f64/determinant", with_shrunk_direction(1)))
      << "centred rows have lost a rank";
}

TEST(MatrixFault, NeighboursRepeatOrTurnTheirSign) {
  const auto mirrored = with_spoilt_weights([]<class T>(const WeightCall&, std::span<T> out) {
    for (std::size_t i = 1; i < out.size(); i += 2) out[i] = -out[i - 1];
  });
  EXPECT_TRUE(caught("initialisers/uniform/f32/kernels/taps", mirrored));
  EXPECT_TRUE(caught("initialisers/uniform/f32/spike", mirrored));
  EXPECT_TRUE(caught("initialisers/lecun_normal/f64/determinant", mirrored));
}

}  // namespace
}  // namespace sqrtn::verify
