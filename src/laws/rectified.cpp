#include "sqrtn/laws/rectified.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

void check(std::size_t m, std::size_t n, double variance) {
  require(m >= 1 && n >= 1, "m and n must be at least 1, got {} and {}", m, n);
  require(std::isfinite(variance) && variance > 0, "variance must be positive and finite, got {}", variance);
}

/// Var ‖x‖ = n − (E‖x‖)², between 0.36 and ½.
double norm_variance(std::size_t n) {
  const double width = static_cast<double>(n);
  if (n < 1000) return width - expected_norm(n) * expected_norm(n);
  // Stirling's series of Γ(a + ½)²/Γ(a)² = a(1 − 1/(4a) + 1/(32a²) + 1/(128a³) − 5/(2048a⁴) − …) at
  // a = n/2; the difference itself would lose every digit near n = 1e16.
  const double h = 1 / width;
  return 0.5 - h / 8 * (1 + h / 2 - 5 * h * h / 16 - 23 * h * h * h / 32);
}

}  // namespace

double expected_norm(std::size_t n) {
  require(n >= 1, "n must be at least 1, got {}", n);
  return std::numbers::sqrt2 / boost::math::tgamma_delta_ratio(static_cast<double>(n) / 2, 0.5);
}

double rectified_mean(std::size_t n, double variance) {
  check(1, n, variance);
  return std::sqrt(variance / (2 * std::numbers::pi)) * expected_norm(n);
}

double rectified_mean_square(std::size_t n, double variance) {
  check(1, n, variance);
  return static_cast<double>(n) * variance / 2;
}

double rectified_stddev(std::size_t n, double variance) { return std::sqrt(rectified_mean_variance(1, n, variance)); }

// E[yᵢ⁴ | x] = (3/2)σ⁴‖x‖⁴ and E[yᵢ²y_k² | x] = σ⁴‖x‖⁴/4, with E‖x‖⁴ = n(n + 2):
// E S² − (nσ²/2)² = σ⁴[n(n + 2)(1/4 + 5/(4m)) − n²/4].
double rectified_mean_square_variance(std::size_t m, std::size_t n, double variance) {
  check(m, n, variance);
  const double width = static_cast<double>(n);
  return variance * variance * width / 4 * (2 + 5 * (width + 2) / static_cast<double>(m));
}

// Within one replicate the outputs vary by σ²‖x‖²(½ − 1/2π)/m; the mean that they share,
// σ‖x‖/√(2π), varies with ‖x‖.
double rectified_mean_variance(std::size_t m, std::size_t n, double variance) {
  check(m, n, variance);
  constexpr double inv_2pi = std::numbers::inv_pi / 2;
  return variance * (static_cast<double>(n) / static_cast<double>(m) * (0.5 - inv_2pi) + inv_2pi * norm_variance(n));
}

}  // namespace sqrtn::laws
