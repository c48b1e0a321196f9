#include <cmath>
#include <limits>
#include <numbers>

#include "experiment/forecast.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/statistics/hypothesis.hpp"
#include "verify.hpp"

/// Gradients on their way back through chains of single layers, and verdicts that count them.
namespace sqrtn::verify {
namespace {

using experiment::Chain;
using experiment::Fate;
using experiment::LayerState;
using experiment::Norm;
using random::Engine;
using random::Stream;

Chain traced_chain(const char* activation, std::size_t width, std::size_t depth, double gain) {
  Chain chain;
  chain.width = width;
  chain.depth = depth;
  chain.weights = {init::Law::normal, gain * gain / static_cast<double>(width)};
  chain.activation = &init::find_activation(activation);
  chain.gradients = true;
  return chain;
}

network::LayerPtr<double> norm_layer(Norm norm, std::size_t width) {
  using namespace network;
  if (norm == Norm::batch) return std::make_shared<BatchNorm<double>>(1u, width);
  if (norm == Norm::layer) return std::make_shared<LayerNorm<double>>(Shape{width});
  return std::make_shared<RmsNorm<double>>(Shape{width});
}

/// The same chain of layers of src/network, whose way back is proved on its own; weights from the same draws.
std::shared_ptr<network::Sequential<double>> network_of(const Chain& chain, const Stream& weights) {
  using namespace network;
  std::vector<LayerPtr<double>> layers;
  std::vector<std::shared_ptr<Linear<double>>> products;
  for (std::size_t l = 0; l < chain.depth; ++l) {
    const auto linear = std::make_shared<Linear<double>>(chain.width, chain.width, false);
    Children<double> body{{"linear", linear}};
    if (chain.norm != Norm::none) body.push_back({"norm", norm_layer(chain.norm, chain.width)});
    body.push_back({"activation", std::make_shared<ActivationLayer<double>>(*chain.activation)});
    if (chain.residual) {
      layers.push_back(std::make_shared<Residual<double>>("Layer", body));
    } else {
      layers.push_back(std::make_shared<Sequential<double>>("Layer", body));
    }
    products.push_back(linear);
  }
  const auto net = std::make_shared<Sequential<double>>(layers);
  net->initialise({});
  for (std::size_t l = 0; l < chain.depth; ++l) {
    const std::size_t at = (chain.shared ? 0 : l) * chain.width * chain.width;
    init::initialise<double>(chain.weights, weights.skip(at), products[l]->parameters()[0].value.values.span());
  }
  return net;
}

double mean_log_norm(const network::Tensor<double>& x, std::size_t width) {
  double sum = 0;
  for (std::size_t row = 0; row < x.size() / width; ++row) {
    double square = 0;
    for (std::size_t i = 0; i < width; ++i) square += std::pow(x.values[row * width + i], 2);
    sum += std::log(square) / 2;
  }
  return sum / static_cast<double>(x.size() / width);
}

TEST(ChainGradients, AreThoseOfTheNetwork) {
  const Stream stream{Engine::ars, 3, 17, 0}, input{Engine::ars, 3, ~std::uint64_t{17}, 0};
  const Stream top{Engine::ars, 3, input.stream ^ random::stream_of("gradient"), 0};
  for (const Norm norm : {Norm::none, Norm::batch, Norm::layer, Norm::rms}) {
    for (const bool residual : {false, true}) {
      Chain chain = traced_chain("tanh", 6, 4, 1.3);
      chain.batch = 5;
      chain.norm = norm;
      chain.residual = residual;
      chain.shared = !residual;
      const auto states = experiment::run_chains<double>(chain, backend().functions(), stream, 1, 1)[0];
      const auto net = network_of(chain, stream);
      network::Tensor<double> x({5, 6}), g({5, 6});
      random::fill_normal<double>(input, x.values.span(), 0, 1);
      random::fill_normal<double>(top, g.values.span(), 0, 1);
      const double at_top = mean_log_norm(g, 6);
      net->set_keeping(true);
      net->forward(backend().functions(), std::move(x));
      const double expected = mean_log_norm(net->backward(backend().functions(), std::move(g)), 6) - at_top;
      EXPECT_NEAR(states[0].log_gradient, expected, 1e-10) << static_cast<int>(norm) << residual;
      EXPECT_EQ(states[4].log_gradient, 0);
    }
  }
}

/// ln‖W₁ᵀ…W_Lᵀg‖² has the law of the linear chain, though the field knows no matrix and goes forward first.
TEST(ChainGradients, OfALinearFieldFollowTheExactLaw) {
  constexpr std::size_t n_runs = 2000, width = 12, depth = 6;
  const Chain chain = traced_chain("identity", width, depth, 1);
  double sum = 0;
  for (const auto& run : experiment::simulate_field(chain, {Engine::ars, settings().seed, 25, 0}, n_runs)) {
    sum += 2 * run[0].log_gradient;
  }
  const laws::LogSum law = laws::linear_chain(width, depth * n_runs, 1.0 / width);
  EXPECT_GE(2 * std::min(law.cdf(sum), law.survival(sum)), 1e-9) << sum << " of " << law.mean();
}

TEST(ChainGradients, OfOrthogonalWeightsKeepTheirNorm) {
  Chain chain = traced_chain("identity", 6, 5, 1);
  chain.orthogonal = true;
  EXPECT_NEAR(experiment::simulate_field(chain, {Engine::ars, 3, 25, 0}, 1)[0][0].log_gradient, 0, 1e-12);
}

/// The field's gradients and those of matrices have one mean: z = difference/√(s₁²/N + s₂²/N) of 2,000 runs each.
TEST(ChainGradients, OfTheFieldAreThoseOfMatrices) {
  constexpr std::size_t n_runs = 2000;
  struct Row {
    const char* activation;
    Norm norm;
    bool residual;
  };
  for (const Row& row : {Row{"relu", Norm::none, false},
                         {"tanh", Norm::layer, false},
                         {"gelu", Norm::none, true},
                         {"relu", Norm::rms, true}}) {
    Chain chain = traced_chain(row.activation, 8, 6, 1.4);
    chain.norm = row.norm;
    chain.residual = row.residual;
    statistics::Moments field, matrices;
    const auto add = [](statistics::Moments& moments, const std::vector<LayerState>& run) {
      if (std::isfinite(run[0].log_gradient)) moments.add(run[0].log_gradient);
    };
    for (const auto& run : experiment::simulate_field(chain, {Engine::ars, settings().seed, 26, 0}, n_runs)) {
      add(field, run);
    }
    for (const auto& run :
         experiment::run_chains<double>(chain, backend().functions(), {Engine::ars, settings().seed, 27, 0}, n_runs)) {
      add(matrices, run);
    }
    const double error = std::sqrt(*field.unbiased_variance() / static_cast<double>(field.count()) +
                                   *matrices.unbiased_variance() / static_cast<double>(matrices.count()));
    EXPECT_FALSE(statistics::normal_mean_test(*field.mean() - *matrices.mean(), 0, error, 1, 1e-9)->rejected)
        << row.activation << ": " << *field.mean() << " and " << *matrices.mean();
    const double ratio = *field.unbiased_variance() / *matrices.unbiased_variance();
    EXPECT_GT(ratio, 0.6) << row.activation;
    EXPECT_LT(ratio, 1.6) << row.activation;
  }
}

TEST(ChainGradients, AreNotToldOfASignalThatIsLost) {
  Chain chain = traced_chain("identity", 5, 40, 1e-3);
  const auto dead = experiment::run_chains<float>(chain, backend().functions(), {Engine::ars, 3, 17, 0}, 1)[0];
  EXPECT_EQ(dead.back().dead, 1);
  EXPECT_TRUE(std::isnan(dead.front().log_gradient));
}

/// Rows of equal direction have cosine 1, of opposite −1; a row of zeros has none.
TEST(LayerStates, TellDeadRowsAndTheirCorrelation) {
  const double rows[] = {1, 2, 2, 4, 0, 0, -1, -2};
  const LayerState state = experiment::state_of<double>({rows, 4, 2});
  EXPECT_DOUBLE_EQ(state.dead, 0.25);
  // Pairs: +1, −1, −1.
  EXPECT_NEAR(state.correlation, -1.0 / 3, 1e-15);
  EXPECT_NEAR(state.log_rms, (std::log(2.5) + std::log(10.0) + std::log(2.5)) / 6, 1e-15);
}

experiment::Verdict verdict_of(const Chain& chain, std::size_t n_runs = 9) {
  return experiment::verdict_of(
      experiment::run_chains<float>(chain, backend().functions(), {Engine::ars, settings().seed, 28, 0}, n_runs));
}

/// π/(π − 1) a layer of the gradient's square: Yang and others, "A mean field theory of batch normalization", 2019.
TEST(Verdicts, SayThatBatchNormExplodesGradients) {
  Chain chain = traced_chain("relu", 64, 60, std::numbers::sqrt2);
  chain.norm = Norm::batch;
  chain.batch = 32;
  const experiment::Verdict verdict = verdict_of(chain, 3);
  EXPECT_EQ(verdict.signal.fate, Fate::holds);
  ASSERT_TRUE(verdict.gradient);
  EXPECT_EQ(verdict.gradient->fate, Fate::explodes);
  EXPECT_FALSE(verdict.holds());
}

TEST(Verdicts, SayThatSigmoidVanishesGradients) {
  const experiment::Verdict verdict = verdict_of(traced_chain("sigmoid", 64, 12, 1));
  EXPECT_EQ(verdict.signal.fate, Fate::holds);
  ASSERT_TRUE(verdict.gradient);
  EXPECT_EQ(verdict.gradient->fate, Fate::vanishes);
}

TEST(Verdicts, HoldOnlyIfBothDo) {
  EXPECT_TRUE(verdict_of(traced_chain("relu", 64, 12, std::numbers::sqrt2)).holds());
  const experiment::Verdict lost = verdict_of(traced_chain("identity", 5, 40, 1e-3));
  EXPECT_EQ(lost.signal.fate, Fate::vanishes);
  EXPECT_FALSE(lost.gradient);
  EXPECT_FALSE(lost.holds());
}

/// A dead run among others does not decide; most of them do.
TEST(Verdicts, AreThoseOfTheMiddleRun) {
  LayerState start, alive, dead;
  start.log_gradient = alive.log_gradient = 0;
  dead.log_rms = -std::numeric_limits<double>::infinity();
  dead.dead = 1;
  const std::vector<LayerState> lives{start, alive}, dies{start, dead};
  EXPECT_EQ(experiment::verdict_of({lives, dies, lives}).signal.fate, Fate::holds);
  EXPECT_EQ(experiment::verdict_of({lives, dies, dies}).signal.fate, Fate::vanishes);
  EXPECT_EQ(experiment::typical_log_rms({lives, dies, lives}, 1), 0);
  EXPECT_THROW(experiment::verdict_of({lives}, 1), std::invalid_argument);
}

TEST(Verdicts, TakeTheFactorThatIsGiven) {
  LayerState start, end;
  start.log_gradient = 0;
  end.log_gradient = 0;
  end.log_rms = std::log(50);
  EXPECT_EQ(experiment::verdict_of({{start, end}}).signal.fate, Fate::holds);
  EXPECT_EQ(experiment::verdict_of({{start, end}}, 40).signal.fate, Fate::explodes);
}

}  // namespace
}  // namespace sqrtn::verify
