#include "sqrtn/statistics/moments.hpp"

#include <array>
#include <bit>
#include <cmath>

#include "sqrtn/support/require.hpp"

namespace sqrtn::statistics {
namespace {

// A block of doubles fills half of a 64 KiB first-level cache, so that the second pass reads from it.
constexpr std::size_t block_size = 4096;
// Independent partial sums: enough to hide the latency of an addition, few enough to stay in registers.
constexpr std::size_t n_lanes = 4;
using Lanes = std::array<double, n_lanes>;

double total(const Lanes& lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); }

template <class T>
double sum(std::span<const T> block) {
  Lanes lanes{};
  const std::size_t n_whole = block.size() - block.size() % n_lanes;
  for (std::size_t i = 0; i < n_whole; i += n_lanes) {
    for (std::size_t j = 0; j < n_lanes; ++j) lanes[j] += static_cast<double>(block[i + j]);
  }
  for (const T x : block.subspan(n_whole)) lanes[0] += static_cast<double>(x);
  return total(lanes);
}

/// Σd, Σd², Σd³, Σd⁴ of d = x − centre.
struct PowerSums {
  Lanes first{}, second{}, third{}, fourth{};
  void add(std::size_t lane, double d) {
    const double square = d * d;
    first[lane] += d;
    second[lane] += square;
    third[lane] += square * d;
    fourth[lane] += square * square;
  }
};

template <class T>
PowerSums power_sums(std::span<const T> block, double centre) {
  PowerSums sums;
  const std::size_t n_whole = block.size() - block.size() % n_lanes;
  for (std::size_t i = 0; i < n_whole; i += n_lanes) {
    for (std::size_t j = 0; j < n_lanes; ++j) sums.add(j, static_cast<double>(block[i + j]) - centre);
  }
  for (const T x : block.subspan(n_whole)) sums.add(0, static_cast<double>(x) - centre);
  return sums;
}

}  // namespace

template <class T>
Moments Moments::of_block(std::span<const T> block) {
  Moments result;
  if (block.empty()) return result;
  const double n = static_cast<double>(block.size());
  const double centre = sum(block) / n;
  const PowerSums sums = power_sums(block, centre);
  // The rounded centre misses the mean by e; the sums are moved to the mean, which matters for data
  // whose offset is large against their spread.
  const double e = total(sums.first) / n, s2 = total(sums.second), s3 = total(sums.third), s4 = total(sums.fourth);
  result.count_ = block.size();
  result.move_mean(centre, e);
  result.sum2_ = s2 - n * e * e;
  if (result.sum2_ < 0) result.sum2_ = 0;
  result.sum3_ = s3 - 3 * e * s2 + 2 * n * e * e * e;
  result.sum4_ = s4 - 4 * e * s3 + 6 * e * e * s2 - 3 * n * e * e * e * e;
  return result;
}

void Moments::move_mean(double from, double by) {
  mean_ = from + by;
  lost_ = (from - mean_) + by;
}

template <class T>
Moments Moments::of(std::span<const T> sample) {
  if (sample.size() <= block_size) return of_block(sample);
  const std::size_t half = std::bit_ceil(sample.size()) / 2;
  Moments result = of(sample.first(half));
  result.merge(of(sample.subspan(half)));
  return result;
}

template Moments Moments::of(std::span<const float> sample);
template Moments Moments::of(std::span<const double> sample);

void Moments::add(double x) {
  Moments one;
  one.count_ = 1;
  one.mean_ = x;
  // An infinite x must not leave a finite spread behind.
  if (!std::isfinite(x)) one.sum2_ = one.sum3_ = one.sum4_ = std::nan("");
  merge(one);
}

void Moments::merge(const Moments& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  const Moments a = *this, b = other;
  const double n_a = static_cast<double>(a.count_), n_b = static_cast<double>(b.count_);
  const double share_a = n_a / (n_a + n_b), share_b = n_b / (n_a + n_b);
  const double delta = (b.mean_ - a.mean_) + (b.lost_ - a.lost_), delta2 = delta * delta;
  count_ = a.count_ + b.count_;
  move_mean(a.mean_, a.lost_ + delta * share_b);
  sum2_ = a.sum2_ + b.sum2_ + delta2 * n_a * share_b;
  sum3_ = a.sum3_ + b.sum3_ + delta2 * delta * n_a * share_b * (share_a - share_b) +
          3 * delta * (share_a * b.sum2_ - share_b * a.sum2_);
  sum4_ = a.sum4_ + b.sum4_ +
          delta2 * delta2 * n_a * share_b * (share_a * share_a - share_a * share_b + share_b * share_b) +
          6 * delta2 * (share_a * share_a * b.sum2_ + share_b * share_b * a.sum2_) +
          4 * delta * (share_a * b.sum3_ - share_b * a.sum3_);
}

std::optional<double> Moments::mean() const {
  if (count_ < 1) return std::nullopt;
  return mean_;
}

std::optional<double> Moments::variance() const {
  if (count_ < 1) return std::nullopt;
  return sum2_ / static_cast<double>(count_);
}

std::optional<double> Moments::unbiased_variance() const {
  if (count_ < 2) return std::nullopt;
  return sum2_ / static_cast<double>(count_ - 1);
}

std::optional<double> Moments::skewness() const {
  if (count_ < 1 || sum2_ == 0) return std::nullopt;
  return std::sqrt(static_cast<double>(count_) / sum2_) * (sum3_ / sum2_);
}

std::optional<double> Moments::kurtosis() const {
  if (count_ < 1 || sum2_ == 0) return std::nullopt;
  return static_cast<double>(count_) / sum2_ * (sum4_ / sum2_);
}

std::optional<double> Moments::mean_square() const {
  if (count_ < 1) return std::nullopt;
  return mean_ * mean_ + sum2_ / static_cast<double>(count_);
}

double Moments::central_sum(int order) const {
  require(order >= 2 && order <= 4, "the order of a central sum must be 2, 3 or 4, got {}", order);
  return order == 2 ? sum2_ : order == 3 ? sum3_ : sum4_;
}

}  // namespace sqrtn::statistics
