#include <cmath>

#include "experiment/propagation.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/statistics/hypothesis.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

using claims::Subject;
using experiment::Chain;
using experiment::LayerState;
using experiment::Norm;
using random::Engine;
using random::Stream;

const Stream some_stream{Engine::ars, 3, 17, 0};

Chain small_chain(const char* activation) {
  Chain chain;
  chain.width = 5;
  chain.depth = 3;
  chain.batch = 4;
  chain.weights = {init::Law::normal, 0.3};
  chain.activation = &init::find_activation(activation);
  return chain;
}

TEST(Chains, ThreadsChangeNoBit) {
  const auto run = [](unsigned threads) {
    return experiment::run_chains<float>(small_chain("tanh"), backend().functions(), some_stream, 9, threads);
  };
  const auto one = run(1);
  for (const unsigned threads : {2u, 3u}) {
    const auto many = run(threads);
    for (std::size_t r = 0; r < one.size(); ++r) {
      for (std::size_t layer = 0; layer < one[r].size(); ++layer) {
        EXPECT_EQ(one[r][layer].log_rms, many[r][layer].log_rms);
        EXPECT_EQ(one[r][layer].stddev, many[r][layer].stddev);
      }
    }
  }
}

/// The second run, in double, by loops: x ← x + tanh(norm(x·Wᵀ)) as configured.
TEST(Chains, ComputeWhatTheySay) {
  for (const Norm norm : {Norm::none, Norm::batch, Norm::layer}) {
    for (const bool shared : {false, true}) {
      Chain chain = small_chain("tanh");
      chain.norm = norm;
      chain.shared = shared;
      chain.residual = norm != Norm::layer;
      const std::size_t n = chain.width, rows = chain.batch;
      const auto runs = experiment::run_chains<double>(chain, backend().functions(), some_stream, 2, 1);
      std::vector<double> x(rows * n), y(rows * n), w(n * n);
      random::fill_normal<double>(Stream{Engine::ars, 3, ~std::uint64_t{17}, 0}.skip(rows * n), x, 0, 1);
      for (std::size_t layer = 0; layer < chain.depth; ++layer) {
        init::initialise<double>(chain.weights, some_stream.skip((chain.depth + (shared ? 0 : layer)) * n * n), w);
        for (std::size_t b = 0; b < rows; ++b) {
          for (std::size_t i = 0; i < n; ++i) {
            y[b * n + i] = 0;
            for (std::size_t j = 0; j < n; ++j) y[b * n + i] += w[i * n + j] * x[b * n + j];
          }
        }
        const bool by_batch = norm == Norm::batch;
        const std::size_t groups = norm == Norm::none ? 0 : by_batch ? n : rows, length = by_batch ? rows : n;
        for (std::size_t g = 0; g < groups; ++g) {
          const auto at = [&](std::size_t k) -> double& { return by_batch ? y[k * n + g] : y[g * n + k]; };
          double mean = 0, variance = 0;
          for (std::size_t k = 0; k < length; ++k) mean += at(k) / static_cast<double>(length);
          for (std::size_t k = 0; k < length; ++k) variance += std::pow(at(k) - mean, 2) / static_cast<double>(length);
          for (std::size_t k = 0; k < length; ++k) at(k) = (at(k) - mean) / std::sqrt(variance + 1e-5);
        }
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = (chain.residual ? x[k] : 0) + std::tanh(y[k]);
      }
      double log_rms = 0, largest = 0;
      for (std::size_t b = 0; b < rows; ++b) {
        double square = 0;
        for (std::size_t j = 0; j < n; ++j) square += x[b * n + j] * x[b * n + j] / static_cast<double>(n);
        log_rms += std::log(square) / 2 / static_cast<double>(rows);
      }
      for (const double value : x) largest = std::max(largest, std::fabs(value));
      EXPECT_NEAR(runs[1].back().log_rms, log_rms, 1e-11);
      EXPECT_NEAR(runs[1].back().max, largest, 1e-11);
    }
  }
}

/// Given x, pre-activations are iid N(0, σ²‖x‖²): the outputs that are 0 and those where φ is flat are as many as a
/// binomial law gives.
TEST(Chains, CountZerosAndFlatUnits) {
  struct Row {
    const char* activation;
    double flat_from;   ///< |z| from which |φ'(z)| < 0.01
    double share_zero;  ///< of outputs
  };
  for (const auto& [activation, flat_from, share_zero] :
       {Row{"relu", 0, 0.5}, {"hardtanh", 1, 0}, {"tanh", std::atanh(std::sqrt(0.99)), 0}}) {
    Chain chain = small_chain(activation);
    chain.width = 1000;
    chain.depth = 1;
    chain.batch = 1;
    chain.weights.variance = 4.0 / 1000;
    const auto run = experiment::run_chains<float>(
        chain, backend().functions(), {Engine::ars, settings().seed, random::stream_of(activation), 0}, 1, 1)[0];
    const double deviation = 2 * std::exp(run.front().log_rms);
    // Half of a ReLU is flat, and both sides of the others.
    const double share_flat = std::erfc(flat_from / (deviation * std::sqrt(2.0))) * (share_zero > 0 ? 0.5 : 1);
    const auto count = [](double share) { return static_cast<std::size_t>(std::lround(1000 * share)); };
    EXPECT_FALSE(statistics::binomial_test(count(run.back().saturated), 1000, share_flat, 1e-9)->rejected)
        << activation << ": " << run.back().saturated << " flat of " << share_flat;
    EXPECT_FALSE(statistics::binomial_test(count(run.back().zeros), 1000, share_zero, 1e-9)->rejected)
        << activation << ": " << run.back().zeros << " zeros of " << share_zero;
    EXPECT_TRUE(run.back().finite);
  }
}

TEST(Chains, SayWhenTheyOverflow) {
  Chain chain = small_chain("identity");
  chain.weights.variance = 1e60;
  chain.depth = 5;
  const LayerState state = experiment::run_chains<float>(chain, backend().functions(), some_stream, 1, 1)[0].back();
  EXPECT_FALSE(state.finite);
  EXPECT_TRUE(std::isnan(state.log_rms) && std::isnan(state.stddev));
}

TEST(Chains, RefuseWhatMeansNothing) {
  Chain chain = small_chain("relu");
  chain.depth = 0;
  EXPECT_THROW(experiment::run_chains<float>(chain, backend().functions(), some_stream, 1), std::invalid_argument);
  chain.depth = 1;
  EXPECT_THROW(experiment::simulate_field(chain, some_stream, 1), std::invalid_argument) << "more than one row";
  chain.batch = 1;
  chain.norm = Norm::batch;
  EXPECT_THROW(experiment::run_chains<float>(chain, backend().functions(), some_stream, 1), std::invalid_argument);
}

/// Σ over runs of ln(‖x_L‖²/‖x₀‖²) of simulated rows, against the exact law: the simulation and the law
/// know nothing of each other.
TEST(Field, FollowsTheExactLaw) {
  for (const char* name : {"identity", "relu"}) {
    Chain chain = small_chain(name);
    chain.batch = 1;
    chain.width = 32;
    chain.depth = 10;
    chain.weights.variance = 1.0 / 32;
    constexpr std::size_t n_runs = 2000;
    double sum = 0;
    for (const auto& run : experiment::simulate_field(chain, {Engine::ars, settings().seed, 5, 0}, n_runs)) {
      sum += 2 * (run.back().log_rms - run.front().log_rms);
    }
    const std::size_t layers = n_runs * chain.depth;
    const laws::LogSum law = name == std::string_view("relu") ? laws::rectified_chain(32, layers, 1.0 / 32)
                                                              : laws::linear_chain(32, layers, 1.0 / 32);
    EXPECT_GE(2 * std::min(law.cdf(sum), law.survival(sum)), 1e-9) << name << " " << sum << " of " << law.mean();
  }
}

/// Uniform weights spread ln‖Wx‖² less than Gaussian ones, by the leading correction of their kurtosis:
/// [2 + (κ − 3)·Σx⁴/(Σx²)²]/n with Σx⁴/(Σx²)² = 3/(n + 2) in the mean. In their ratio the 1/n² cancels.
TEST(Chains, OfUniformWeightsSpreadLess) {
  constexpr std::size_t n = 16, n_runs = 100'000;
  const auto variance_of = [&](init::Law law, std::uint64_t stream) {
    Chain chain;
    chain.width = n;
    chain.depth = 1;
    chain.weights = {law, 1.0 / n};
    statistics::Moments logs;
    for (const auto& run : experiment::run_chains<float>(chain, backend().functions(),
                                                         {Engine::ars, settings().seed, stream, 0}, n_runs)) {
      logs.add(2 * (run[1].log_rms - run[0].log_rms));
    }
    return *logs.unbiased_variance();
  };
  const double sum_fourth = 3.0 / (n + 2),
               ratio = variance_of(init::Law::uniform, 6) / variance_of(init::Law::normal, 7);
  const double expected = laws::linear_log_step(n, 1.0 / n, 1.8, sum_fourth).variance /
                          laws::linear_log_step(n, 1.0 / n, 3, sum_fourth).variance;
  EXPECT_NEAR(expected, 0.9, 1e-12);
  // Six standard errors of the ratio of two variances, and the next order.
  EXPECT_NEAR(ratio, expected, 6 * std::sqrt(4.0 / n_runs) + 1.0 / (n * n));
}

TEST(Field, OfOrthogonalWeightsKeepsTheNorm) {
  Chain chain = small_chain("identity");
  chain.batch = 1;
  chain.orthogonal = true;
  chain.weights.variance = 1.0 / 5;
  const auto run = experiment::simulate_field(chain, some_stream, 1)[0];
  EXPECT_NEAR(run.back().log_rms, run.front().log_rms, 1e-14);
}

TEST(Field, SaysWhereItLeavesTheRange) {
  Chain chain = small_chain("leaky_relu");
  chain.batch = 1;
  chain.depth = 40;
  chain.weights.variance = 1e20;
  const auto run = experiment::simulate_field(chain, some_stream, 1)[0];
  EXPECT_TRUE(run.front().finite);
  EXPECT_FALSE(run.back().finite);
}

}  // namespace
}  // namespace sqrtn::verify
