#include "gate/blocks.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sqrtn/random/scalar.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

using Times = std::vector<double>;  // one a case

/// The four launches of one block, by side in the order in which they ran.
struct Block {
  std::array<std::vector<Times>, 2> of;
};

Block run_block(const World& world, bool newer_first, const std::vector<std::size_t>& cases) {
  Block block;
  for (const bool outer : {true, false, false, true}) {
    const Side side = outer == newer_first ? Side::newer : Side::older;
    Times times = world.launch(side, cases);
    require(times.size() == cases.size(), "a launch returned {} times for {} cases", times.size(), cases.size());
    block.of[static_cast<std::size_t>(side)].push_back(std::move(times));
  }
  return block;
}

class Blocks {
 public:
  Blocks(std::size_t n_cases, const Settings& settings, const World& world)
      : settings_(settings), world_(world), changes_(n_cases, settings.change), times_(n_cases) {}

  Run run() {
    const double start_s = world_.now_s(), end_s = start_s + settings_.budget_s;
    double now_s = start_s, last_block_s = 0;
    for (auto open = changes_.open_cases(); !open.empty(); open = changes_.open_cases()) {
      if (now_s + last_block_s > end_s) break;
      const bool newer_first = coin();
      const Block block = run_block(world_, newer_first, open);
      count(block, open);
      last_block_s = world_.now_s() - now_s;
      now_s += last_block_s;
      world_.progress((now_s - start_s) / settings_.budget_s, open.size());
    }
    result_.time_s = now_s - start_s;
    finish();
    return std::move(result_);
  }

 private:
  bool coin() {
    const random::Stream stream{random::Engine::philox, settings_.seed, random::stream_of("gate/order"), drawn_++};
    return (random::scalar::bits32_at(stream) & 1U) != 0;
  }

  void count(const Block& block, const std::vector<std::size_t>& open) {
    const bool disturbed = world_.disturbed();
    if (disturbed && 4 * (result_.set_aside + 1) <= result_.set_aside + result_.blocks + 1) {
      ++result_.set_aside;
      return;
    }
    ++result_.blocks;
    for (std::size_t j = 0; j < open.size(); ++j) {
      std::array<double, 2> log_sum{};
      for (std::size_t side = 0; side < 2; ++side) {
        for (const Times& times : block.of[side]) {
          times_[open[j]][side].push_back(times[j]);
          log_sum[side] += std::log(times[j]);
        }
      }
      changes_.add(open[j], (log_sum[1] - log_sum[0]) / 2);
    }
    changes_.look();
  }

  void finish() {
    for (std::size_t i = 0; i < times_.size(); ++i) {
      Case& c = result_.cases.emplace_back();
      c.change = changes_.cases()[i];
      c.older_s = statistics::median(times_[i][0]).value_or(0);
      c.newer_s = statistics::median(times_[i][1]).value_or(0);
    }
  }

  const Settings settings_;
  const World& world_;
  statistics::PairedChanges changes_;
  std::vector<std::array<Times, 2>> times_;  ///< by case and side, one a launch
  Run result_;
  std::uint64_t drawn_ = 0;
};

}  // namespace

Run run_blocks(std::size_t n_cases, const Settings& settings, const World& world) {
  return Blocks(n_cases, settings, world).run();
}

}  // namespace sqrtn::gate
