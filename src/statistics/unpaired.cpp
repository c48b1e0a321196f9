#include "sqrtn/statistics/unpaired.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"
#include "statistics/mann_whitney.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t most_counted = 25;

std::optional<Interval> counted(std::span<const double> older, std::span<const double> newer, double level) {
  const std::size_t k = mann_whitney_rank(older.size(), newer.size(), (1 - level) / 2);
  if (k == 0) return std::nullopt;
  std::vector<double> differences;
  for (const double b : newer) {
    for (const double a : older) differences.push_back(b - a);
  }
  std::ranges::sort(differences);
  return Interval{differences[k - 1], differences[differences.size() - k]};
}

}  // namespace

std::optional<Interval> shift_interval(std::span<const double> older, std::span<const double> newer, double level) {
  require(level > 0 && level < 1, "the level of an interval must be in (0, 1), got {}", level);
  for (const auto sample : {older, newer}) {
    require(std::ranges::none_of(sample, [](double x) { return std::isnan(x); }), "one of {} values is NaN",
            sample.size());
  }
  if (std::max(older.size(), newer.size()) <= most_counted) return counted(older, newer, level);
  const auto before = median_confidence_interval(older, (1 + level) / 2);
  const auto after = median_confidence_interval(newer, (1 + level) / 2);
  if (!before || !after) return std::nullopt;
  return Interval{after->low - before->high, after->high - before->low};
}

}  // namespace sqrtn::statistics
