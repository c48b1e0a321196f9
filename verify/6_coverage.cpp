#include <cmath>

#include "experiment/forecast.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/prediction.hpp"
#include "verify.hpp"

/// Bands hold the share of runs that they say.
namespace sqrtn::verify {
namespace {

using experiment::Band;
using experiment::Chain;
using experiment::LayerState;
using experiment::Norm;
using random::Engine;
using random::Stream;

Band band_of_numbers(std::size_t n) {
  std::vector<double> values;
  // A stride that has no common divisor with n + 1 visits all numbers, out of order.
  for (std::size_t i = 0; i < n; ++i) values.push_back(static_cast<double>((i * 7919) % n));
  return experiment::band_of(values);
}

/// From the k-th of N to the k-th from the end, k = ⌊(N + 1)/400⌋ or 1, the next one lies inside with probability
/// (N + 1 − 2k)/(N + 1): laws.md §11.
TEST(Bands, AreOrderStatistics) {
  struct Row {
    std::size_t n, k;
    double coverage;
  };
  for (const auto& [n, k, coverage] :
       {Row{2, 1, 1.0 / 3}, {19, 1, 0.9}, {199, 1, 0.99}, {399, 1, 0.995}, {799, 2, 0.995}, {1999, 5, 0.995}}) {
    const Band band = band_of_numbers(n);
    EXPECT_EQ(band.interval.low, static_cast<double>(k - 1)) << n;
    EXPECT_EQ(band.interval.high, static_cast<double>(n - k)) << n;
    EXPECT_NEAR(band.coverage, coverage, 1e-12) << n;
  }
  EXPECT_EQ(experiment::band_of({1}).coverage, 0);
  EXPECT_TRUE(std::isnan(experiment::band_of({}).interval.low));
  EXPECT_EQ(experiment::band_of({1, std::nan(""), 2}).interval.high, INFINITY);
}

TEST(Bands, MediansCountWhatIsNotFiniteAsLarge) {
  EXPECT_EQ(experiment::median_of({3, 1, 2}), 2);
  EXPECT_EQ(experiment::median_of({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(experiment::median_of({1, std::nan(""), 2}), 2);
  EXPECT_TRUE(std::isnan(experiment::median_of({1, std::nan(""), std::nan("")})));
  EXPECT_EQ(experiment::median_of({-INFINITY, -INFINITY, 2}), -INFINITY);
}

struct Setting {
  const char* name;
  const char* activation;
  const char* rule;
  double gain;
  std::size_t width, depth;
  Norm norm = Norm::none;
  std::size_t batch = 1;
  bool residual = false, shared = false;
};

constexpr double root_two = 1.4142135623730951;

const Setting all_settings[] = {
    {"narrow linear", "identity", "lecun_normal", 1, 8, 50},
    {"narrow relu, where runs die", "relu", "he_normal", root_two, 8, 50},
    {"relu", "relu", "he_normal", root_two, 32, 40},
    {"relu that explodes", "relu", "he_normal", 2, 32, 40},
    {"relu of uniform weights", "relu", "he_uniform", root_two, 24, 20},
    {"relu of four rows", "relu", "he_normal", root_two, 32, 20, Norm::none, 4},
    {"tanh", "tanh", "lecun_normal", 1, 16, 20},
    {"tanh beyond its gain", "tanh", "lecun_uniform", 1.6, 32, 20},
    {"gelu", "gelu", "he_normal", root_two, 64, 20},
    {"gelu that decays", "gelu", "he_normal", 1.3, 16, 40},
    {"selu", "selu", "lecun_normal", 1, 32, 20},
    {"sigmoid", "sigmoid", "lecun_normal", 1, 32, 10},
    {"sine", "sin", "lecun_normal", 3, 32, 10},
    {"relu under a layer norm", "relu", "he_normal", root_two, 32, 20, Norm::layer},
    {"tanh under an rms norm", "tanh", "lecun_normal", 1, 32, 20, Norm::rms},
    {"residual relu", "relu", "he_normal", 0.3, 32, 20, Norm::none, 1, true},
    {"residual tanh under a layer norm", "tanh", "lecun_normal", 1, 32, 20, Norm::layer, 1, true},
    {"batch norm of two rows", "tanh", "lecun_normal", 1, 16, 10, Norm::batch, 2},
    {"one linear matrix for all layers", "identity", "lecun_normal", 1, 16, 20, Norm::none, 1, false, true},
    {"one tanh matrix for all layers", "tanh", "lecun_normal", 1.5, 32, 20, Norm::none, 1, false, true},
};

Chain chain_of(const Setting& s) {
  Chain chain;
  chain.width = s.width;
  chain.depth = s.depth;
  chain.batch = s.batch;
  chain.activation = &init::find_activation(s.activation);
  chain.weights = init::distribution(init::find_rule(s.rule), {s.width, s.width}, {.gain = s.gain});
  chain.norm = s.norm;
  chain.residual = s.residual;
  chain.shared = s.shared;
  chain.gradients = true;
  return chain;
}

/// Share of the runs, of those in which there is such a number, inside the band.
double share_inside(const experiment::Runs& runs, std::size_t layer, double LayerState::*field, const Band& band) {
  std::size_t known = 0, inside = 0;
  for (const auto& run : runs) {
    if (!std::isfinite(run[layer].*field)) continue;
    ++known;
    inside += band.interval.contains(run[layer].*field);
  }
  return static_cast<double>(inside) / static_cast<double>(known);
}

/// Of 4,000 runs of its own each, 98 to 100 % lie inside what is called 99 %, of the signal at every fifth layer and of
/// the gradient. A band that holds 99 % of runs would break that with probability 2e-9, a simulated one of 1,999 runs,
/// whose coverage is Beta(1990, 10), with 1e-7; one that holds 97 %, or is five times too wide, breaks it or the width.
TEST(BandsSlow, HoldWhatTheySay) {
  constexpr std::size_t n_runs = 4000;
  for (const Setting& setting : all_settings) {
    const Chain chain = chain_of(setting);
    const auto forecast = experiment::forecast(chain, backend().functions(), {Engine::ars, settings().seed, 31, 0});
    const auto runs =
        experiment::run_chains<double>(chain, backend().functions(), {Engine::ars, settings().seed, 32, 0}, n_runs);
    for (std::size_t layer = 0; layer <= chain.depth; layer += 5) {
      const experiment::LayerForecast& law = forecast.layers[layer];
      ASSERT_GE(law.log_rms.band.coverage, 0.99) << setting.name;
      EXPECT_GE(share_inside(runs, layer, &LayerState::log_rms, law.log_rms.band), 0.98) << setting.name << layer;
      if (layer == chain.depth) continue;
      ASSERT_GE(law.log_gradient.band.coverage, 0.99) << setting.name;
      EXPECT_GE(share_inside(runs, layer, &LayerState::log_gradient, law.log_gradient.band), 0.98)
          << setting.name << ", gradient at " << layer;
    }
    // Nor are they wide for nothing: the middle 99 % of these runs would be nearly as wide.
    const Band own = experiment::band_over(runs, chain.depth, &LayerState::log_rms);
    const auto width = [](const Band& band) { return band.interval.high - band.interval.low; };
    if (chain.batch == 1) {
      EXPECT_LT(width(forecast.layers.back().log_rms.band), 1.6 * width(own) + 1e-9) << setting.name;
    }
  }
}

/// P(dead at l) = 1 − (1 − 2⁻ⁿ)^l, and the law is of the runs that live: laws.md §11.
TEST(Bands, TellTheRunsThatDie) {
  Chain chain = chain_of(all_settings[1]);
  chain.width = 4;
  chain.weights.variance = 0.5;
  chain.depth = 20;
  const auto forecast = experiment::forecast(chain, backend().functions(), {Engine::ars, settings().seed, 33, 0});
  const double expected = 1 - std::pow(1 - 1.0 / 16, 20);
  EXPECT_NEAR(forecast.layers.back().dead, expected, 1e-12);
  constexpr std::size_t n_runs = 2000;
  std::size_t dead = 0;
  for (const auto& run :
       experiment::run_chains<double>(chain, backend().functions(), {Engine::ars, settings().seed, 34, 0}, n_runs)) {
    dead += run.back().dead == 1;
  }
  EXPECT_FALSE(statistics::binomial_test(dead, n_runs, expected, 1e-9)->rejected) << dead;
}

/// Chains of float die between first_vanishing's 0.5 % quantile less the shift and its 99.5 % quantile more the other:
/// 10 of 60 runs outside would have probability 1e-9. By the law of entries alone the same is true of 8 runs earlier.
TEST(Vanishing, IsWhereProductsVanish) {
  constexpr std::size_t width = 256, depth = 300, n_runs = 60;
  constexpr double gain = 0.7;
  Chain chain = chain_of(all_settings[0]);
  chain.width = width;
  chain.depth = depth;
  chain.weights.variance = gain * gain / width;
  chain.gradients = false;
  const auto masses = laws::first_vanishing(width, depth, chain.weights.variance, false, laws::float_underflow);
  const statistics::Interval law = laws::counts(1, masses, "exact").interval();
  const auto shift = laws::vanishing_shift(gain / std::sqrt(width), gain);
  ASSERT_TRUE(shift);
  std::size_t outside = 0, earlier = 0;
  for (const auto& run :
       experiment::run_chains<float>(chain, backend().functions(), {Engine::ars, settings().seed, 35, 0}, n_runs)) {
    const auto died = static_cast<double>(
        std::ranges::find_if(run, [](const LayerState& state) { return state.max == 0; }) - run.begin());
    outside += died < law.low - shift->earlier || died > law.high + shift->later;
    earlier += died < law.low;
  }
  EXPECT_LT(outside, 10u) << law.low << " to " << law.high << " less " << shift->earlier;
  EXPECT_GE(earlier, 8u) << "products need no law of their own";
  EXPECT_FALSE(laws::vanishing_shift(0.05, 0.95)) << "kept alive by rounding";
}

}  // namespace
}  // namespace sqrtn::verify
