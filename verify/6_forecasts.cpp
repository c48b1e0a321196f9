#include <cmath>

#include "experiment/forecast.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "verify.hpp"

/// What theory says of a chain before it is run, and the advice that follows from it.
namespace sqrtn::verify {
namespace {

using experiment::Chain;
using experiment::Norm;

const random::Stream forecast_stream{random::Engine::ars, 3, 17, 0};

Chain forecast_chain(const char* activation) {
  Chain chain;
  chain.width = 5;
  chain.depth = 3;
  chain.batch = 4;
  chain.weights = {init::Law::normal, 0.3};
  chain.activation = &init::find_activation(activation);
  return chain;
}

TEST(Forecasts, AreExactWhereTheLawIs) {
  Chain chain = forecast_chain("relu");
  chain.batch = 1;
  chain.width = 64;
  chain.weights = {init::Law::normal, 2.0 / 64};
  const auto exact = experiment::forecast(chain, backend().functions(), forecast_stream);
  EXPECT_EQ(exact.basis, "exact law");
  // The same by simulation, which a leaky slope of almost nothing forces.
  chain.activation = &init::find_activation("leaky_relu");
  const auto simulated = experiment::forecast(chain, backend().functions(), forecast_stream);
  for (std::size_t layer = 0; layer <= chain.depth; ++layer) {
    EXPECT_NEAR(exact.layers[layer].log_rms.mean, simulated.layers[layer].log_rms.mean, 0.05);
    EXPECT_NEAR(exact.layers[layer].log_rms.stddev, simulated.layers[layer].log_rms.stddev, 0.03);
  }
  EXPECT_NEAR(exact.layers[1].slope, 1, 1e-12);
}

/// Chains with weights of their own end where the forecast says: its interval holds 99 % of them, and is no wider than
/// that takes.
void expect_runs_within(const experiment::Forecast& forecast, const Chain& chain) {
  constexpr std::size_t n_runs = 400;
  statistics::Moments ends;
  std::size_t n_within = 0;
  const experiment::LayerForecast& end = forecast.layers.at(chain.depth);
  const random::Stream other{random::Engine::ars, settings().seed, 18, 0};
  for (const auto& run : experiment::run_chains<double>(chain, backend().functions(), other, n_runs)) {
    ends.add(run.back().log_rms);
    n_within += end.log_rms.band.interval.contains(run.back().log_rms);
  }
  const double stddev = std::sqrt(*ends.unbiased_variance());
  EXPECT_GE(n_within, n_runs * 19 / 20) << forecast.basis;
  EXPECT_LT(end.log_rms.band.interval.high - end.log_rms.band.interval.low, 10 * stddev) << forecast.basis;
  EXPECT_NEAR(end.log_rms.mean, *ends.mean(), stddev / 2) << forecast.basis;
}

TEST(Forecasts, CoverSharedWeightsAndBatchNorm) {
  Chain chain = forecast_chain("tanh");
  chain.batch = 8;
  chain.norm = Norm::batch;
  const auto normed = experiment::forecast(chain, backend().functions(), forecast_stream);
  expect_runs_within(normed, chain);
  chain.norm = Norm::none;
  chain.shared = true;
  const auto shared = experiment::forecast(chain, backend().functions(), forecast_stream);
  EXPECT_TRUE(shared.basis.starts_with("no closed law")) << shared.basis;
  expect_runs_within(shared, chain);
}

TEST(Course, NamesTheFirstLayerBeyondAThousand) {
  using experiment::Fate;
  const double up = std::log(1001), nan = std::nan("");
  EXPECT_EQ(experiment::course({0, 1, -2}).fate, Fate::holds);
  EXPECT_EQ(experiment::course({0, 1, up, up}).layer, 2u);
  EXPECT_EQ(experiment::course({0, 1, nan}).fate, Fate::explodes);
  EXPECT_EQ(experiment::course({1, -7, 0}).fate, Fate::vanishes);
  EXPECT_EQ(experiment::course({0, -INFINITY}).layer, 1u);
}

TEST(Holding, IsTheGainOverTheRootLessForABranchThatAddsUp) {
  Chain chain = forecast_chain("relu");
  EXPECT_NEAR(experiment::holding_stddev(chain), std::sqrt(2.0 / 5), 1e-12);
  chain.residual = true;
  EXPECT_NEAR(experiment::holding_stddev(chain), std::sqrt(2.0 / 5) / 3, 1e-12);
  chain.activation = &init::find_activation("tanh");
  EXPECT_NEAR(experiment::holding_stddev(chain), init::gain(*chain.activation) / std::sqrt(15), 1e-12);
}

/// A residual chain at that deviation grows by a factor e at most, where 1/√depth would let it explode.
TEST(Holding, HoldsADeepResidualChain) {
  Chain chain = forecast_chain("relu");
  chain.batch = 1;
  chain.width = 64;
  chain.depth = 400;
  chain.residual = true;
  chain.weights.variance = std::pow(experiment::holding_stddev(chain), 2);
  for (const auto& run : experiment::simulate_field(chain, forecast_stream, 20)) {
    EXPECT_LT(run.back().log_rms - run.front().log_rms, 1.2);
  }
}

TEST(Holding, TellsWhereNoGainHolds) {
  Chain chain = forecast_chain("relu");
  EXPECT_NEAR(experiment::holding_stability(chain), 1, 1e-7);
  chain.activation = &init::find_activation("tanh");
  EXPECT_LT(experiment::holding_stability(chain), 0.9);
  chain.activation = &init::find_activation("gelu");
  EXPECT_GT(experiment::holding_stability(chain), 1.1);
}

/// The norm divides gradients too: χ₁ = E φ'²/q. Half of ReLU's outputs have slope 1, and q is ½ from
/// the first output on, so that layers after the first neither shrink nor grow them.
TEST(Forecasts, CountTheNormInTheSlope) {
  Chain chain = forecast_chain("relu");
  chain.batch = 1;
  chain.width = 256;
  chain.norm = Norm::layer;
  const auto normed = experiment::forecast(chain, backend().functions(), forecast_stream);
  EXPECT_NEAR(normed.layers[1].slope, 0.5, 0.02);
  EXPECT_NEAR(normed.layers[3].slope, 1, 0.05);
  chain.batch = 2;
  chain.norm = Norm::batch;
  EXPECT_TRUE(std::isnan(experiment::forecast(chain, backend().functions(), forecast_stream).layers[1].slope));
}

}  // namespace
}  // namespace sqrtn::verify
