#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sqrtn/laws/log_sum.hpp"
#include "sqrtn/laws/matrix.hpp"

/// Laws of whole matrices: closed forms in small dimensions, and bounds against what they bound.
namespace sqrtn::verify {
namespace {

constexpr double pi = std::numbers::pi;

// A coordinate of the circle has the arcsine law, of the sphere in space the uniform one (Archimedes).
TEST(MatrixLaws, HaarEntry) {
  for (const double x : {-1.0, -0.7, -0.1, 0.0, 0.3, 0.999, 1.0}) {
    EXPECT_NEAR(laws::haar_entry_cdf(2, x), 0.5 + std::asin(x) / pi, 1e-14) << x;
    EXPECT_NEAR(laws::haar_entry_cdf(3, x), (1 + x) / 2, 1e-14) << x;
    EXPECT_NEAR(laws::haar_entry_cdf(5, x), 0.5 + (3 * x - x * x * x) / 4, 1e-14) << x;
  }
  EXPECT_EQ(laws::haar_entry_cdf(8, -1.5), 0);
  EXPECT_EQ(laws::haar_entry_cdf(8, 1.5), 1);
  EXPECT_THROW((void)laws::haar_entry_cdf(1, 0), std::invalid_argument);
}

// Of a square matrix the singular values have the quarter circle's law; of any ratio c the eigenvalues have the moments
// 1 and 1 + c, and 1 + 3c + c² (Narayana's polynomials).
TEST(MatrixLaws, MarchenkoPastur) {
  for (const double x : {0.0, 0.01, 0.5, 1.0, 1.9, 2.0}) {
    const double quarter = (x * std::sqrt(4 - x * x) / 2 + 2 * std::asin(x / 2)) / pi;
    EXPECT_NEAR(laws::marchenko_pastur_cdf(1, x), quarter, 1e-14) << x;
  }
  for (const double ratio : {1.0, 0.7, 0.1, 0.001}) {
    constexpr int points = 20'000;
    double first = 0, second = 0, third = 0;
    for (int i = 0; i < points; ++i) {
      const double p = (i + 0.5) / points, s = laws::marchenko_pastur_quantile(ratio, p), eigenvalue = s * s;
      EXPECT_NEAR(laws::marchenko_pastur_cdf(ratio, s), p, 1e-10);
      first += eigenvalue / points;
      second += eigenvalue * eigenvalue / points;
      third += eigenvalue * eigenvalue * eigenvalue / points;
    }
    EXPECT_NEAR(first, 1, 1e-5) << ratio;
    EXPECT_NEAR(second, 1 + ratio, 1e-5) << ratio;
    EXPECT_NEAR(third, 1 + 3 * ratio + ratio * ratio, 1e-4) << ratio;
    EXPECT_NEAR(laws::marchenko_pastur_quantile(ratio, 0), 1 - std::sqrt(ratio), 1e-12);
    EXPECT_NEAR(laws::marchenko_pastur_quantile(ratio, 1), 1 + std::sqrt(ratio), 1e-12);
  }
  EXPECT_THROW((void)laws::marchenko_pastur_cdf(0, 1), std::invalid_argument);
  EXPECT_THROW((void)laws::marchenko_pastur_quantile(0.5, 1.5), std::invalid_argument);
}

// laws.md §11.
TEST(MatrixLaws, LogDeterminant) {
  struct Row {
    int m, n;
    double mean, variance;
  };
  for (const auto& [m, n, mean, variance] :
       {Row{8, 8, 7.448941347, 9.65894507}, {64, 128, 290.5454491, 1.394075234}, {96, 160, 449.401946, 1.841921097}}) {
    laws::LogSum law;
    for (int i = 0; i < m; ++i) law.add_chi_squared(n - i);
    EXPECT_NEAR(law.mean(), mean, 1e-6) << m;
    EXPECT_NEAR(law.variance(), variance, 1e-8) << m;
  }
}

/// The event for eigenvalues 1 and λ, the latter n − 1 times: b₁² ≤ t‖b‖², whose probability is the
/// sphere's, at the worst λ. The bound holds and is at most some factor too large.
TEST(MatrixLaws, PowerIterationBound) {
  for (const std::size_t n : {3, 10, 32}) {
    for (const std::size_t steps : {1, 10, 200}) {
      for (const double deficit : {0.02, 0.1, 0.5}) {
        double worst = 0;
        for (double lambda = 0; lambda < 1 - deficit; lambda += 0.001) {
          const double ratio = std::pow(lambda, 2.0 * static_cast<double>(steps)) * (1 - deficit - lambda) / deficit;
          const double share = ratio / (1 + ratio);
          worst = std::max(worst, 2 * laws::haar_entry_cdf(n, std::sqrt(share)) - 1);
        }
        const double bound = laws::power_iteration_miss(n, steps, deficit);
        EXPECT_GE(bound, worst) << n << ' ' << steps << ' ' << deficit;
        EXPECT_LE(bound, std::max(2 * worst, 1e-4)) << n << ' ' << steps << ' ' << deficit;
      }
    }
  }
}

TEST(MatrixLaws, PowerIterationInverse) {
  for (const double alpha : {1e-9, 1e-3}) {
    const double deficit = laws::power_iteration_deficit(32, 100, alpha);
    EXPECT_LE(laws::power_iteration_miss(32, 100, deficit), alpha);
    EXPECT_NEAR(laws::power_iteration_miss(32, 100, deficit), alpha, 1e-9 * alpha);
  }
  EXPECT_THROW((void)laws::power_iteration_miss(2, 1, 0.1), std::invalid_argument);
  EXPECT_THROW((void)laws::power_iteration_miss(3, 0, 0.1), std::invalid_argument);
  EXPECT_THROW((void)laws::power_iteration_miss(3, 1, 0), std::invalid_argument);
  EXPECT_THROW((void)laws::power_iteration_deficit(3, 1, 1), std::invalid_argument);
}

// n = 1: ‖W‖₂² ~ χ²(m), of which the lower end is a quantile: here the median-like ones of χ²(2), by hand.
TEST(MatrixLaws, GaussianNormBounds) {
  const auto bounds = laws::gaussian_norm_bounds(2, 1, 1, 0.02);
  EXPECT_NEAR(bounds.low, std::sqrt(-2 * std::log(0.99)), 1e-12);
  EXPECT_NEAR(bounds.high, std::sqrt(std::pow(1 + std::sqrt(2), 2) + 1) + std::sqrt(2 * std::log(100)), 1e-12);
  // The upper end holds for the same law: P(χ²(2) > high²).
  EXPECT_LT(std::exp(-bounds.high * bounds.high / 2), 0.01);
  const auto many = laws::gaussian_norm_bounds(48, 32, 1'000'000, 1e-9);
  EXPECT_NEAR(many.low, std::sqrt(79), 0.01);
  EXPECT_NEAR(many.high, std::sqrt(48) + std::sqrt(32), 0.06);
}

TEST(MatrixLaws, GaussianNormDesign) {
  const statistics::ErrorRates rates;
  const std::size_t n_matrices = laws::matrices_for_gaussian_norm(48, 32, 0.6);
  for (const std::size_t n : {n_matrices, n_matrices - 1}) {
    const auto null = laws::gaussian_norm_bounds(48, 32, n, rates.alpha);
    const auto truth = laws::gaussian_norm_bounds(48, 32, n, 2 * rates.miss);
    EXPECT_EQ(1.6 * truth.low > null.high && 0.4 * truth.high < null.low, n == n_matrices);
  }
  EXPECT_THROW((void)laws::matrices_for_gaussian_norm(48, 32, 0.3), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
