#pragma once

#include <string>
#include <vector>

#include "gate/document.hpp"

/// No green without the power to be red: what the word "slower" takes, and what could not have been found.
namespace sqrtn::gate {

/// What a block of two launches of all cases costs.
struct BlockCost {
  double block_s = 0;
  double loops_s = 0;  ///< of it in the cases themselves, which fewer cases spare
};

/// What stands between a budget and a word.
struct Plan {
  std::size_t blocks = 0;  ///< the fewest after which a case can be called slower
  double needed_s = 0;     ///< for these
  bool fits = true;        ///< into the budget
  bool possible = true;    ///< in the extended budget
  std::string text;        ///< for people, with what would fit; empty if it fits
};

/// Before the first block.
Plan plan_of(std::size_t n_cases, const BlockCost& cost, const Settings& settings);

/// After the last: the cases that are not bounded by green_limit, the size up to which a slow-down of the worst would
/// have passed, and what would have done. Empty if there are none, that is if a slow-down would have been found.
std::string powerless_text(const std::vector<const Row*>& timed, const Run& run, const Settings& settings);

}  // namespace sqrtn::gate
