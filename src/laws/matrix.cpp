#include "sqrtn/laws/matrix.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sqrtn/support/require.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::laws {
namespace {

/// E‖W‖₂² ≤ (E‖W‖₂)² + 1: ‖W‖₂ is 1-Lipschitz, so that its variance is at most 1 (Poincaré).
double norm_ceiling(std::size_t m, std::size_t n) {
  const double root = std::sqrt(static_cast<double>(m)) + std::sqrt(static_cast<double>(n));
  return std::sqrt(root * root + 1);
}

double norm_floor(std::size_t m, std::size_t n) { return std::sqrt(static_cast<double>(m + n - 1)); }

void require_ratio(double ratio) {
  require(ratio > 0 && ratio <= 1, "the ratio of the sides must be inside (0, 1], got {}", ratio);
}

/// The share up to the eigenvalue 1 + ratio − 2√ratio·cos θ: (2/π)∫sin²t/(1 + ratio − 2√ratio·cos t)dt from 0 to θ.
double marchenko_pastur_share(double ratio, double theta) {
  const double root = std::sqrt(ratio);
  const double arc = std::atan2((1 + root) * std::sin(theta / 2), (1 - root) * std::cos(theta / 2));
  return std::numbers::inv_pi *
         ((1 + ratio) * theta / (2 * ratio) + std::sin(theta) / root - (1 - ratio) / ratio * arc);
}

double marchenko_pastur_value(double ratio, double theta) {
  return std::sqrt(std::max(1 + ratio - 2 * std::sqrt(ratio) * std::cos(theta), 0.0));
}

}  // namespace

double marchenko_pastur_cdf(double ratio, double x) {
  require_ratio(ratio);
  const double cosine = (1 + ratio - x * x) / (2 * std::sqrt(ratio));
  if (x <= 0 || cosine >= 1) return 0;
  return cosine <= -1 ? 1 : std::clamp(marchenko_pastur_share(ratio, std::acos(cosine)), 0.0, 1.0);
}

double marchenko_pastur_quantile(double ratio, double probability) {
  require_ratio(ratio);
  require(probability >= 0 && probability <= 1, "a probability is inside [0, 1], got {}", probability);
  if (probability == 0 || probability == 1) return std::abs(1 + (probability == 0 ? -1 : 1) * std::sqrt(ratio));
  double low = 0, high = std::numbers::pi;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (marchenko_pastur_share(ratio, middle) < probability ? low : high) = middle;
  }
  return marchenko_pastur_value(ratio, high);
}

double haar_entry_cdf(std::size_t n, double x) {
  require(n >= 2, "an entry has a density for n >= 2, got {}", n);
  const double square = std::min(x * x, 1.0);
  const double inside = statistics::lower_tail(statistics::Beta(0.5, (static_cast<double>(n) - 1) / 2), square);
  return x < 0 ? (1 - inside) / 2 : (1 + inside) / 2;
}

double power_iteration_miss(std::size_t n, std::size_t steps, double deficit) {
  require(n >= 3 && steps >= 1, "the bound needs n >= 3 inputs and a step, got {} and {}", n, steps);
  require(deficit > 0 && deficit <= 1, "the deficit must be inside (0, 1], got {}", deficit);
  const double power = 2 * static_cast<double>(steps) + 1;
  const double delta = std::exp(power * std::log1p(-deficit)) / (2 * deficit * power);
  return std::min(1.0, std::sqrt(2 * static_cast<double>(n) * delta * std::numbers::inv_pi));
}

double power_iteration_deficit(std::size_t n, std::size_t steps, double alpha) {
  require(alpha > 0 && alpha < 1, "alpha must be inside (0, 1), got {}", alpha);
  double low = 0, high = 1;
  for (double middle = 0.5; low < middle && middle < high; middle = low + (high - low) / 2) {
    (power_iteration_miss(n, steps, middle) <= alpha ? high : low) = middle;
  }
  return high;
}

statistics::Interval gaussian_norm_bounds(std::size_t m, std::size_t n, std::size_t n_matrices, double alpha) {
  require(m >= 1 && n >= 1 && n_matrices >= 1, "the bounds need a matrix, got {} of {} x {}", n_matrices, m, n);
  require(alpha > 0 && alpha < 1, "alpha must be inside (0, 1), got {}", alpha);
  const double count = static_cast<double>(n_matrices);
  const statistics::ChiSquared along_first_row(count * static_cast<double>(m + n - 1));
  return {std::sqrt(statistics::lower_quantile(along_first_row, alpha / 2) / count),
          norm_ceiling(m, n) + std::sqrt(2 * std::log(2 / alpha) / count)};
}

std::size_t matrices_for_gaussian_norm(std::size_t m, std::size_t n, double effect_size,
                                       const statistics::ErrorRates& rates) {
  require(effect_size > norm_ceiling(m, n) / norm_floor(m, n) - 1,
          "a relative effect of {} on the norm of {} x {} is inside the bounds; state one above {}", effect_size, m, n,
          norm_ceiling(m, n) / norm_floor(m, n) - 1);
  for (std::size_t n_matrices = 1;; ++n_matrices) {
    const auto null = gaussian_norm_bounds(m, n, n_matrices, rates.alpha);
    // One side of the truth matters for each direction: twice the miss for two sides.
    const auto truth = gaussian_norm_bounds(m, n, n_matrices, 2 * rates.miss);
    if ((1 + effect_size) * truth.low > null.high && (1 - effect_size) * truth.high < null.low) return n_matrices;
  }
}

}  // namespace sqrtn::laws
