#include <cmath>

#include "sqrtn/network/blocks.hpp"
#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/network/normalisation.hpp"
#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

/// The way back of every layer against differences of its forward pass.
namespace sqrtn::verify {
namespace {

using network::BlockNorm;
using network::BlockOptions;
using network::NormPlace;
using network::Tensor;
using DoubleLayer = network::LayerPtr<double>;

Tensor<double> normal_tensor(const Shape& shape, std::uint64_t stream) {
  Tensor<double> x(shape);
  random::fill_normal<double>({random::Engine::ars, settings().seed, stream, 0}, x.values.span(), 0, 1);
  return x;
}

double dot_of(const Tensor<double>& a, const Tensor<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a.values[i] * b.values[i];
  return sum;
}

/// Σ g·f(x + h·u)
double along(const DoubleLayer& layer, const Tensor<double>& x, const Tensor<double>& u, double h,
             const Tensor<double>& g) {
  Tensor<double> moved = x.copy();
  for (std::size_t i = 0; i < moved.size(); ++i) moved.values[i] += h * u.values[i];
  return dot_of(layer->forward(backend().functions(), std::move(moved)), g);
}

/// The derivative of Σ g·f(x) along u, by the way back and by Richardson's central differences, whose error is
/// h⁴·f⁽⁵⁾ ≈ 1e-12 and rounding/h ≈ 1e-13 times the terms' size: a term that is missing is off by a share of the sum.
void expect_gradient(const DoubleLayer& layer, const Shape& shape, const std::string& name) {
  layer->initialise({random::Engine::ars, settings().seed, 3, 0});
  // Gains of norms start with 1, which would hide a gain that is forgotten.
  layer->visit_parameters([](const std::string&, network::Parameter<double>& parameter) {
    for (std::size_t i = 0; i < parameter.value.size(); ++i)
      parameter.value.values[i] += 0.1 * std::cos(1.0 + 2.0 * static_cast<double>(i));
  });
  const Tensor<double> x = normal_tensor(shape, 1), u = normal_tensor(shape, 2);
  layer->set_keeping(true);
  const Shape out = layer->forward(backend().functions(), x.copy()).shape;
  const Tensor<double> g = normal_tensor(out, 4);
  const Tensor<double> back = layer->backward(backend().functions(), g.copy());
  layer->set_keeping(false);
  ASSERT_EQ(back.shape, x.shape) << name;
  constexpr double h = 1e-3;
  const auto difference = [&](double step) {
    return (along(layer, x, u, step, g) - along(layer, x, u, -step, g)) / (2 * step);
  };
  const double expected = (4 * difference(h / 2) - difference(h)) / 3,
               size = std::sqrt(dot_of(back, back) * dot_of(u, u));
  EXPECT_NEAR(dot_of(back, u), expected, 1e-7 * size) << name;
}

template <class L, class... Args>
DoubleLayer made(Args&&... args) {
  return std::make_shared<L>(std::forward<Args>(args)...);
}

TEST(NetworkGradients, AreTheDifferencesOfEachLayer) {
  using namespace network;
  const init::Activation& gelu = init::find_activation("gelu");
  expect_gradient(made<Linear<double>>(5u, 7u), {3, 5}, "linear");
  expect_gradient(made<Conv2d<double>>(4u, 6u, Size2d(3, 2), Convolution{.stride = 2, .padding = 1, .groups = 2}),
                  {2, 4, 5, 6}, "convolution");
  expect_gradient(made<BatchNorm<double>>(1u, 5u), {4, 5}, "batch norm of rows");
  expect_gradient(made<BatchNorm<double>>(2u, 3u), {2, 3, 3, 2}, "batch norm of images");
  expect_gradient(made<LayerNorm<double>>(Shape{5}), {2, 3, 5}, "layer norm");
  expect_gradient(made<LayerNorm<double>>(Shape{3, 2, 2}), {2, 3, 2, 2}, "layer norm of images");
  expect_gradient(made<RmsNorm<double>>(Shape{5}), {4, 5}, "rms norm");
  expect_gradient(made<ActivationLayer<double>>(gelu), {4, 5}, "activation");
  expect_gradient(made<Scale<double>>(0.3), {4, 5}, "scale");
  expect_gradient(made<Softmax<double>>(), {4, 5}, "softmax");
  expect_gradient(made<GatedLinear<double>>(5u, 7u, gelu), {4, 5}, "gated");
  for (const bool causal : {false, true}) {
    expect_gradient(made<SelfAttention<double>>(6u, Attention{.heads = 2, .causal = causal}), {2, 4, 6}, "attention");
  }
  expect_gradient(made<SelfAttention<double>>(6u, Attention{.heads = 3, .scale = 0.7}), {2, 4, 6}, "scaled attention");
}

TEST(NetworkGradients, OfANormInEvaluationModeAreItsScale) {
  const DoubleLayer norm = made<network::BatchNorm<double>>(1u, 5u);
  norm->set_training(false);
  expect_gradient(norm, {4, 5}, "frozen batch norm");
}

/// A layer that stands in two places keeps an input for each.
TEST(NetworkGradients, PassALayerThatStandsInTwoPlaces) {
  using namespace network;
  const DoubleLayer tanh = made<ActivationLayer<double>>(init::find_activation("tanh"));
  expect_gradient(
      made<Residual<double>>(
          "Block",
          Children<double>{{"fc1", made<Linear<double>>(4u, 6u)}, {"", tanh}, {"fc2", made<Linear<double>>(6u, 4u)}},
          Children<double>{{"", tanh}}, Children<double>{{"tanh", tanh}}),
      {3, 4}, "residual");
}

BlockOptions block_options(network::Block block) {
  BlockOptions o;
  o.block = block;
  o.widths =
      block == network::Block::bottleneck ? std::vector<std::size_t>{4, 2, 2, 4} : std::vector<std::size_t>{4, 6, 4};
  o.side = 3;
  o.activation = &init::find_activation("silu");
  o.attention.heads = 2;
  o.branch_scale = 0.7;
  o.skip_scale = 1.3;
  o.weights = [](const init::Fans& fans) { return init::distribution(init::find_rule("glorot_normal"), fans); };
  return o;
}

TEST(NetworkGradients, OfBlocks) {
  using network::Block;
  struct Row {
    Block block;
    Shape shape;
  };
  for (const auto& [block, shape] : {Row{Block::mlp, {5, 4}},
                                     {Block::attention, {2, 3, 4}},
                                     {Block::transformer, {2, 3, 4}},
                                     {Block::conv, {2, 4, 3, 3}},
                                     {Block::bottleneck, {2, 4, 3, 3}}}) {
    for (const NormPlace place : {NormPlace::pre, NormPlace::post, NormPlace::sandwich, NormPlace::inner}) {
      for (const BlockNorm norm : {BlockNorm::batch, BlockNorm::layer, BlockNorm::rms}) {
        if (norm == BlockNorm::batch && shape.size() == 3) continue;
        BlockOptions o = block_options(block);
        o.place = place;
        o.norm = norm;
        o.gated = block == Block::transformer;
        const DoubleLayer layer = network::make_block<double>(o);
        expect_gradient(layer, shape, layer->describe());
      }
    }
  }
}

TEST(NetworkGradients, RefuseWhatHasNoWayBack) {
  using namespace network;
  const DoubleLayer pool = made<GlobalAveragePool2d<double>>(), norm = made<RmsNorm<double>>(Shape{5});
  EXPECT_THROW(pool->backward(backend().functions(), normal_tensor({1, 1, 1, 1}, 1)), std::invalid_argument);
  EXPECT_THROW(norm->backward(backend().functions(), normal_tensor({4, 5}, 1)), std::invalid_argument);
}

/// By hand: rms_norm of (3, 4) is (3, 4)/√12.5; a causal token sees itself and those before it.
TEST(Attention, ValuesByHand) {
  using namespace network;
  Tensor<double> x({1, 2, 2});
  const double values[] = {3, 4, 1, 0};
  std::copy_n(values, 4, x.values.data());
  const std::vector<double> ones(2, 1.0);
  const Tensor<double> normed = rms_norm(x.copy(), std::span<const double>(ones), 0.0);
  EXPECT_NEAR(normed.values[1], 4 / std::sqrt(12.5), 1e-15);
  const Tensor<double> out = attend(backend().functions(), x, x, x, {.heads = 1, .causal = true});
  EXPECT_EQ(out.values[0], 3);
  EXPECT_EQ(out.values[1], 4);
  // Scores of the second token are 3/√2 and 1/√2.
  const double first = 1 / (1 + std::exp(-2 / std::sqrt(2.0)));
  EXPECT_NEAR(out.values[2], 3 * first + (1 - first), 1e-15);
  EXPECT_NEAR(out.values[3], 4 * first, 1e-15);
  EXPECT_THROW(attend(backend().functions(), x, x, x, {.heads = 3}), std::invalid_argument);
}

TEST(Blocks, DrawTheirWeightsByTheirOwnFans) {
  BlockOptions o = block_options(network::Block::transformer);
  o.gated = true;
  const DoubleLayer block = network::make_block<double>(network::deepnet(o, 2));
  std::size_t found = 0;
  block->visit_parameters([&](const std::string& path, network::Parameter<double>& parameter) {
    if (!parameter.multiplies()) return;
    ++found;
    const double fans = static_cast<double>(parameter.value.shape[0] + parameter.value.shape[1]);
    const bool scores = path.find("q_proj") != std::string::npos || path.find("k_proj") != std::string::npos;
    // (8·2)^−½ of the variance, but for queries and keys.
    EXPECT_NEAR(parameter.law->variance, 2 / fans * (scores ? 1 : 0.25), 1e-15) << path;
  });
  EXPECT_EQ(found, 7u);
}

TEST(Blocks, RefuseWhatDoesNotFit) {
  const auto refused = [](auto change) {
    BlockOptions o = block_options(network::Block::transformer);
    change(o);
    EXPECT_THROW(network::make_block<double>(o), std::invalid_argument);
  };
  refused([](BlockOptions& o) { o.norm = BlockNorm::batch; });
  refused([](BlockOptions& o) { o.widths = {4, 6, 5}; });
  refused([](BlockOptions& o) { o.attention.heads = 3; });
  refused([](BlockOptions& o) { o.weights = nullptr; });
  refused([](BlockOptions& o) { o.gated = true, o.activation = nullptr; });
  refused([](BlockOptions& o) { o.block = network::Block::conv, o.widths = {4, 4}; });
}

}  // namespace
}  // namespace sqrtn::verify
