#include <algorithm>
#include <cmath>
#include <limits>

#include "sqrtn/statistics/change_point.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t most = 40;
constexpr double tail = 0.005;

/// The largest k with P(U < k) ≤ tail, U the number of pairs that are in order among a and b exchangeable ones.
class MannWhitneyRanks {
 public:
  /// By p(a, b, u) = (a·p(a−1, b, u−b) + b·p(a, b−1, u))/(a + b): the largest of all is of either side.
  MannWhitneyRanks() {
    std::vector<std::vector<double>> laws(most + 1, {1.0});  // of a − 1 and each b
    for (std::size_t a = 1; a <= most; ++a) {
      std::vector<std::vector<double>> next(most + 1, {1.0});
      for (std::size_t b = 1; b <= most; ++b) {
        next[b].assign(a * b + 1, 0.0);
        const double share = static_cast<double>(a) / static_cast<double>(a + b);
        for (std::size_t u = 0; u < laws[b].size(); ++u) next[b][u + b] += share * laws[b][u];
        for (std::size_t u = 0; u < next[b - 1].size(); ++u) next[b][u] += (1 - share) * next[b - 1][u];
        ranks_[a - 1][b - 1] = rank_of(next[b]);
      }
      laws = std::move(next);
    }
  }

  [[nodiscard]] std::size_t of(std::size_t a, std::size_t b) const { return ranks_[a - 1][b - 1]; }

 private:
  static std::size_t rank_of(const std::vector<double>& law) {
    double below = 0;
    std::size_t k = 0;
    while (below + law[k] <= tail) below += law[k++];
    return k;
  }

  std::array<std::array<std::size_t, most>, most> ranks_{};
};

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
  static const MannWhitneyRanks ranks;
  const std::size_t k = ranks.of(before.size(), after.size());
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Interval bounds =
      k == 0 ? Interval{-infinity, infinity} : Interval{differences[k - 1], differences[differences.size() - k]};
  return {.estimate = *median(differences), .interval = bounds};
}

}  // namespace sqrtn::statistics
