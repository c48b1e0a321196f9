#include "statistics/rank_sums.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <mutex>

#include "statistics/distributions.hpp"

namespace sqrtn::statistics {
namespace {

// A change that is found in few observations must not be undone by one that strays: no rank says less than this.
constexpr double null_share = 0.1;
constexpr double spent_by_half = 250;
// No threshold is as high: e^-64 is below every level.
constexpr std::size_t highest_sum = 64 * score_units;

/// The probability of the lower `share` of the ranks under a shift.
double share_under(double shift, double share) {
  const Normal normal(0, 1);
  return share < 1 ? lower_tail(normal, lower_quantile(normal, share) - shift) : 1;
}

std::vector<std::int16_t> make_scores(double shift, std::size_t classes) {
  const auto count = static_cast<double>(classes);
  std::vector<std::int16_t> scores(classes);
  double below = 0;
  for (std::size_t j = 0; j < classes; ++j) {
    const double up_to = share_under(shift, static_cast<double>(j + 1) / count);
    const double ratio = count * (up_to - below);
    scores[j] = static_cast<std::int16_t>(std::lround(score_units * std::log((1 - null_share) * ratio + null_share)));
    below = up_to;
  }
  return scores;
}

/// All tables, made at the first use.
const std::vector<std::vector<std::int16_t>>& score_tables(std::size_t shift) {
  static const auto tables = [] {
    std::array<std::vector<std::vector<std::int16_t>>, sought_shifts.size()> all;
    for (std::size_t k = 0; k < all.size(); ++k) {
      for (std::size_t n = 1; n <= most_classes; ++n) all[k].push_back(make_scores(sought_shifts[k], n));
    }
    return all;
  }();
  return tables[shift];
}

/// The law of a cumulative sum that no look has stopped, carried from look to look.
class SumLaw {
 public:
  explicit SumLaw(std::size_t shift) : shift_(shift) { alive_[0] = 1; }

  /// One more observation.
  void advance() {
    ++n_;
    const std::span<const std::int16_t> scores = rank_scores(shift_, n_);
    const auto [low, high] = std::ranges::minmax(scores);
    std::vector<double> law(static_cast<std::size_t>(high - low) + 1, 0.0);
    for (std::size_t j = 0; j < scores.size(); ++j) law[static_cast<std::size_t>(scores[j] - low)] += share(j);
    std::vector<double> next(alive_.size(), 0.0);
    for (std::size_t i = 0; i < law.size(); ++i) {
      if (law[i] > 0) move(law[i], low + static_cast<std::ptrdiff_t>(i), next);
    }
    top_ = std::min(top_ + static_cast<std::size_t>(std::max<int>(high, 0)), alive_.size() - 1);
    alive_ = std::move(next);
  }

  /// The lowest sum at or above which there is at most `allowed`.
  [[nodiscard]] std::size_t lowest(double allowed) const {
    double above = 0;
    std::size_t sum = alive_.size();
    while (sum > 1 && above + alive_[sum - 1] <= allowed) above += alive_[--sum];
    return sum;
  }

  /// Stops what is at `threshold` or above. Returns: its probability.
  double stop(std::size_t threshold) {
    double stopped = 0;
    for (std::size_t sum = threshold; sum <= top_; ++sum) {
      stopped += alive_[sum];
      alive_[sum] = 0;
    }
    top_ = std::min(top_, std::max<std::size_t>(threshold, 1) - 1);
    return stopped;
  }

 private:
  /// P(the rank among n is in class j): how many ranks it holds.
  [[nodiscard]] double share(std::size_t j) const {
    if (n_ <= most_classes) return 1.0 / static_cast<double>(n_);
    const auto first = [this](std::size_t c) { return (c * n_ + most_classes - 1) / most_classes; };
    return static_cast<double>(first(j + 1) - first(j)) / static_cast<double>(n_);
  }

  void move(double probability, std::ptrdiff_t by, std::vector<double>& next) const {
    const auto last = static_cast<std::ptrdiff_t>(alive_.size()) - 1;
    const auto top = static_cast<std::ptrdiff_t>(top_);
    for (std::ptrdiff_t sum = 0; sum <= std::min(-by, top); ++sum) next[0] += probability * alive_[at(sum)];
    const std::ptrdiff_t begin = std::max<std::ptrdiff_t>(0, -by + 1), end = std::min(top, last - by);
    for (std::ptrdiff_t sum = begin; sum <= end; ++sum) next[at(sum + by)] += probability * alive_[at(sum)];
    for (std::ptrdiff_t sum = std::max(end + 1, begin); sum <= top; ++sum) {
      next[at(last)] += probability * alive_[at(sum)];
    }
  }

  static std::size_t at(std::ptrdiff_t i) { return static_cast<std::size_t>(i); }

  std::size_t shift_, n_ = 0, top_ = 0;
  std::vector<double> alive_ = std::vector<double>(highest_sum, 0.0);
};

Thresholds make_thresholds(std::size_t shift, double level, std::size_t n) {
  Thresholds thresholds;
  SumLaw law(shift);
  double spent = 0;
  for (std::size_t i = 1; i <= n; ++i) {
    law.advance();
    const double allowed = level * static_cast<double>(i) / (static_cast<double>(i) + spent_by_half);
    const std::size_t threshold = law.lowest(allowed - spent);
    spent += law.stop(threshold);
    thresholds.push_back(static_cast<std::int32_t>(threshold));
  }
  return thresholds;
}

}  // namespace

std::span<const std::int16_t> rank_scores(std::size_t shift, std::size_t n) {
  return score_tables(shift)[std::min(n, most_classes) - 1];
}

std::array<std::shared_ptr<const Thresholds>, sought_shifts.size()> sum_thresholds(double level, std::size_t n) {
  static std::mutex mutex;
  static std::map<double, std::array<std::shared_ptr<const Thresholds>, sought_shifts.size()>> known;
  const std::lock_guard lock(mutex);
  auto& all = known[level];
  if (!all[0] || all[0]->size() < n) {
    const std::size_t made = std::max(std::bit_ceil(n), most_classes);
    for (std::size_t k = 0; k < all.size(); ++k) {
      all[k] = std::make_shared<const Thresholds>(make_thresholds(k, level, made));
    }
  }
  return all;
}

double alarm_probability(std::size_t shift, const Thresholds& thresholds) {
  SumLaw law(shift);
  double stopped = 0;
  for (const std::int32_t threshold : thresholds) {
    law.advance();
    stopped += law.stop(static_cast<std::size_t>(threshold));
  }
  return stopped;
}

}  // namespace sqrtn::statistics
