#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "gate/blocks.hpp"
#include "support/machine_watch.hpp"
#include "verify.hpp"

/// The gate's loop on simulated machines: what it launches, what it blames, and when it ends.
namespace sqrtn::verify {
namespace {

using gate::Side;
using statistics::Change;

/// A machine whose launches take a second, slower in a way of its own, with one case that NEW makes slower.
struct Machine {
  std::vector<double> slow_down;                      ///< of NEW, one a case
  std::function<double(std::size_t launch)> weather;  ///< factor of every time
  std::function<bool()> disturbed = [] { return false; };
  std::vector<Side> order = {};
  std::vector<std::size_t> launched_cases = {};
  double clock_s = 0;

  gate::World world() {
    gate::World world;
    world.now_s = [this] { return clock_s; };
    world.disturbed = disturbed;
    world.progress = [](double, std::size_t) {};
    world.launch = [this](Side side, const std::vector<std::size_t>& cases) {
      clock_s += 1;
      const double factor = weather(order.size());
      order.push_back(side);
      launched_cases.push_back(cases.size());
      std::vector<double> times_s;
      for (const std::size_t i : cases) times_s.push_back(1e-6 * factor * (side == Side::newer ? slow_down[i] : 1));
      return times_s;
    };
    return world;
  }
};

std::vector<Change> changes_of(const gate::Run& run) {
  std::vector<Change> changes;
  for (const gate::Case& c : run.cases) changes.push_back(c.change.change);
  return changes;
}

/// Twice as slow in two of every four launches, one of each block: nothing is ever resolved.
double rhythm(std::size_t launch) { return launch % 4 == 1 || launch % 4 == 2 ? 2.0 : 1.0; }

gate::Settings with_budget(double budget_s, double extend = 1) {
  return {.change = {}, .budget_s = budget_s, .extend = extend, .seed = settings().seed};
}

// A drift of a tenth of a per cent a launch and spikes of a Cauchy law; one case is slower by 10 %, one is faster.
TEST(Gate, FindsTheChangesUnderDriftAndSpikes) {
  std::mt19937_64 random(settings().seed);
  std::cauchy_distribution<double> spike(0, 0.002);
  Machine machine{.slow_down = {1, 1.1, 1, 1 / 1.1, 1.01},
                  .weather = [&](std::size_t launch) { return std::exp(0.001 * launch + spike(random)); }};
  const gate::Run run = gate::run_blocks(5, with_budget(4000), machine.world());
  EXPECT_EQ(changes_of(run), (std::vector{Change::same, Change::slower, Change::same, Change::faster, Change::same}));
  EXPECT_NEAR(run.cases[1].newer / run.cases[1].older, 1.1, 0.05);
  EXPECT_EQ(machine.launched_cases.front(), 5u);
  EXPECT_LT(machine.launched_cases.back(), 5u) << "cases with a verdict were launched again";
}

TEST(Gate, BlocksAreBalancedAndTheirOrderIsDrawn) {
  Machine machine{.slow_down = {1}, .weather = rhythm};
  gate::run_blocks(1, with_budget(400), machine.world());
  ASSERT_GE(machine.order.size(), 400u);
  std::size_t newer_first = 0;
  for (std::size_t i = 0; i + 1 < 400; i += 2) {
    EXPECT_NE(machine.order[i], machine.order[i + 1]);
    newer_first += machine.order[i] == Side::newer;
  }
  EXPECT_GE(statistics::binomial_test(newer_first, 200, 0.5, 1e-9)->p_value, 1e-9) << newer_first;
}

// Slow in the middle of every four launches: a fixed order would blame whoever stands there.
TEST(Gate, ARhythmOfTheMachineBlamesNobody) {
  for (const double middle : {1.1, 1 / 1.1}) {
    Machine machine{.slow_down = {1, 1},
                    .weather = [=](std::size_t launch) { return launch % 4 == 1 || launch % 4 == 2 ? middle : 1.0; }};
    const gate::Run run = gate::run_blocks(2, with_budget(1500), machine.world());
    EXPECT_EQ(changes_of(run), (std::vector{Change::unresolved, Change::unresolved}));
  }
}

TEST(Gate, EndsWithTheBudget) {
  Machine machine{.slow_down = {1}, .weather = rhythm};
  EXPECT_EQ(gate::run_blocks(1, with_budget(21), machine.world()).blocks, 10u);
  EXPECT_EQ(gate::run_blocks(1, with_budget(0.001), machine.world()).blocks, 1u) << "one block is always tried";
  EXPECT_EQ(gate::run_blocks(0, with_budget(100), machine.world()).blocks, 0u);
}

// A plain effect in one case of ten, launches of a second each: within a minute of them, at the default rates.
TEST(Gate, APlainEffectTakesTheFewestBlocks) {
  std::vector<double> slow_down(10, 1.0);
  for (const double effect : {2.0, 10.0}) {
    slow_down[3] = effect;
    Machine machine{.slow_down = slow_down,
                    .weather = [](std::size_t launch) { return 1 + 0.01 * static_cast<double>(launch % 3); }};
    const gate::Run run = gate::run_blocks(10, with_budget(58), machine.world());
    EXPECT_EQ(run.cases[3].change.change, Change::slower);
    const statistics::CaseChange& found = run.cases[3].change;
    EXPECT_EQ(found.screened.size() + found.confirming.size(), statistics::least_observations(10, {}));
    EXPECT_LE(2 * statistics::least_observations(10, {}), 58U);
  }
}

// The budget is extended for what needs more and can have it: a word that takes more blocks than fit. Not beyond what
// is allowed, not for noise that no time would tell from a slow-down, and not once something is slower.
TEST(Gate, TheBudgetIsExtendedForWhatItCannotHold) {
  const std::size_t least = statistics::least_observations(2, {});
  const auto steady = [](std::size_t) { return 1.0; };
  Machine machine{.slow_down = {1, 1.5}, .weather = steady};
  const double half_s = static_cast<double>(least);
  const gate::Run run = gate::run_blocks(2, with_budget(half_s, 3), machine.world());
  EXPECT_EQ(run.cases[1].change.change, Change::slower);
  EXPECT_EQ(run.blocks, least);
  const gate::Run bounded = gate::run_blocks(2, with_budget(half_s, 1), machine.world());
  EXPECT_EQ(bounded.cases[1].change.change, Change::unresolved);
  EXPECT_LE(bounded.time_s, half_s);
  EXPECT_GT(bounded.wanting_s, 0);
  Machine wild{.slow_down = {1}, .weather = rhythm};
  EXPECT_LE(gate::run_blocks(1, with_budget(100, 3), wild.world()).time_s, 300);
  Machine slower{.slow_down = {2, 1}, .weather = rhythm};
  slower.weather = [](std::size_t launch) { return launch % 8 < 4 ? 1.0 : 1.01; };
  EXPECT_LE(gate::run_blocks(2, with_budget(60, 3), slower.world()).time_s, 60);
}

// A case that fails later is launched no more, and the others are judged.
TEST(Gate, ACaseThatFailsLaterIsDropped) {
  Machine machine{.slow_down = {1, 1.5, 1}, .weather = [](std::size_t) { return 1.0; }};
  gate::World world = machine.world();
  const auto launch = world.launch;
  std::size_t n = 0;
  world.launch = [&](Side side, const std::vector<std::size_t>& cases) {
    std::vector<double> times = launch(side, cases);
    if (++n == 6) times[0] = std::numeric_limits<double>::quiet_NaN();
    return times;
  };
  const gate::Run run = gate::run_blocks(3, with_budget(400), world);
  EXPECT_TRUE(run.cases[0].change.dropped);
  EXPECT_EQ(run.cases[0].change.screened.size(), 2u);
  EXPECT_EQ(changes_of(run), (std::vector{Change::unresolved, Change::slower, Change::same}));
}

TEST(Gate, DisturbedBlocksAreRepeatedUpToOneInFour) {
  std::size_t asked = 0;
  Machine machine{.slow_down = {1}, .weather = rhythm, .disturbed = [&] { return ++asked % 10 == 0; }};
  const gate::Run sometimes = gate::run_blocks(1, with_budget(200), machine.world());
  EXPECT_EQ(sometimes.set_aside, 10u);
  EXPECT_EQ(sometimes.blocks, 90u);
  machine.disturbed = [] { return true; };
  const gate::Run always = gate::run_blocks(1, with_budget(200), machine.world());
  EXPECT_EQ(always.set_aside, 25u);
  EXPECT_EQ(always.blocks, 75u);
}

// A disturbed block that doubles NEW's times leaves no trace.
TEST(Gate, WhatIsSetAsideDoesNotCount) {
  bool disturbed = false;
  Machine machine{.slow_down = {1}, .weather = [&](std::size_t launch) {
                    disturbed = launch / 2 % 5 == 4;
                    return disturbed ? 2.0 + static_cast<double>(launch % 2) : 1.0;
                  }};
  machine.disturbed = [&] { return disturbed; };
  const gate::Run run = gate::run_blocks(1, with_budget(400), machine.world());
  EXPECT_EQ(run.cases[0].change.change, Change::same);
  for (const double d : run.cases[0].change.screened) EXPECT_EQ(d, 0);
}

/// Blocks of two launches of a second each, of which the program takes half, on a machine that does as it is told.
struct Watched {
  double chain_s = 1e-3, others = 0, clock_s = 0, busy_s = 0;
  MachineWatch watch{[this] { return chain_s; },
                     [this] { return MachineWatch::Ticks{.busy_s = busy_s, .wall_s = clock_s}; }};

  bool disturbed() {
    for (int launch = 0; launch < 2; ++launch) {
      watch.before_launch();
      clock_s += 1;
      busy_s += 0.5 + others;
      watch.after_launch(0.5);
    }
    return watch.disturbed();
  }
  /// Whether any of so many blocks was.
  bool disturbed_in(int blocks) {
    bool any = false;
    for (int block = 0; block < blocks; ++block) any = disturbed() || any;
    return any;
  }
};

TEST(MachineWatch, ASlowerClockDisturbs) {
  Watched machine;
  EXPECT_FALSE(machine.disturbed_in(10));
  machine.chain_s = 1.09e-3;
  EXPECT_FALSE(machine.disturbed());
  machine.chain_s = 1.11e-3;
  EXPECT_TRUE(machine.disturbed());
}

// What the program itself takes is none of others' doing, and a steady load is the new calm.
TEST(MachineWatch, WhatOthersTakeDisturbs) {
  Watched machine;
  EXPECT_FALSE(machine.disturbed_in(10));
  machine.others = 0.24;
  EXPECT_FALSE(machine.disturbed());
  machine.others = 0.26;
  EXPECT_TRUE(machine.disturbed());
  machine.disturbed_in(20);
  EXPECT_FALSE(machine.disturbed());
}

TEST(MachineWatch, AFewBlocksSayNothing) {
  Watched machine;
  EXPECT_FALSE(machine.disturbed_in(6));
  machine.chain_s = 2e-3;
  machine.others = 1;
  EXPECT_FALSE(machine.disturbed());
}

}  // namespace
}  // namespace sqrtn::verify
