#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sqrtn/statistics/paired.hpp"

/// Two programs timed against each other, launch by launch.
namespace sqrtn::gate {

enum class Side { older, newer };

struct Settings {
  statistics::ChangeSettings change;
  double budget_s = 300;   ///< no block is begun that would probably end later, unless it is extended
  double extend = 3;       ///< to how many times the budget, where a case needs more and that would do
  std::uint64_t seed = 1;  ///< of the coins; the probabilities are over them, so a seed that is drawn anew is best
};

/// What the gate needs of the world; a test puts a simulated one in its place.
struct World {
  /// Launches that side's program once. Returns: the value of each of these cases, in their order, finite and > 0; NaN
  /// for one that gave none, which is launched no more.
  std::function<std::vector<double>(Side, const std::vector<std::size_t>& cases)> launch;
  std::function<double()> now_s;
  /// Whether something else held the machine since the last call; must depend neither on the times nor on the
  /// order in which the sides ran.
  std::function<bool()> disturbed;
  std::function<void(double share_of_budget, std::size_t n_open)> progress;
};

struct Case {
  statistics::CaseChange change;
  double older = 0, newer = 0;  ///< medians over the launches
  std::string fault;            ///< why it was launched no more; empty if it was as long as wanted
};

struct Run {
  std::vector<Case> cases;
  std::size_t blocks = 0;     ///< that counted
  std::size_t set_aside = 0;  ///< disturbed and repeated
  double time_s = 0;
  double wanting_s = 0;  ///< what the cases that are not bounded would take beside, an estimate; 0 if there are none
};

/// A slow-down above this is excluded wherever the gate's answer is green: twice what is worth a word. In logarithms.
double green_limit(const statistics::ChangeSettings& settings);

/// Launches in blocks of two, old new or new old as a coin of the seed's stream falls: with times A and B of the two
/// sides a block's observation is d = ln B − ln A, the contrast that statistics/paired.hpp asks for. Only cases without
/// a verdict are launched again. Ends when there is none left or the budget is spent: that is extended while none is
/// slower and there is a case that is not bounded by green_limit, and would be within the extended one by
/// PairedChanges::wanting.
/// A disturbed block does not count and is repeated, unless that would be more than one block in four: on a machine
/// that is never calm the noise is the machine's, and the verdicts stay exact.
/// Throws: what the world throws; std::invalid_argument for settings as PairedChanges has them.
Run run_blocks(std::size_t n_cases, const Settings& settings, const World& world);

}  // namespace sqrtn::gate
