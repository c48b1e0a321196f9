#pragma once

#include <cstddef>

namespace sqrtn::statistics {

/// The largest k ≤ nm/2 with P(U < k) ≤ tail, U the number of pairs in order among n and m exchangeable draws, counted
/// exactly; 0 if there is none. Between the k-th smallest and largest of the nm differences lies the shift of one law
/// against the other but with probability 2·tail. Cost: n²m²/4 steps.
/// Source: Mann and Whitney, Ann. Math. Statist. 18 (1947) 50.
std::size_t mann_whitney_rank(std::size_t n, std::size_t m, double tail);

}  // namespace sqrtn::statistics
