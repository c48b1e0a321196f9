#include <cmath>

#include "experiment/monte_carlo.hpp"
#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

using claims::Subject;
using experiment::Direction;
using experiment::LayerExperiment;
using experiment::LayerSums;
using random::Engine;
using random::Stream;

testing::AssertionResult caught_by_layers(const std::string& id, const Subject& faulty) {
  return caught(claims::layer_claims(settings()), id, faulty);
}

const LayerExperiment small_layer{7, 5, {init::Law::uniform, 0.2}, Direction::forward, false};

TEST(MonteCarlo, ThreadsChangeNoBit) {
  const Stream stream{Engine::ars, 9, 1, 0};
  const LayerSums one = experiment::run_layer<float>(small_layer, backend().functions(), stream, 1000, 1);
  for (const unsigned threads : {2u, 3u, 0u}) {
    const LayerSums many = experiment::run_layer<float>(small_layer, backend().functions(), stream, 1000, threads);
    EXPECT_EQ(one.pivot, many.pivot);
    EXPECT_EQ(one.n_positive, many.n_positive);
    EXPECT_EQ(one.mean.mean(), many.mean.mean());
    EXPECT_EQ(one.mean_square.variance(), many.mean_square.variance());
  }
}

/// One replicate by hand: y = W x or Wᵀx from the same streams.
TEST(MonteCarlo, AddsUpWhatItSays) {
  const Stream stream{Engine::philox, 3, 4, 0};
  for (const Direction direction : {Direction::forward, Direction::backward}) {
    for (const bool rectified : {false, true}) {
      LayerExperiment layer = small_layer;
      layer.direction = direction;
      layer.rectified = rectified;
      const bool forward = direction == Direction::forward;
      const std::size_t n_in = forward ? 5 : 7, n_out = forward ? 7 : 5;
      std::vector<double> w(35), x(n_in);
      init::initialise<double>(layer.weights, stream, w);
      random::fill_normal<double>({stream.engine, stream.seed, ~stream.stream, 0}, x, 0, 1);
      double sum = 0, square = 0, norm = 0;
      std::size_t positive = 0;
      for (const double v : x) norm += v * v;
      for (std::size_t i = 0; i < n_out; ++i) {
        double y = 0;
        for (std::size_t j = 0; j < n_in; ++j) y += (forward ? w[i * 5 + j] : w[j * 5 + i]) * x[j];
        if (rectified) y = std::max(y, 0.0);
        sum += y;
        square += y * y;
        positive += y > 0;
      }
      const LayerSums sums = experiment::run_layer<double>(layer, backend().functions(), stream, 1);
      EXPECT_EQ(sums.n_replicates, 1u);
      EXPECT_EQ(sums.n_outputs, n_out);
      EXPECT_EQ(sums.n_positive, positive);
      EXPECT_NEAR(sums.pivot, square / (0.2 * norm), 1e-12 * sums.pivot);
      EXPECT_NEAR(*sums.mean.mean(), sum / static_cast<double>(n_out), 1e-14);
      EXPECT_NEAR(*sums.mean_square.mean(), square / static_cast<double>(n_out), 1e-14);
    }
  }
}

TEST(MonteCarlo, RefusesAnEmptyLayer) {
  LayerExperiment layer = small_layer;
  layer.fan_in = 0;
  EXPECT_THROW(experiment::run_layer<float>(layer, backend().functions(), {}, 1), std::invalid_argument);
}

TEST(MonteCarlo, NoReplicatesGiveEmptySums) {
  const LayerSums sums = experiment::run_layer<float>(small_layer, backend().functions(), {}, 0);
  EXPECT_EQ(sums.n_outputs, 0u);
  EXPECT_FALSE(sums.mean.mean().has_value());
}

/// The subject with its weights drawn by `draw(rule, shape, stream, out)`.
template <class Draw>
Subject with_weights(Draw draw) {
  Subject faulty = subject();
  faulty.f32.initialise = [draw](const init::Rule& rule, init::Layer, const Shape& shape, std::size_t,
                                 const Stream& stream, std::span<float> out) { draw(rule, shape, stream, out); };
  return faulty;
}

init::Distribution law_of(const init::Rule& rule, const Shape& shape) {
  return init::distribution(rule, {shape[1], shape[0]});
}

TEST(LayerFaults, FansSwapped) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::initialise(init::distribution(rule, {shape[0], shape[1]}), s, out);
      });
  EXPECT_TRUE(caught_by_layers("layers/linear/lecun_normal/forward/f32/ars/second_moment", faulty));
  EXPECT_TRUE(caught_by_layers("layers/relu/he_normal/forward/f32/ars/rms", faulty));
}

TEST(LayerFaults, RootOfTwoForgotten) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::Options options;
        options.gain = 1;
        init::initialise(init::distribution(rule, {shape[1], shape[0]}, options), s, out);
      });
  EXPECT_TRUE(caught_by_layers("layers/relu/he_normal/forward/f32/ars/second_moment", faulty));
  EXPECT_TRUE(caught_by_layers("layers/relu/he_normal/forward/f32/ars/mean", faulty));
}

TEST(LayerFaults, VarianceUsedForTheDeviation) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        random::fill_normal<float>(s, out, 0, static_cast<float>(law_of(rule, shape).variance));
      });
  EXPECT_TRUE(caught_by_layers("layers/linear/lecun_normal/backward/f32/ars/second_moment", faulty));
}

TEST(LayerFaults, UniformBoundHalfAPerCentTooWide) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::Distribution law = law_of(rule, shape);
        law.variance *= std::pow(1 + 0.005 * settings().effect_scale, 2);
        init::initialise(law, s, out);
      });
  EXPECT_TRUE(caught_by_layers("layers/linear/glorot_uniform/forward/f32/philox/second_moment", faulty));
}

// What one input a weight leaves to chance: orthogonal ones count every weight.
TEST(LayerFaults, VarianceATenthOfAPerCentTooLarge) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::Distribution law = law_of(rule, shape);
        law.variance *= 1 + 0.001 * settings().effect_scale;
        init::initialise(law, s, out);
      });
  EXPECT_TRUE(caught_by_layers("layers/orthogonal_inputs/linear/lecun_normal/forward/f32/ars/second_moment", faulty));
  EXPECT_TRUE(
      caught_by_layers("layers/orthogonal_inputs/linear/glorot_uniform/backward/f32/philox/second_moment", faulty));
  EXPECT_TRUE(caught_by_layers("layers/orthogonal_inputs/relu/he_normal/forward/f32/ars/second_moment", faulty));
}

TEST(LayerFaults, AColumnWithoutNegatives) {
  const Subject faulty =
      with_weights([](const init::Rule& rule, const Shape& shape, const Stream& s, std::span<float> out) {
        init::initialise(law_of(rule, shape), s, out);
        for (std::size_t i = 0; i < out.size(); i += shape[1]) out[i] = std::abs(out[i]);
      });
  EXPECT_TRUE(caught_by_layers("layers/orthogonal_inputs/relu/he_normal/forward/f32/ars/positive", faulty));
}

/// The last term of every sum is dropped by the library itself.
void gemv_without_last(int layout, int trans, int m, int n, float alpha, const float* a, int lda, const float* x,
                       int incx, float beta, float* y, int incy) {
  const bool plain = trans == 111;
  backend().functions().f32.gemv(layout, trans, plain ? m : m - 1, plain ? n - 1 : n, alpha, a, lda, x, incx, beta, y,
                                 incy);
}

TEST(LayerFaults, ProductDropsTheLastTerm) {
  Subject faulty = subject();
  faulty.products.f32.gemv = gemv_without_last;
  EXPECT_TRUE(caught_by_layers("layers/linear/lecun_normal/forward/f32/ars/second_moment", faulty));
  EXPECT_TRUE(caught_by_layers("layers/linear/lecun_normal/backward/f32/ars/second_moment", faulty));
}

TEST(LayerFaults, ScalarProductOffByHalfAPerCent) {
  Subject faulty = subject();
  faulty.products.f32.dot = [](int n, const float* x, int incx, const float* y, int incy) {
    const float scale = static_cast<float>(std::sqrt(1 + 0.005 * settings().effect_scale));
    return scale * backend().functions().f32.dot(n, x, incx, y, incy);
  };
  EXPECT_TRUE(caught_by_layers("layers/scalar_product/f32", faulty));
  EXPECT_TRUE(caught_by_layers("layers/rectified_scalar_product/f32", faulty));
}

TEST(LayerClaims, AreSkippedWithoutALibrary) {
  Subject bare = subject();
  bare.products = {};
  for (const claims::Claim& claim : claims::layer_claims(settings())) {
    const claims::Result result = claims::run(claim, bare, settings());
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::skipped) << claim.id;
    EXPECT_FALSE(result.outcome.reason.empty());
  }
}

}  // namespace
}  // namespace sqrtn::verify
