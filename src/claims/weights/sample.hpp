#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sqrtn/init/rules.hpp"
#include "sqrtn/statistics/hypothesis.hpp"
#include "statistics/summary.hpp"

/// Whether the values of one tensor can be draws of a law, rounded to its type.
namespace sqrtn::claims::weights {

using statistics::Interval;

/// What a law did not survive.
enum class Test { none, mean, limit, mean_square, distance, tails };
inline constexpr std::string_view test_words[] = {"none", "mean", "limit", "mean square", "distance", "tails"};

/// Values as a law's test sees them: cells that are thinned to about a thousand, which loses no more than a thousandth
/// of the distance between two laws and keeps every bound.
class Sample {
 public:
  Sample(const statistics::Summary& summary, Dtype dtype);

  [[nodiscard]] std::size_t size() const { return n_; }
  [[nodiscard]] double largest() const { return largest_; }
  [[nodiscard]] double sum() const { return sum_; }
  [[nodiscard]] double mean() const { return sum_ / static_cast<double>(n_); }
  [[nodiscard]] double minimum() const { return minimum_; }
  [[nodiscard]] double maximum() const { return maximum_; }
  [[nodiscard]] double sum_of_squares() const { return sum_of_squares_; }
  [[nodiscard]] Dtype dtype() const { return dtype_; }
  /// √(Σx²/n)
  [[nodiscard]] double root_mean_square() const;
  /// m₄/m₂² about 0, from the cells' middles: within 1 % of a cell's width squared.
  [[nodiscard]] double kurtosis() const { return kurtosis_; }
  /// The share by which rounding may have moved a value of this size, at most.
  [[nodiscard]] double rounding(double value) const;

  /// sup |F_n − F| over the ends of cells.
  [[nodiscard]] double distance(const std::function<double(double)>& cdf) const;
  /// The end of a cell at or next above x > 0, and how many values have a magnitude beyond it.
  struct Tail {
    double beyond = 0;
    std::uint64_t count = 0;
  };
  [[nodiscard]] Tail tail(double x) const;

 private:
  struct Step {
    double end;
    std::uint64_t below;  ///< values at or below it
  };
  Dtype dtype_;
  std::size_t n_;
  double largest_, minimum_, maximum_, sum_, sum_of_squares_, kurtosis_ = 0;
  std::vector<Step> steps_;
  std::vector<Step> magnitudes_;  ///< of |x|, unthinned
};

/// A law of mean 0 that the sample does not contradict, or why it does.
struct LawFit {
  init::Law law = init::Law::normal;
  Interval stddev;      ///< level 1 − a quarter of alpha, widened by the rounding of the type
  double estimate = 0;  ///< of the deviation
  double p_value = 1;   ///< an upper bound of the smallest of the tests'
  Test failed = Test::none;

  [[nodiscard]] bool holds() const { return failed == Test::none; }
};

/// Tests the law at level alpha: by mean, limit, mean square, Kolmogorov–Smirnov and counts in tails. With a known
/// deviation at that one, else at the most favourable one in the interval of the deviation, which has its own share of
/// alpha. All bounds hold for every size: the level is at most alpha.
LawFit fit(const Sample& sample, init::Law law, double alpha, std::optional<double> known_stddev = {});

/// A law about another centre: N(centre, stddev²), or U(low, high).
struct LocatedFit {
  init::Law law = init::Law::normal;
  Interval centre, stddev;  ///< of a normal law
  Interval low, high;       ///< where a uniform law's ends lie
  bool holds = false;
};
LocatedFit fit_located(const Sample& sample, init::Law law, double alpha);

}  // namespace sqrtn::claims::weights
