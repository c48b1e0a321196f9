#include "claims/weights/sample.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "sqrtn/laws/initialiser.hpp"
#include "statistics/patterns.hpp"

namespace sqrtn::claims::weights {
namespace {

using statistics::Cell;

constexpr std::size_t wanted_steps = 1024;

/// The number above which the cell's values lie: the upper end of the one before.
double lower_end(std::uint16_t pattern, Dtype dtype) {
  if (pattern == 0) return 0;
  const int before = (pattern & 0x8000) != 0 ? pattern + 1 : pattern - 1;
  return statistics::upper_end(static_cast<std::uint16_t>(before), dtype);
}

/// What stands for the cell in a fourth moment.
double middle(std::uint16_t pattern, Dtype dtype) {
  if (dtype == Dtype::f16 || dtype == Dtype::bf16) return statistics::value_of(pattern, dtype);
  return (lower_end(pattern, dtype) + statistics::upper_end(pattern, dtype)) / 2;
}

}  // namespace

Sample::Sample(const statistics::Summary& summary, Dtype dtype)
    : dtype_(dtype),
      n_(summary.n_finite()),
      largest_(std::max(-summary.minimum, summary.maximum)),
      minimum_(summary.minimum),
      maximum_(summary.maximum),
      sum_(summary.sum),
      sum_of_squares_(summary.sum_of_squares) {
  std::map<unsigned, std::uint64_t> by_magnitude;
  std::uint64_t below = 0, since = 0;
  double fourth = 0;
  const auto step = [&](double end) {
    if (!steps_.empty() && steps_.back().end >= end) return;
    steps_.push_back({end, below});
    since = 0;
  };
  for (const Cell& cell : summary.cells) {
    const double before = lower_end(cell.pattern, dtype);
    // A gap between cells is looked at from both sides.
    if (since > 0 && steps_.back().end < before && steps_.back().below != below) step(before);
    if (steps_.empty()) step(before);
    below += cell.count;
    since += cell.count;
    if (since * wanted_steps >= n_) step(statistics::upper_end(cell.pattern, dtype));
    by_magnitude[cell.pattern & 0x7fffu] += cell.count;
    const double x = middle(cell.pattern, dtype);
    fourth += static_cast<double>(cell.count) * x * x * x * x;
  }
  if (!summary.cells.empty()) step(statistics::upper_end(summary.cells.back().pattern, dtype));
  below = 0;
  for (const auto& [pattern, count] : by_magnitude) {
    below += count;
    magnitudes_.push_back({statistics::upper_end(static_cast<std::uint16_t>(pattern), dtype), below});
  }
  const double n = static_cast<double>(n_);
  kurtosis_ = fourth / n / std::pow(sum_of_squares_ / n, 2);
}

double Sample::root_mean_square() const { return std::sqrt(sum_of_squares_ / static_cast<double>(n_)); }

double Sample::rounding(double value) const {
  // Draws in float, whose transform costs some units in the last place, may stand in any type.
  const double of_draw = 0x1p-22;
  const double relative = std::max(unit_roundoff(dtype_), of_draw);
  return std::max(relative, smallest_subnormal(dtype_) / 2 / std::max(value, smallest_subnormal(dtype_)));
}

double Sample::distance(const std::function<double(double)>& cdf) const {
  double largest = 0;
  for (const Step& step : steps_) {
    largest = std::max(largest, std::abs(cdf(step.end) - static_cast<double>(step.below) / static_cast<double>(n_)));
  }
  return largest;
}

Sample::Tail Sample::tail(double x) const {
  const auto found = std::ranges::lower_bound(magnitudes_, x, {}, &Step::end);
  if (found == magnitudes_.end()) return {x, 0};
  return {found->end, n_ - found->below};
}

}  // namespace sqrtn::claims::weights
