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
