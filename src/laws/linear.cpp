#include "sqrtn/laws/linear.hpp"

#include <cmath>

#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

void check_size(const char* name, std::size_t size) { require(size >= 1, "{} must be at least 1, got {}", name, size); }

void check_variance(double variance) {
  require(std::isfinite(variance) && variance > 0, "variance must be positive and finite, got {}", variance);
}

void check_kurtosis(double kurtosis) {
  require(std::isfinite(kurtosis) && kurtosis >= 1, "kurtosis must be finite and at least 1, got {}", kurtosis);
}

}  // namespace

double linear_degrees_of_freedom(std::size_t m, std::size_t n_replicates) {
  check_size("m", m);
  return static_cast<double>(m) * static_cast<double>(n_replicates);
}

double linear_mean_square(std::size_t n, double variance) {
  check_size("n", n);
  check_variance(variance);
  return static_cast<double>(n) * variance;
}

// E[yᵢ⁴ | x] = σ⁴(3‖x‖⁴ + (κ − 3)Σx_j⁴) and E[yᵢ²y_k² | x] = σ⁴‖x‖⁴. With E‖x‖⁴ = n(n + 2) and EΣx_j⁴ = 3n,
// E S² − (nσ²)² = σ⁴[n(n + 2)(1 + 2/m) + 3n(κ − 3)/m − n²], summed so that n² cancels on paper.
double linear_mean_square_variance(std::size_t m, std::size_t n, double variance, double kurtosis) {
  check_size("m", m);
  check_size("n", n);
  check_variance(variance);
  check_kurtosis(kurtosis);
  const double width = static_cast<double>(n);
  return variance * variance * width * (2 + (2 * (width + 2) + 3 * (kurtosis - 3)) / static_cast<double>(m));
}

double linear_square_variance_given_x(double norm_squared, double sum_fourth, double variance, double kurtosis) {
  check_variance(variance);
  check_kurtosis(kurtosis);
  require(std::isfinite(norm_squared) && norm_squared >= 0 && std::isfinite(sum_fourth) && sum_fourth >= 0,
          "the sums of x² and x⁴ must be finite and not negative, got {} and {}", norm_squared, sum_fourth);
  return variance * variance * (2 * norm_squared * norm_squared + (kurtosis - 3) * sum_fourth);
}

double linear_mean_variance(std::size_t m, std::size_t n, double variance) {
  check_size("m", m);
  return linear_mean_square(n, variance) / static_cast<double>(m);
}

}  // namespace sqrtn::laws
