#pragma once

#include <vector>

#include "results/screening.hpp"
#include "screen/round.hpp"

/// A call that was wrong, made again on this and on the other cores.
namespace sqrtn::screen {

/// Of `family`, the round's or copies. Of calls whose right answer is known only by repeating, wrong is what differs
/// from the answer that most cores give most often; where no answer has most, none is called wrong.
/// `processors`: this thread's own first; it is pinned to each in turn and to the first at the end.
std::vector<results::Repeats> repeat_call(Round& round, results::Family family, const std::vector<int>& processors);

}  // namespace sqrtn::screen
