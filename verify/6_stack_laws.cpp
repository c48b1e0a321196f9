#include <cmath>

#include "experiment/stack_law.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "verify.hpp"

/// The laws of blocks against blocks of matrices.
namespace sqrtn::verify {
namespace {

using experiment::LayerState;
using experiment::Stack;
using network::Block;
using network::BlockNorm;
using network::NormPlace;
using random::Engine;

Stack stack_of(Block block, std::vector<std::size_t> widths, const char* activation = "gelu") {
  Stack stack;
  stack.block.block = block;
  stack.block.widths = std::move(widths);
  stack.block.activation = &init::find_activation(activation);
  stack.block.norm = BlockNorm::rms;
  stack.block.weights = [](const init::Fans& fans) {
    return init::distribution(init::find_rule("lecun_normal"), fans, {.gain = 1.2});
  };
  stack.block.side = 4;
  stack.depth = 3;
  const bool tokens = block == Block::attention || block == Block::transformer;
  stack.batch = tokens ? 1 : 2;
  stack.tokens = tokens ? 6 : 1;
  return stack;
}

/// ln of the mean of squares, and means, of `n_runs` runs within 6 standard errors and what the width leaves open:
/// `slack` a block, relatively and of cosines.
void expect_law(const Stack& stack, std::size_t n_runs, double slack, const std::string& what) {
  const auto law = experiment::stack_law(stack);
  ASSERT_TRUE(law) << what;
  statistics::Moments squares, gradients, cosines;
  for (const auto& run :
       experiment::run_stacks<double>(stack, backend().functions(), {Engine::ars, settings().seed, 61, 0}, n_runs)) {
    squares.add(std::exp(2 * run.back().log_rms));
    gradients.add(std::exp(2 * run.front().log_gradient));
    cosines.add(run.back().correlation);
  }
  const double most = slack * static_cast<double>(stack.depth);
  const auto error = [&](const statistics::Moments& m) {
    return 6 * std::sqrt(*m.unbiased_variance() / static_cast<double>(n_runs));
  };
  const double square = std::exp(2 * law->log_rms.back()), gradient = std::exp(2 * law->log_gradient.front());
  EXPECT_NEAR(*squares.mean(), square, error(squares) + most * square) << what << ", signal";
  EXPECT_NEAR(*gradients.mean(), gradient, error(gradients) + most * gradient) << what << ", gradient";
  EXPECT_NEAR(*cosines.mean(), law->correlation.back(), error(cosines) + most) << what << ", correlation";
}

TEST(StackLaws, OfAttentionAreThoseOfItsMatrices) {
  for (const NormPlace place : {NormPlace::pre, NormPlace::post, NormPlace::sandwich, NormPlace::inner}) {
    Stack stack = stack_of(Block::attention, {96, 96});
    stack.block.place = place;
    expect_law(stack, 60, 0.01, fmt::format("attention, norm {}", static_cast<int>(place)));
  }
  Stack alone = stack_of(Block::attention, {96, 96});
  alone.block.residual = false;
  expect_law(alone, 60, 0.03, "attention without a sum");
  Stack unscaled = stack_of(Block::attention, {96, 96});
  unscaled.block.attention = {.heads = 3, .scale = 0.5};
  expect_law(unscaled, 60, 0.03, "attention of large scores");
}

/// One token sees itself alone; the cosine is that between samples.
TEST(StackLaws, OfOneTokenAreThoseOfLinearLayers) {
  Stack stack = stack_of(Block::transformer, {96, 192, 96});
  stack.tokens = 1;
  stack.batch = 3;
  stack.block.attention.scale = 100;
  expect_law(stack, 60, 0.01, "a transformer of one token");
}

TEST(StackLaws, OfTransformersAreThoseOfTheirMatrices) {
  Stack stack = stack_of(Block::transformer, {96, 192, 96});
  stack.block.attention.heads = 2;
  expect_law(stack, 60, 0.01, "transformer");
  stack.block.gated = true;
  stack.block.activation = &init::find_activation("silu");
  stack.block.branch_scale = 0.6;
  expect_law(stack, 60, 0.01, "gated transformer");
  stack.block.gated = false;
  stack.block.place = NormPlace::post;
  expect_law(stack, 60, 0.01, "post-norm transformer");
}

TEST(StackLaws, OfConvolutionsAreThoseOfTheirKernels) {
  for (const BlockNorm norm : {BlockNorm::none, BlockNorm::layer}) {
    Stack stack = stack_of(Block::conv, {24, 32, 24}, "relu");
    stack.block.norm = norm;
    expect_law(stack, 60, 0.01, "conv");
    stack = stack_of(Block::bottleneck, {48, 24, 24, 48}, "tanh");
    stack.block.norm = norm;
    expect_law(stack, 60, 0.02, "bottleneck");
  }
}

TEST(StackLaws, OfSoftmaxInsideAnMlpAreThoseOfItsMatrices) {
  Stack stack = stack_of(Block::mlp, {64, 12, 64});
  stack.block.activation = nullptr;
  stack.block.branch_scale = 6;
  expect_law(stack, 200, 0.02, "softmax");
}

TEST(StackLaws, SayWhereThereIsNone) {
  Stack stack = stack_of(Block::attention, {8, 8});
  EXPECT_FALSE(experiment::no_law(stack));
  stack.block.attention.causal = true;
  EXPECT_EQ(experiment::no_law(stack), experiment::NoLaw::causal_attention);
  EXPECT_FALSE(experiment::stack_law(stack));
  stack = stack_of(Block::mlp, {8, 8});
  stack.block.norm = BlockNorm::batch;
  EXPECT_EQ(experiment::no_law(stack), experiment::NoLaw::batch_norm);
  stack = stack_of(Block::attention, {8, 8});
  stack.block.attention.scale = 100;
  EXPECT_FALSE(experiment::no_law(stack));
  EXPECT_FALSE(experiment::stack_law(stack));
}

}  // namespace
}  // namespace sqrtn::verify
