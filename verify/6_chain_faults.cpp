#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "experiment/propagation.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/activation.hpp"
#include "sqrtn/laws/chain.hpp"
#include "verify.hpp"

/// The claims about deep chains, each seen to fail on the fault that it is for.
namespace sqrtn::verify {
namespace {

using claims::Subject;
using random::Engine;
using random::Stream;

/// Weights of the rule's law with their variance times what `factor(stream)` says.
template <class Factor>
Subject with_variance(Factor factor) {
  Subject faulty = subject();
  const auto plant = [&]<class T>(claims::Draws<T>& draws) {
    draws.initialise = [factor](const init::Rule& rule, init::Layer, const Shape& shape, std::size_t,
                                const Stream& stream, std::span<T> out) {
      init::Distribution law = init::distribution(rule, {shape[1], shape[0]});
      law.variance *= factor(stream);
      init::initialise(law, stream, out);
    };
  };
  plant(faulty.f32);
  plant(faulty.f64);
  return faulty;
}

TEST(ChainFaults, LeakySlopeOfRootFiveTakenForHe) {
  EXPECT_TRUE(caught("chains/relu/he_normal/f32", with_variance([](const Stream&) { return 1.0 / 6; })));
}

TEST(ChainFaults, VarianceOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) {
      return with_variance([=](const Stream&) { return 1 + sign * effect; });
    };
    for (const char* claim : {"linear/lecun_normal/f64", "relu/he_normal/f64", "subnormal/lecun_normal/f32",
                              sign < 0 ? "linear/lecun_normal/f32" : "relu/he_normal/f32"}) {
      EXPECT_TRUE(caught(fmt::format("chains/{}", claim), plant)) << sign;
    }
  }
}

/// The first layer of each chain is scaled up or down in turn, so that the log-norm spreads more by the effect.
TEST(ChainFaults, SpreadOffByTheEffect) {
  constexpr std::size_t width = 4, depth = 16;
  EXPECT_TRUE(caught("chains/linear/independent_layers/f32", [](double effect) {
    const double deviation = std::sqrt(effect * laws::linear_chain(width, depth, 1.0 / width).variance());
    return with_variance([=](const Stream& stream) {
      const std::uint64_t layer = stream.offset / (width * width), run = layer / depth;
      return layer % depth > 0 ? 1 : std::exp(run % 2 == 0 ? deviation : -deviation);
    });
  }));
}

TEST(ChainFaults, GainOffByTheEffect) {
  for (const init::Activation& activation : init::activations()) {
    for (const double sign : {-1.0, 1.0}) {
      EXPECT_TRUE(caught(fmt::format("layers/gain/{}", activation.name), [sign](double effect) {
        Subject faulty = subject();
        faulty.gain = [=](const init::Activation& asked) { return init::gain(asked) * std::sqrt(1 + sign * effect); };
        return faulty;
      })) << sign;
    }
  }
}

/// What frameworks call the gain: SELU 3/4, tanh 5/3, and 1 for what they do not know.
TEST(ChainFaults, FrameworkGains) {
  Subject faulty = subject();
  faulty.gain = [](const init::Activation& activation) {
    return std::isnan(activation.framework_gain) ? 1 : activation.framework_gain;
  };
  for (const char* name : {"selu", "tanh", "sigmoid", "gelu", "silu", "elu"}) {
    EXPECT_TRUE(caught("layers/gain/" + std::string(name), faulty));
  }
}

TEST(ChainFaults, TanhWithGainOneCalledCritical) {
  Subject faulty = subject();
  faulty.gain = [](const init::Activation&) { return 1.0; };
  EXPECT_TRUE(caught("layers/gain/tanh", faulty));
}

/// Every second layer takes the weights of the one before it.
TEST(ChainFaults, WeightsReusedInTheNextLayer) {
  Subject faulty = subject();
  faulty.f32.initialise = [right = faulty.f32.initialise](const init::Rule& rule, init::Layer layer, const Shape& shape,
                                                          std::size_t groups, const Stream& stream,
                                                          std::span<float> out) {
    const std::uint64_t pair = 2 * out.size();
    right(rule, layer, shape, groups, {stream.engine, stream.seed, stream.stream, stream.offset / pair * pair}, out);
  };
  EXPECT_TRUE(caught("chains/linear/independent_layers/f32", faulty));
}

template <class T>
using Gemv = void (*)(int, int, int, int, T, const T*, int, const T*, int, T, T*, int);

/// The library's product with `change` applied to every output.
template <float (*change)(float)>
Subject with_outputs() {
  Subject faulty = subject();
  const Gemv<float> gemv = [](int layout, int trans, int m, int n, float alpha, const float* a, int lda, const float* x,
                              int incx, float beta, float* y, int incy) {
    backend().functions().f32.gemv(layout, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
    for (int i = 0; i < m; ++i) y[i * incy] = change(y[i * incy]);
  };
  faulty.products.f32.gemv = gemv;
  return faulty;
}

float flushed(float y) { return std::fabs(y) < 0x1p-126F ? 0 : y; }
float stuck_at_the_smallest(float y) { return y == 0 ? 0x1p-149F : y; }

TEST(ChainFaults, SubnormalsFlushed) {
  EXPECT_TRUE(caught("chains/subnormal/lecun_normal/f32", with_outputs<flushed>()));
}

TEST(ChainFaults, SubnormalsNeverEnd) {
  EXPECT_TRUE(caught("chains/dead_below_subnormals/f32", with_outputs<stuck_at_the_smallest>()));
}

/// An activation, and by which share the mean square of its outputs is to be off what the map says, given the inputs.
struct OffTheMap {
  const init::Activation* activation;
  double change;
} off_the_map;

/// The scale of pre-activations that makes it so, by the secant method.
double scale_off_the_map(double mean_square) {
  const auto& [activation, change] = off_the_map;
  const double gain = init::gain(*activation), aim = (1 + change) * laws::variance_map(*activation, gain, mean_square);
  double before = 1, scale = std::sqrt(1 + change);
  double missed_before = laws::variance_map(*activation, gain * before, mean_square) - aim;
  for (int step = 0; step < 20; ++step) {
    const double missed = laws::variance_map(*activation, gain * scale, mean_square) - aim;
    if (std::fabs(missed) < 1e-9 * aim) return scale;
    const double next = scale - missed * (scale - before) / (missed - missed_before);
    before = std::exchange(scale, next);
    missed_before = missed;
  }
  throw std::runtime_error("no scale makes this change");
}

TEST(ChainFaults, MeanSquareOffTheMapByTheEffect) {
  const Gemv<float> gemv = [](int layout, int trans, int m, int n, float alpha, const float* a, int lda, const float* x,
                              int incx, float beta, float* y, int incy) {
    double square = 0;
    for (int j = 0; j < n; ++j) square += std::pow(static_cast<double>(x[j * incx]), 2);
    const auto scale = static_cast<float>(scale_off_the_map(square / n));
    backend().functions().f32.gemv(layout, trans, m, n, scale * alpha, a, lda, x, incx, beta, y, incy);
  };
  for (const init::Activation& activation : init::activations()) {
    const std::string id = fmt::format("chains/{}/variance_map/f32", activation.name);
    for (const double sign : {-1.0, 1.0}) {
      // No scale takes a mean square below φ(0)², which is in reach where effects are larger.
      if (activation.value(0) > 0 && sign * claim_of(id).effect_size.value() < -0.2) continue;
      EXPECT_TRUE(caught(id, [&](double effect) {
        off_the_map = {&activation, sign * effect};
        Subject faulty = subject();
        faulty.products.f32.gemv = gemv;
        return faulty;
      })) << sign;
    }
  }
}

/// The second row of a batch takes other weights than the first: here, with one sign turned in each.
TEST(ReuseFaults, RowsOfABatchTakeDifferentWeights) {
  Subject faulty = subject();
  faulty.products.f32.gemm = [](int layout, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a,
                                int lda, const float* b, int ldb, float beta, float* c, int ldc) {
    const auto gemm = backend().functions().f32.gemm;
    gemm(layout, trans_a, trans_b, 1, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    std::vector<float> other(a + lda, a + lda + k);
    for (std::size_t j = 0; j < other.size(); j += 2) other[j] = -other[j];
    if (m > 1) gemm(layout, trans_a, trans_b, 1, n, k, alpha, other.data(), lda, b, ldb, beta, c + ldc, ldc);
  };
  EXPECT_TRUE(caught("layers/batch/joint/f32", faulty));
}

TEST(ReuseFaults, ProductDropsTheLastTerm) {
  Subject faulty = subject();
  faulty.products.f64.gemv = [](int layout, int trans, int m, int n, double alpha, const double* a, int lda,
                                const double* x, int incx, double beta, double* y, int incy) {
    backend().functions().f64.gemv(layout, trans, m, n - 1, alpha, a, lda, x, incx, beta, y, incy);
  };
  EXPECT_TRUE(caught("chains/shared/spectral_radius/f64", faulty));
}

/// A rule for the RMS tested with the centred deviation: √(1 − 1/π) of it under a ReLU.
TEST(ChainFaults, RmsAndCentredDeviationConfused) {
  experiment::Chain chain;
  chain.depth = 10;
  chain.weights = {init::Law::normal, 2.0 / 512};
  chain.activation = &init::find_activation("relu");
  double rms = 0, centred = 0;
  constexpr std::size_t n_runs = 50;
  for (const auto& run :
       experiment::run_chains<float>(chain, backend().functions(), {Engine::ars, settings().seed, 1, 0}, n_runs)) {
    rms += 2 * (run.back().log_rms - run.front().log_rms);
    centred += 2 * (std::log(run.back().stddev) - run.front().log_rms);
  }
  const laws::LogSum law = laws::rectified_chain(512, n_runs * chain.depth, 2.0 / 512);
  EXPECT_GE(2 * std::min(law.cdf(rms), law.survival(rms)), 1e-9);
  EXPECT_LT(2 * std::min(law.cdf(centred), law.survival(centred)), 1e-9);
}

TEST(ChainClaims, AreSkippedWithoutALibrary) {
  Subject bare = subject();
  bare.products = {};
  for (const claims::Claim& claim : claims::chain_claims(settings())) {
    if (claim.uses_blas) {
      EXPECT_EQ(claims::run(claim, bare, settings()).outcome.verdict, claims::Verdict::skipped) << claim.id;
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
