#include "sqrtn/statistics/unpaired.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t most_counted = 25;

/// P(U = u) for u = 0…nm: the last of all n + m is one of m with probability m/(n + m), and then is above all n.
std::vector<double> mann_whitney(std::size_t n, std::size_t m) {
  std::vector<std::vector<double>> of(m + 1, std::vector<double>(n * m + 1, 0.0));
  for (std::vector<double>& none : of) none[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t j = 1; j <= m; ++j) {
      // of[j] still is of i − 1, of[j − 1] already of i.
      const double last_of_m = static_cast<double>(j) / static_cast<double>(i + j);
      for (std::size_t u = i * j + 1; u-- > 0;) {
        of[j][u] = (1 - last_of_m) * of[j][u] + (u >= i ? last_of_m * of[j - 1][u - i] : 0);
      }
    }
  }
  return of[m];
}

/// 0 if there is none.
std::size_t rank_of(std::size_t n, std::size_t m, double tail) {
  const std::vector<double> probability = mann_whitney(n, m);
  std::size_t k = 0;
  double below = 0;  // P(U < k + 1)
  while (k < n * m / 2 && (below += probability[k]) <= tail) ++k;
  return k;
}

std::optional<Interval> counted(std::span<const double> older, std::span<const double> newer, double level) {
  const std::size_t k = rank_of(older.size(), newer.size(), (1 - level) / 2);
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
