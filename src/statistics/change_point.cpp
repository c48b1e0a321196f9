#include "sqrtn/statistics/change_point.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sqrtn/random/scalar.hpp"
#include "sqrtn/support/require.hpp"
#include "statistics/distributions.hpp"
#include "statistics/noise_factor.hpp"
#include "statistics/rank_sums.hpp"
#include "statistics/separation.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t longest_series = 20'000;
constexpr double least_level = 1e-15;
// Places whose log-likelihood is less by so much may be the true one: the factor is 1/20.
constexpr int place_margin = 3 * score_units;

/// The sequential ranks since the segment began.
class Ranks {
 public:
  explicit Ranks(std::uint64_t stream) : draws_{random::Engine::philox, 0, stream, 0} {}

  /// `place`: number of the observation in the series, which its draw among equals has.
  void add(double x, std::size_t place) {
    const auto below = std::ranges::lower_bound(sorted_, x);
    const auto above = std::find_if(below, sorted_.end(), [x](double other) { return other != x; });
    auto rank = static_cast<std::size_t>(below - sorted_.begin());
    if (const auto equal = static_cast<std::uint64_t>(above - below); equal > 0) {
      rank += static_cast<std::size_t>(random::scalar::bits64_at(draws_.skip(place)) % (equal + 1));
    }
    sorted_.insert(below, x);
    ranks_.push_back(static_cast<std::uint32_t>(rank));
  }

  void clear() {
    sorted_.clear();
    ranks_.clear();
  }

  [[nodiscard]] std::size_t size() const { return ranks_.size(); }
  /// Of the i-th observation among the first i + 1, from 0; with `up` false counted from the other end.
  [[nodiscard]] std::size_t at(std::size_t i, bool up) const { return up ? ranks_[i] : i - ranks_[i]; }

 private:
  random::Stream draws_;
  std::vector<double> sorted_;
  std::vector<std::uint32_t> ranks_;
};

std::int32_t score_at(const Ranks& ranks, std::size_t i, std::size_t shift, bool up) {
  return rank_scores(shift, i + 1)[rank_class(ranks.at(i, up), i + 1)];
}

/// One segment of a series: what has been seen since the last change was found.
class Segment {
 public:
  Segment(std::size_t begin, double level, std::size_t longest, std::uint64_t stream)
      : begin_(begin),
        ranks_(stream),
        thresholds_(sum_thresholds(level * part_of_sum, longest)),
        apart_{Separation(level * part_of_the_highest, level * part_of_wagers),
               Separation(level * part_of_the_highest, level * part_of_wagers)} {}

  /// Takes the next observation. Returns: the change that it shows, if it does.
  std::optional<LevelChange> look(double x) {
    ranks_.add(x, begin_ + ranks_.size());
    for (const bool up : {true, false}) {
      Separation& apart = apart_[up ? 1 : 0];
      apart.add(newest() - ranks_.at(newest(), up), ranks_.size());
      for (std::size_t k = 0; k < sought_shifts.size(); ++k) {
        std::int32_t& sum = sums_[up ? 1 : 0][k];
        sum = std::max(0, sum + score_at(ranks_, newest(), k, up));
        const std::int32_t threshold = (*thresholds_[k])[newest()];
        if (sum < threshold) continue;
        const Places found = places(k, up);
        if (stands_out(sum, threshold, found.likeliest)) return change(found, up);
      }
      if (const auto best = apart.best(); best && stands_out(best->log_ratio, best->needed, best->place)) {
        return change({best->place, best->earliest, best->latest}, up);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] double noise_factor() const { return noise_of(ranks_.size()); }
  [[nodiscard]] bool able() const { return apart_[0].able(ranks_.size()); }

 private:
  // Of the level: two sums and what lies apart, up and down.
  static constexpr double part_of_sum = 0.1, part_of_the_highest = 0.1, part_of_wagers = 0.2;

  /// Counted from the segment's beginning.
  struct Places {
    std::size_t likeliest = 0, earliest = 0, latest = 0;
  };

  [[nodiscard]] std::size_t newest() const { return ranks_.size() - 1; }

  /// Where Σ score from there to the newest is largest, and the ends of the margin.
  [[nodiscard]] Places places(std::size_t k, bool up) const {
    // The first observation has nothing before it.
    std::vector<std::int32_t> sums(ranks_.size(), std::numeric_limits<std::int32_t>::min());
    std::int32_t sum = 0;
    for (std::size_t i = newest(); i > 0; --i) sums[i] = sum += score_at(ranks_, i, k, up);
    const auto likeliest = std::ranges::max_element(sums);
    const auto likely = [&](std::int32_t s) { return s >= *likeliest - place_margin; };
    const auto first = std::ranges::find_if(sums, likely);
    const auto last = std::find_if(sums.rbegin(), sums.rend(), likely);
    return {static_cast<std::size_t>(likeliest - sums.begin()), static_cast<std::size_t>(first - sums.begin()),
            static_cast<std::size_t>(sums.rend() - last) - 1};
  }

  [[nodiscard]] LevelChange change(const Places& found, bool up) const {
    return {.place = begin_ + found.likeliest,
            .earliest = begin_ + found.earliest,
            .latest = begin_ + found.latest,
            .found = begin_ + newest(),
            .up = up};
  }

  [[nodiscard]] double noise_of(std::size_t split) const {
    while (scores_.size() < ranks_.size()) {
      const std::size_t i = scores_.size();
      scores_.push_back(normal_score(ranks_.at(i, true), i + 1));
    }
    return statistics::noise_factor(scores_, split);
  }

  /// Whether it is enough against noise as it is: one whose means vary f² times as much as they would if it were
  /// exchangeable makes log-likelihood ratios of independent noise f² times as large.
  [[nodiscard]] bool stands_out(double log_ratio, double needed, std::size_t split) const {
    const double factor = noise_of(split);
    return log_ratio >= factor * factor * needed;
  }

  std::size_t begin_;
  Ranks ranks_;
  std::array<std::shared_ptr<const Thresholds>, sought_shifts.size()> thresholds_;
  std::array<std::array<std::int32_t, sought_shifts.size()>, 2> sums_{};
  std::array<Separation, 2> apart_;     ///< below and above what was before
  mutable std::vector<double> scores_;  ///< the normal law's quantiles of the ranks, as far as they were asked for
};

/// The largest power of ⁴√2 that is not above: each level costs a law.
double rounded_level(double level) { return std::exp2(std::floor(4 * std::log2(level)) / 4); }

}  // namespace

double part_of_rate(std::size_t j) {
  const auto number = static_cast<double>(j);
  return 2 / (4 * number * number - 1);
}

Trend find_changes(std::span<const double> series, double alpha, std::uint64_t stream) {
  require(alpha >= least_level && alpha < 0.5, "the error rate of a series must be in [{}, 1/2), got {}", least_level,
          alpha);
  require(series.size() <= longest_series, "a series has {} observations, more than {}", series.size(), longest_series);
  require(std::ranges::all_of(series, [](double x) { return std::isfinite(x); }),
          "a value of the series is not finite");
  Trend trend;
  const auto next_segment = [&](std::size_t begin) {
    return Segment(begin, rounded_level(alpha * part_of_rate(trend.changes.size() + 1)), series.size() - begin, stream);
  };
  Segment segment = next_segment(0);
  for (std::size_t i = 0; i < series.size(); ++i) {
    const std::optional<LevelChange> change = segment.look(series[i]);
    if (!change) continue;
    trend.changes.push_back(*change);
    segment = next_segment(i + 1);
  }
  trend.noise_factor = segment.noise_factor();
  trend.able = segment.able();
  return trend;
}

}  // namespace sqrtn::statistics
