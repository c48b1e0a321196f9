#include <cmath>

#include "experiment/stack_law.hpp"
#include "experiment/width_sweep.hpp"
#include "sqrtn/statistics/hypothesis.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "verify.hpp"

/// Stacks of blocks: published laws of their growth, and the faults that people plant in them.
namespace sqrtn::verify {
namespace {

using experiment::LayerState;
using experiment::Runs;
using experiment::Stack;
using network::Block;
using network::BlockNorm;
using network::NormPlace;
using random::Engine;

Stack stack_of(Block block, std::vector<std::size_t> widths, std::size_t depth) {
  Stack stack;
  stack.block.block = block;
  stack.block.widths = std::move(widths);
  stack.block.activation = &init::find_activation("relu");
  stack.block.weights = [](const init::Fans& fans) {
    return init::distribution(init::find_rule("lecun_normal"), fans);
  };
  stack.block.attention.heads = 2;
  stack.depth = depth;
  const bool tokens = block == Block::attention || block == Block::transformer;
  stack.tokens = tokens ? 8 : 1;
  return stack;
}

Runs runs_of(const Stack& stack, std::size_t n_runs, std::uint64_t stream = 41, unsigned threads = 0) {
  return experiment::run_stacks<double>(stack, backend().functions(), {Engine::ars, settings().seed, stream, 0}, n_runs,
                                        threads);
}

TEST(Stacks, ThreadsChangeNoBit) {
  const Stack stack = stack_of(Block::transformer, {8, 12, 8}, 3);
  const Runs one = runs_of(stack, 5, 41, 1), two = runs_of(stack, 5, 41, 2);
  for (std::size_t run = 0; run < one.size(); ++run) {
    for (std::size_t block = 0; block <= stack.depth; ++block) {
      EXPECT_EQ(one[run][block].log_rms, two[run][block].log_rms);
      EXPECT_EQ(one[run][block].log_gradient, two[run][block].log_gradient);
    }
  }
  EXPECT_NE(one[0][3].log_rms, one[1][3].log_rms);
}

/// E q_l = 1 + l exactly, q the mean square, where each branch is W·norm(x) of variance 1: He and others'
/// pre-activation and Xiong and others' pre-norm grow like √(1 + l).
TEST(Stacks, OfPreNormGrowLikeTheRoot) {
  Stack stack = stack_of(Block::mlp, {16, 16}, 12);
  stack.block.norm = BlockNorm::rms;
  constexpr std::size_t n_runs = 2000;
  statistics::Moments squares;
  for (const auto& run : runs_of(stack, n_runs)) squares.add(std::exp(2 * run[12].log_rms));
  const double error = std::sqrt(*squares.unbiased_variance() / n_runs);
  // ε = 1e-5 takes less than 1e-5 of each branch.
  EXPECT_FALSE(statistics::normal_mean_test(*squares.mean(), 13, error, 1, 1e-9)->rejected) << *squares.mean();
}

/// Given x of mean square 1 every unit is normal, so that E q follows the map at every width; gradients do up to terms
/// of order 1/width, of which there are a few a block.
TEST(Stacks, FollowTheMapOfTheirBlocks) {
  for (const bool gated : {false, true}) {
    for (const NormPlace place : {NormPlace::pre, NormPlace::post, NormPlace::sandwich, NormPlace::inner}) {
      Stack stack = stack_of(Block::mlp, {64, 96, 64}, 6);
      stack.block.norm = BlockNorm::rms;
      stack.block.place = place;
      stack.block.gated = gated;
      stack.block.activation = &init::find_activation("silu");
      stack.block.branch_scale = 0.7;
      stack.block.skip_scale = place == NormPlace::post ? 1.2 : 1;
      stack.block.value_gain = 1.3;
      const auto law = experiment::stack_law(stack);
      ASSERT_TRUE(law);
      statistics::Moments squares, gradients;
      for (const auto& run : runs_of(stack, 400)) {
        squares.add(std::exp(2 * run[6].log_rms));
        gradients.add(run[0].log_gradient);
      }
      const double expected = std::exp(2 * law->log_rms[6]), error = std::sqrt(*squares.unbiased_variance() / 400);
      // A norm after the sum leaves 1 − ε, without any spread.
      if (place == NormPlace::pre) {
        EXPECT_FALSE(statistics::normal_mean_test(*squares.mean(), expected, error, 1, 1e-9)->rejected)
            << gated << ": " << *squares.mean() << " of " << expected;
      }
      EXPECT_NEAR(std::log(*squares.mean() / expected), 0, 6.0 / 64) << gated << static_cast<int>(place);
      EXPECT_NEAR(*gradients.mean(), law->log_gradient[0],
                  6.0 * 4 / 64 + 7 * std::sqrt(*gradients.unbiased_variance() / 400))
          << gated << static_cast<int>(place);
    }
  }
}

/// Branches of s = 1/√(2L), two a block, grow the mean square by less than e over the whole depth; forgotten, by 2L.
TEST(Stacks, WithScaledBranchesHoldAndWithoutGrow) {
  Stack stack = stack_of(Block::mlp, {16, 16}, 48);
  stack.block.norm = BlockNorm::rms;
  stack.block.branch_scale = 1 / std::sqrt(96.0);
  const experiment::Band held = experiment::band_over(runs_of(stack, 199), 48, &LayerState::log_rms);
  // ½ of e's logarithm, and as much again for the spread of 16 units.
  EXPECT_LT(held.interval.high, 1);
  stack.block.branch_scale = 1;
  const experiment::Band forgotten = experiment::band_over(runs_of(stack, 199), 48, &LayerState::log_rms);
  EXPECT_GT(forgotten.interval.low, held.interval.high);
}

TEST(Stacks, OfRezeroAreTheIdentity) {
  Stack stack = stack_of(Block::transformer, {8, 12, 8}, 5);
  stack.block = network::rezero(stack.block);
  const std::vector<LayerState> run = runs_of(stack, 1)[0];
  for (const LayerState& state : run) {
    EXPECT_EQ(state.log_gradient, 0);
    EXPECT_EQ(state.log_rms, run[0].log_rms);
  }
}

/// Attention averages tokens, so that their cosine grows block by block (rank collapse); a skip slows it.
/// Source: Dong, Cordonnier and Loukas, "Attention is not all you need", ICML 2021.
TEST(Stacks, OfAttentionAloneCollapse) {
  Stack stack = stack_of(Block::attention, {32, 32}, 6);
  stack.block.norm = BlockNorm::rms;
  stack.block.residual = false;
  const auto correlation = [&] { return mean_of(runs_of(stack, 9), 6, &LayerState::correlation); };
  const double alone = correlation();
  stack.block.residual = true;
  EXPECT_GT(alone, 0.9);
  EXPECT_LT(correlation(), 0.6);
}

/// Two bands of 199 runs, 99 % each, that do not touch.
void expect_told_apart(const Runs& right, const Runs& wrong, std::size_t block, double LayerState::*field,
                       const char* fault) {
  const auto a = experiment::band_over(right, block, field).interval,
             b = experiment::band_over(wrong, block, field).interval;
  EXPECT_TRUE(a.high < b.low || b.high < a.low)
      << fault << ": [" << a.low << ", " << a.high << "] and [" << b.low << ", " << b.high << "]";
}

/// Means of 199 runs that differ by more than chance does in one of 10⁹.
void expect_means_apart(const Runs& right, const Runs& wrong, std::size_t block, double LayerState::*field,
                        const char* fault) {
  statistics::Moments a, b;
  for (const auto& run : right) a.add(run[block].*field);
  for (const auto& run : wrong) b.add(run[block].*field);
  const double error = std::sqrt(*a.unbiased_variance() / static_cast<double>(a.count()) +
                                 *b.unbiased_variance() / static_cast<double>(b.count()));
  EXPECT_TRUE(statistics::normal_mean_test(*a.mean() - *b.mean(), 0, error, 1, 1e-9)->rejected)
      << fault << ": " << *a.mean() << " and " << *b.mean();
}

TEST(StackFaults, NormAfterTheSum) {
  Stack stack = stack_of(Block::transformer, {32, 64, 32}, 12);
  const Runs right = runs_of(stack, 199);
  stack.block.place = NormPlace::post;
  const Runs wrong = runs_of(stack, 199);
  expect_told_apart(right, wrong, 12, &LayerState::log_rms, "the signal of a post-norm has RMS 1");
  expect_means_apart(right, wrong, 0, &LayerState::log_gradient, "a post-norm divides gradients");
}

/// Without √d the scores of 32 entries vary by 32 instead of 1, so that a token sees one other and averages nothing.
TEST(StackFaults, RootOfTheHeadMissingInAttention) {
  Stack stack = stack_of(Block::attention, {64, 64}, 4);
  stack.tokens = 16;
  stack.block.norm = BlockNorm::rms;
  const Runs right = runs_of(stack, 199);
  stack.block.attention.scale = 1;
  const Runs wrong = runs_of(stack, 199);
  expect_told_apart(right, wrong, 4, &LayerState::log_rms, "saturated attention");
}

/// A gated layer packed as 2h × d counts a fan of 2h; by fan_avg that is less variance in both of its halves.
TEST(StackFaults, FanOfAGatedUnit) {
  Stack stack = stack_of(Block::mlp, {32, 128, 32}, 12);
  stack.block.norm = BlockNorm::rms;
  stack.block.gated = true;
  stack.block.activation = &init::find_activation("silu");
  const auto glorot = [](bool packed) {
    return [packed](init::Fans fans) {
      if (packed && fans.fan_out == 128) fans.fan_out *= 2;
      return init::distribution(init::find_rule("glorot_normal"), fans, {.gain = 2.0});
    };
  };
  stack.block.weights = glorot(false);
  const Runs right = runs_of(stack, 199);
  stack.block.weights = glorot(true);
  expect_means_apart(right, runs_of(stack, 199), 12, &LayerState::log_rms, "the fan of a packed gate");
}

/// Images and batch norm go through the same run.
TEST(Stacks, OfConvolutionsRun) {
  for (const Block block : {Block::conv, Block::bottleneck}) {
    Stack stack = stack_of(
        block, block == Block::conv ? std::vector<std::size_t>{4, 4, 4} : std::vector<std::size_t>{8, 4, 4, 8}, 3);
    stack.batch = 2;
    stack.block.side = 4;
    stack.block.norm = BlockNorm::batch;
    stack.block.place = NormPlace::inner;
    const auto run = runs_of(stack, 1)[0];
    EXPECT_TRUE(std::isfinite(run[3].log_rms) && std::isfinite(run[0].log_gradient));
    EXPECT_GT(run[3].log_rms, run[0].log_rms);
  }
}

/// ln y = ln w/2 ± d in turn: the slopes' mean is ½, and Student's interval lies about it.
TEST(WidthSweeps, TellTheExponentOfAPowerLaw) {
  const std::vector<std::size_t> widths{16, 64, 256};
  std::vector<Runs> runs;
  for (const std::size_t width : widths) {
    Runs some;
    for (int run = 0; run < 10; ++run) {
      LayerState state;
      state.log_rms = std::log(static_cast<double>(width)) / 2 + (width == 256 ? 0.1 : 0) * (run % 2 == 0 ? 1 : -1);
      some.push_back({state});
    }
    runs.push_back(some);
  }
  const auto exponent = experiment::exponent_of(widths, runs, [](const auto& run) { return run[0].log_rms; });
  EXPECT_NEAR(exponent.value, 0.5, 1e-12);
  // Slopes differ by ±0.1/(2·ln 4), their deviation is that times √(10/9), and t(9) at 99.5 % is 3.249836.
  EXPECT_NEAR(exponent.interval.high - 0.5, 3.249836 * 0.1 / (2 * std::log(4)) / 3, 1e-6);
  EXPECT_THROW(experiment::slope_of({8, 8}, {1, 2}), std::invalid_argument);
  EXPECT_THROW(experiment::slope_of({8, 16}, {1}), std::invalid_argument);
}

TEST(Stacks, RefuseWhatMeansNothing) {
  Stack stack = stack_of(Block::mlp, {4, 4}, 1);
  stack.tokens = 2;
  EXPECT_THROW(runs_of(stack, 1), std::invalid_argument);
  stack.tokens = 1;
  stack.embedding = 0;
  EXPECT_THROW(runs_of(stack, 1), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
