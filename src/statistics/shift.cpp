#include <algorithm>
#include <cmath>
#include <limits>

#include "sqrtn/statistics/change_point.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"
#include "statistics/mann_whitney.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t most = 40;
constexpr double tail = 0.005;

}  // namespace

Shift shift_between(std::span<const double> before, std::span<const double> after) {
  require(!before.empty() && !after.empty(), "a shift needs observations on both sides, got {} and {}", before.size(),
          after.size());
  before = before.last(std::min(most, before.size()));
  after = after.first(std::min(most, after.size()));
  std::vector<double> differences;
  for (const double x : before) {
    for (const double y : after) differences.push_back(y - x);
  }
  require(std::ranges::all_of(differences, [](double x) { return std::isfinite(x); }),
          "a value beside a change is not finite");
  std::ranges::sort(differences);
  const std::size_t k = mann_whitney_rank(before.size(), after.size(), tail);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Interval bounds =
      k == 0 ? Interval{-infinity, infinity} : Interval{differences[k - 1], differences[differences.size() - k]};
  return {.estimate = *median(differences), .interval = bounds};
}

}  // namespace sqrtn::statistics
