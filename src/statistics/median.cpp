#include "sqrtn/statistics/median.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <vector>

#include "sqrtn/support/require.hpp"

namespace sqrtn::statistics {
namespace {

std::vector<double> sorted(std::span<const double> sample) {
  std::vector<double> values(sample.begin(), sample.end());
  require(std::ranges::none_of(values, [](double x) { return std::isnan(x); }),
          "the median of {} values is not defined because one of them is NaN; drop it first", values.size());
  std::ranges::sort(values);
  return values;
}

}  // namespace

std::optional<double> median(std::span<const double> sample) {
  const std::vector<double> values = sorted(sample);
  if (values.empty()) return std::nullopt;
  const std::size_t upper = values.size() / 2;
  if (values.size() % 2 == 1) return values[upper];
  return values[upper - 1] + (values[upper] - values[upper - 1]) / 2;
}

std::optional<std::size_t> median_rank(std::size_t n_samples, double level) {
  require(level > 0 && level < 1, "the level of an interval must be in (0, 1), got {}", level);
  if (n_samples == 0) return std::nullopt;
  const boost::math::binomial below(static_cast<double>(n_samples), 0.5);
  const auto is_low_enough = [&](std::size_t k) {
    return 2 * boost::math::cdf(below, static_cast<double>(k - 1)) <= 1 - level;
  };
  std::size_t rank = 0, too_high = n_samples / 2 + 1;
  while (too_high - rank > 1) {
    const std::size_t middle = rank + (too_high - rank) / 2;
    (is_low_enough(middle) ? rank : too_high) = middle;
  }
  if (rank == 0) return std::nullopt;
  return rank;
}

std::optional<Interval> median_confidence_interval(std::span<const double> sample, double level) {
  const std::vector<double> values = sorted(sample);
  const std::optional<std::size_t> rank = median_rank(values.size(), level);
  if (!rank) return std::nullopt;
  return Interval{values[*rank - 1], values[values.size() - *rank]};
}

}  // namespace sqrtn::statistics
