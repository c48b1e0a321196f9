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

/// The two launches of one block.
struct Block {
  std::array<Times, 2> of;  ///< by side
};

Block run_block(const World& world, bool newer_first, const std::vector<std::size_t>& cases) {
  Block block;
  for (const bool first : {true, false}) {
    const Side side = first == newer_first ? Side::newer : Side::older;
    Times times = world.launch(side, cases);
    require(times.size() == cases.size(), "a launch returned {} times for {} cases", times.size(), cases.size());
    block.of[static_cast<std::size_t>(side)] = std::move(times);
  }
  return block;
}

class Blocks {
 public:
  Blocks(std::size_t n_cases, const Settings& settings, const World& world)
      : settings_(settings), world_(world), changes_(n_cases, settings.change), times_(n_cases) {}

  Run run() {
    start_s_ = now_s_ = world_.now_s();
    double last_block_s = 0;
    for (auto open = changes_.open_cases(); !open.empty(); open = changes_.open_cases()) {
      const double end_s = now_s_ + last_block_s;
      if (end_s > start_s_ + settings_.budget_s && !pays(open, last_block_s)) break;
      const bool newer_first = coin();
      const Block block = run_block(world_, newer_first, open);
      count(block, open);
      last_block_s = world_.now_s() - now_s_;
      now_s_ += last_block_s;
      world_.progress((now_s_ - start_s_) / settings_.budget_s, open.size());
    }
    result_.time_s = now_s_ - start_s_;
    result_.wanting_s = static_cast<double>(wanting(changes_.open_cases())) * last_block_s;
    finish();
    return std::move(result_);
  }

 private:
  bool coin() {
    const random::Stream stream{random::Engine::philox, settings_.seed, random::stream_of("gate/order"), drawn_++};
    return (random::scalar::bits32_at(stream) & 1U) != 0;
  }

  /// The blocks that the case takes which needs the most.
  std::size_t wanting(const std::vector<std::size_t>& open) const {
    std::size_t most = 0;
    for (const std::size_t i : open) {
      const auto blocks = changes_.wanting(i, green_limit(settings_.change));
      most = std::max(most, blocks.value_or(statistics::sequential_looks().back()));
    }
    return most;
  }

  /// Whether a case that is not bounded would be, within the extended budget; what is slower already has answered.
  bool pays(const std::vector<std::size_t>& open, double block_s) const {
    const auto slower = [](const statistics::CaseChange& c) { return c.change == statistics::Change::slower; };
    if (std::ranges::any_of(changes_.cases(), slower)) return false;
    const double left_s = start_s_ + settings_.extend * settings_.budget_s - now_s_;
    return std::ranges::any_of(open, [&](std::size_t i) {
      const auto blocks = changes_.wanting(i, green_limit(settings_.change));
      return blocks && *blocks > 0 && static_cast<double>(*blocks) * block_s <= left_s;
    });
  }

  void count(const Block& block, const std::vector<std::size_t>& open) {
    const bool disturbed = world_.disturbed();
    const bool repeated = disturbed && 4 * (result_.set_aside + 1) <= result_.set_aside + result_.blocks + 1;
    ++(repeated ? result_.set_aside : result_.blocks);
    for (std::size_t j = 0; j < open.size(); ++j) {
      const double older = block.of[0][j], newer = block.of[1][j];
      if (std::isnan(older) || std::isnan(newer)) {
        changes_.drop(open[j]);
      } else if (!repeated) {
        times_[open[j]][0].push_back(older);
        times_[open[j]][1].push_back(newer);
        changes_.add(open[j], std::log(newer) - std::log(older));
      }
    }
    changes_.look();
  }

  void finish() {
    for (std::size_t i = 0; i < times_.size(); ++i) {
      Case& c = result_.cases.emplace_back();
      c.change = changes_.cases()[i];
      c.older = statistics::median(times_[i][0]).value_or(0);
      c.newer = statistics::median(times_[i][1]).value_or(0);
    }
  }

  const Settings settings_;
  const World& world_;
  statistics::PairedChanges changes_;
  std::vector<std::array<Times, 2>> times_;  ///< by case and side, one a launch
  Run result_;
  double start_s_ = 0, now_s_ = 0;
  std::uint64_t drawn_ = 0;
};

}  // namespace

double green_limit(const statistics::ChangeSettings& settings) { return std::log1p(2 * settings.min_effect); }

Run run_blocks(std::size_t n_cases, const Settings& settings, const World& world) {
  return Blocks(n_cases, settings, world).run();
}

}  // namespace sqrtn::gate
