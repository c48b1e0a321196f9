#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "sqrtn/laws/linear.hpp"
#include "sqrtn/laws/product.hpp"
#include "sqrtn/laws/rectified.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// The laws of a product and of one layer: the figures of the page of laws to every printed digit, and
/// the formulas behind them by ways of their own.
namespace sqrtn::verify {
namespace {

constexpr double inv_pi = std::numbers::inv_pi;

TEST(Laws, Product) {
  const laws::ScalarLaw plain = laws::scalar_product(), rectified = laws::rectified_scalar_product();
  EXPECT_EQ(plain.mean, 0);
  EXPECT_EQ(plain.mean_square, 1);
  EXPECT_EQ(plain.variance_of_square, 8);
  EXPECT_DOUBLE_EQ(rectified.mean, inv_pi);
  EXPECT_EQ(rectified.mean_square, 0.5);
  EXPECT_EQ(rectified.variance_of_square, 4.25);
  // A layer of one input and one output is such a product.
  EXPECT_DOUBLE_EQ(laws::linear_mean_square(1, 1), plain.mean_square);
  EXPECT_DOUBLE_EQ(laws::linear_mean_square_variance(1, 1, 1), plain.variance_of_square);
  EXPECT_DOUBLE_EQ(laws::rectified_mean(1, 1), rectified.mean);
  EXPECT_DOUBLE_EQ(laws::rectified_mean_square(1, 1), rectified.mean_square);
  EXPECT_DOUBLE_EQ(laws::rectified_mean_square_variance(1, 1, 1), rectified.variance_of_square);
  EXPECT_NEAR(laws::rectified_mean_variance(1, 1, 1), 0.5 - inv_pi * inv_pi, 1e-15);
}

TEST(Laws, LinearFigures) {
  EXPECT_EQ(laws::linear_mean_square(512, 1), 512);
  EXPECT_NEAR(std::sqrt(laws::linear_mean_square_variance(512, 512, 1)), 45.2990, 5e-5);
  EXPECT_EQ(laws::linear_degrees_of_freedom(512, 10'000), 5'120'000);
  EXPECT_EQ(laws::linear_mean_variance(256, 512, 0.5), 1);
}

/// Var of (1/m)Σyᵢ² over every W of {−a, 0, a}^{m×n} with P(±a) = 1/(2κ), a² = κ (variance 1, kurtosis
/// κ) and every x of the three-point Gauss–Hermite rule, which has the normal's first five moments.
double enumerated_variance(int m, int n, double kurtosis) {
  const auto weight_value = [&](int digit) { return (digit - 1) * std::sqrt(kurtosis); };
  const auto weight_share = [&](int digit) { return digit == 1 ? 1 - 1 / kurtosis : 0.5 / kurtosis; };
  const auto input_value = [](int digit) { return (digit - 1) * std::sqrt(3.0); };
  const auto input_share = [](int digit) { return digit == 1 ? 2.0 / 3 : 1.0 / 6; };
  const int n_states = static_cast<int>(std::lround(std::pow(3, m * n + n)));
  double mean = 0, square = 0;
  for (int state = 0; state < n_states; ++state) {
    double share = 1, sum = 0;
    std::vector<double> x;
    int rest = state;
    for (int j = 0; j < n; ++j, rest /= 3) {
      x.push_back(input_value(rest % 3));
      share *= input_share(rest % 3);
    }
    for (int i = 0; i < m; ++i) {
      double y = 0;
      for (int j = 0; j < n; ++j, rest /= 3) {
        y += weight_value(rest % 3) * x[static_cast<std::size_t>(j)];
        share *= weight_share(rest % 3);
      }
      sum += y * y / m;
    }
    mean += share * sum;
    square += share * sum * sum;
  }
  return square - mean * mean;
}

TEST(Laws, LinearVarianceForAnyKurtosis) {
  for (const double kurtosis : {1.0, 1.8, 2.365537, 3.0, 6.0}) {
    for (const auto& [m, n] : std::vector<std::pair<int, int>>{{1, 1}, {1, 3}, {2, 2}, {3, 1}, {2, 3}, {3, 2}}) {
      const double expected = enumerated_variance(m, n, kurtosis);
      const auto rows = static_cast<std::size_t>(m), cols = static_cast<std::size_t>(n);
      EXPECT_NEAR(laws::linear_mean_square_variance(rows, cols, 1, kurtosis), expected, 1e-12 * expected);
      EXPECT_NEAR(laws::linear_mean_square_variance(rows, cols, 0.1, kurtosis), 0.01 * expected, 1e-14 * expected);
      if (kurtosis != 3) {
        EXPECT_GT(std::fabs(laws::linear_mean_square_variance(rows, cols, 1) / expected - 1), 0.01)
            << "planted fault: κ = 3";
      }
    }
  }
}

TEST(Laws, LinearVarianceGivenX) {
  // y = w₁x₁ + w₂x₂ with signs for weights (κ = 1): y² is (x₁ ± x₂)², each with probability ½.
  const double a = 1.25, b = -0.5, high = (a + b) * (a + b), low = (a - b) * (a - b);
  const double expected = (high - low) * (high - low) / 4;
  EXPECT_NEAR(laws::linear_square_variance_given_x(a * a + b * b, std::pow(a, 4) + std::pow(b, 4), 1, 1), expected,
              1e-14);
  EXPECT_NEAR(laws::linear_square_variance_given_x(2, 1.5, 0.5, 1.8), 0.25 * (8 - 1.2 * 1.5), 1e-15);
}

/// Share of W x with m = n whose S/σ²n lies in the χ²_m interval of this level that takes ‖x‖² for n:
/// the χ² density of ‖x‖² summed by the midpoint rule.
double coverage_without_norm(double n, double alpha) {
  const auto interval = statistics::chi_squared_test(1, n, alpha)->confidence_interval;
  const double low = n / interval.high, high = n / interval.low;
  // From the two-sided p: below the median the lower tail is p/2, above it the upper one.
  const auto lower_tail = [&](double x) {
    const double half = statistics::chi_squared_test(x, n, 0.5)->p_value / 2;
    return x < n ? half : 1 - half;
  };
  const auto outside = [&](double norm_squared) {
    return lower_tail(low / norm_squared) + 1 - lower_tail(high / norm_squared);
  };
  constexpr int n_steps = 4000;
  const double begin = n - 10 * std::sqrt(2 * n), step = 20 * std::sqrt(2 * n) / n_steps;
  double missed = 0;
  for (int i = 0; i < n_steps; ++i) {
    const double t = begin + (i + 0.5) * step;
    const double density = std::exp((n / 2 - 1) * std::log(t / 2) - t / 2 - std::lgamma(n / 2)) / 2;
    missed += step * density * outside(t);
  }
  return 1 - missed;
}

// 83.4 % where 95 % is claimed; digits by mpmath.
TEST(Laws, ForgettingTheNormLosesCoverage) { EXPECT_NEAR(coverage_without_norm(512, 0.05), 0.834300, 1e-5); }

TEST(Laws, ExpectedNorm) {
  EXPECT_NEAR(laws::expected_norm(1), std::sqrt(2 * inv_pi), 1e-15);
  EXPECT_NEAR(laws::expected_norm(2), std::sqrt(std::numbers::pi / 2), 1e-15);
  EXPECT_NEAR(laws::expected_norm(512), 22.616371, 5e-7);
  // mpmath at 40 digits: E‖x‖ and Var ‖x‖ = n − (E‖x‖)².
  struct Row {
    std::size_t n;
    double norm, variance;
  };
  for (const Row& row : std::vector<Row>{{512, 22.61637115849382312, 0.49975562124876511},
                                         {999, 31.599052599527585, 0.49987481228895720},
                                         {1000, 31.614871896980080, 0.49987493753915219},
                                         {1'000'000'000, 31622.776593778099, 0.49999999987499999}}) {
    EXPECT_NEAR(laws::expected_norm(row.n), row.norm, 1e-14 * row.norm);
    // Over this many outputs the mean varies with ‖x‖ almost alone.
    const std::size_t m = std::size_t{1} << 63;
    const double within = static_cast<double>(row.n) * 0x1p-63 * (0.5 - inv_pi / 2);
    EXPECT_NEAR(laws::rectified_mean_variance(m, row.n, 1) - within, row.variance * inv_pi / 2,
                row.n < 1000 ? 2e-13 : 1e-15);
  }
}

TEST(Laws, RectifiedFigures) {
  EXPECT_NEAR(laws::rectified_mean(512, 1), 9.022627, 5e-7);
  EXPECT_NEAR(laws::rectified_mean(512, 2.0 / 512), 0.563914, 5e-7);
  EXPECT_EQ(std::sqrt(laws::rectified_mean_square(512, 1)), 16);
  const std::size_t wide = 1'000'000'000;
  EXPECT_NEAR(laws::rectified_stddev(wide, 1) / std::sqrt(1e9), 0.583819, 5e-7);
  EXPECT_NEAR(std::sqrt(laws::rectified_mean_square_variance(512, 512, 1)), 29.9750, 5e-5);
  EXPECT_NEAR(std::sqrt(laws::rectified_mean_variance(512, 512, 1)), 0.648370, 5e-7);
}

/// By the other law of the layer: Σy²/(σ²‖x‖²) ~ χ²_K, K ~ Binomial(m, ½).
double mean_square_variance_by_count(int m, double n) {
  double fourth = 0;
  for (int k = 0; k <= m; ++k) {
    const double share = std::exp(std::lgamma(m + 1) - std::lgamma(k + 1) - std::lgamma(m - k + 1) - m * std::log(2));
    fourth += share * k * (k + 2.0);
  }
  return n * (n + 2) * fourth / (m * m) - n * n / 4;
}

TEST(Laws, RectifiedSpread) {
  for (const auto& [m, n] : std::vector<std::pair<int, int>>{{1, 1}, {3, 2}, {40, 7}, {100, 300}}) {
    const auto rows = static_cast<std::size_t>(m), cols = static_cast<std::size_t>(n);
    const double expected = mean_square_variance_by_count(m, n);
    EXPECT_NEAR(laws::rectified_mean_square_variance(rows, cols, 1), expected, 1e-10 * expected);
    EXPECT_NEAR(laws::rectified_mean_square_variance(rows, cols, 3), 9 * expected, 1e-9 * expected);
    const double mean = laws::rectified_mean(cols, 3), stddev = laws::rectified_stddev(cols, 3);
    EXPECT_NEAR(mean * mean + stddev * stddev, laws::rectified_mean_square(cols, 3), 1e-13 * n);
  }
  EXPECT_NEAR(laws::rectified_mean_variance(1, 2, 1), 0.75, 1e-15);  // E y = ½, E y² = 1
}

TEST(Laws, MistakesThrow) {
  EXPECT_THROW((void)laws::linear_mean_square(0, 1), std::invalid_argument);
  EXPECT_THROW((void)laws::linear_mean_square(1, 0), std::invalid_argument);
  EXPECT_THROW((void)laws::linear_mean_square_variance(0, 1, 1), std::invalid_argument);
  EXPECT_THROW((void)laws::linear_mean_square_variance(1, 1, std::nan(""), 3), std::invalid_argument);
  EXPECT_THROW((void)laws::linear_mean_square_variance(1, 1, 1, 0.9), std::invalid_argument);
  EXPECT_THROW((void)laws::linear_square_variance_given_x(-1, 1, 1, 3), std::invalid_argument);
  EXPECT_THROW((void)laws::expected_norm(0), std::invalid_argument);
  EXPECT_THROW((void)laws::rectified_mean_variance(0, 1, 1), std::invalid_argument);
  EXPECT_THROW((void)laws::rectified_stddev(1, -1), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
