#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sqrtn/statistics/paired.hpp"

/// Two programs timed against each other, launch by launch.
namespace sqrtn::gate {

enum class Side { older, newer };

struct Settings {
  statistics::ChangeSettings change;
  double budget_s = 300;   ///< no block is begun that would probably end later
  std::uint64_t seed = 1;  ///< of the coins; the probabilities are over them, so a seed that is drawn anew is best
};

/// What the gate needs of the world; a test puts a simulated one in its place.
struct World {
  /// Launches that side's program once. Returns: the time of each of these cases, in their order, finite and > 0.
  std::function<std::vector<double>(Side, const std::vector<std::size_t>& cases)> launch;
  std::function<double()> now_s;
  /// Whether something else held the machine since the last call; must depend neither on the times nor on the
  /// order in which the sides ran.
  std::function<bool()> disturbed;
  std::function<void(double share_of_budget, std::size_t n_open)> progress;
};

struct Case {
  statistics::CaseChange change;
  double older_s = 0, newer_s = 0;  ///< medians over the launches
};

struct Run {
  std::vector<Case> cases;
  std::size_t blocks = 0;     ///< that counted
  std::size_t set_aside = 0;  ///< disturbed and repeated
  double time_s = 0;
};

/// Launches in blocks of four, old new new old or new old old new as a coin of the seed's stream falls, so that a
/// steady drift cancels in each block and the coin makes whatever else the machine did symmetric: with times A, B of
/// the two sides a block's observation is d = ½(ln B₁ + ln B₂ − ln A₁ − ln A₂), the contrast that statistics/paired.hpp
/// asks for. Only cases without a verdict are launched again. Ends when there is none left or the budget is spent.
/// A disturbed block does not count and is repeated, unless that would be more than one block in four: on a machine
/// that is never calm the noise is the machine's, and the verdicts stay exact.
/// Throws: what the world throws; std::invalid_argument for settings as PairedChanges has them.
Run run_blocks(std::size_t n_cases, const Settings& settings, const World& world);

}  // namespace sqrtn::gate
