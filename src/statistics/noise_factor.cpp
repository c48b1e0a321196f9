#include "statistics/noise_factor.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "statistics/distributions.hpp"

namespace sqrtn::statistics {
namespace {

// Of an estimate that is not beyond so many of its standard errors nothing is made: it would cost power for nothing.
constexpr double significant_errors = 1, significant_spread_errors = 0.5;
constexpr std::size_t recent = 100;
constexpr double largest_correlation = 0.9;

/// Less their mean, of each side of the split.
std::vector<double> residuals(std::span<const double> scores, std::size_t split) {
  std::vector<double> all(scores.begin(), scores.end());
  for (const std::span<double> side : {std::span(all).first(split), std::span(all).subspan(split)}) {
    if (side.empty()) continue;
    const double mean = std::accumulate(side.begin(), side.end(), 0.0) / static_cast<double>(side.size());
    for (double& x : side) x -= mean;
  }
  return all;
}

/// (1 + ρ)/(1 − ρ)
double correlation(std::span<const double> residuals) {
  const auto n = static_cast<double>(residuals.size());
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    squares += residuals[i] * residuals[i];
    if (i > 0) products += residuals[i] * residuals[i - 1];
  }
  if (!(squares > 0)) return 1;
  double rho = products / squares;
  rho += (1 + 3 * rho) / n;  // what the estimated means took from it
  if (rho < significant_errors / std::sqrt(n)) return 1;
  rho = std::min(rho, largest_correlation);
  return (1 + rho) / (1 - rho);
}

double spread(std::span<const double> residuals) {
  const auto newest = residuals.last(std::min(recent, residuals.size()));
  constexpr std::size_t fewest = 5, means = 2;
  if (newest.size() < fewest) return 1;
  double squares = 0;
  for (const double x : newest) squares += x * x;
  const auto n = static_cast<double>(newest.size());
  const double variance = squares / (n - means);
  return variance > 1 + significant_spread_errors * std::sqrt(2 / n) ? variance : 1;
}

}  // namespace

double normal_score(std::size_t rank, std::size_t n) {
  return lower_quantile(Normal(0, 1), (static_cast<double>(rank) + 0.5) / static_cast<double>(n));
}

double noise_factor(std::span<const double> scores, std::size_t split) {
  const std::vector<double> left = residuals(scores, split);
  return std::sqrt(spread(left) * correlation(left));
}

}  // namespace sqrtn::statistics
