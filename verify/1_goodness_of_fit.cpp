#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// The tests of a whole distribution: Kolmogorov and Smirnov's, and Pearson's.
namespace sqrtn::verify {
namespace {

using statistics::TestResult;

double uniform_cdf(double x) { return std::clamp(x, 0.0, 1.0); }

/// n draws whose largest distance from U(0, 1) is D, at every one of them but those pushed against 1.
std::vector<double> sample_at_distance(std::size_t n, double D) {
  std::vector<double> sample(n);
  for (std::size_t i = 0; i < n; ++i) sample[i] = std::fmin(static_cast<double>(i) / static_cast<double>(n) + D, 1);
  return sample;
}

double p_value(std::size_t n, double D) {
  return statistics::kolmogorov_smirnov_test<double>(sample_at_distance(n, D), uniform_cdf, 1e-9)->p_value;
}

TEST(Kolmogorov, Bound) {
  struct Row {
    double x, p;
  };
  // 2·exp(−2x²) with mpmath; Smirnov's table prints x = 1.3581 for 5 % and 1.6276 for 1 %.
  const std::vector<Row> rows = {{0.3, 1},
                                 {0.5, 1},
                                 {1, 0.27067056647322538},
                                 {1.3581015, 0.050000004275471998},
                                 {1.6276236, 0.010000001999941367},
                                 {3.5, 4.5794696912911058e-11},
                                 {10, 2.7677930534734751e-87}};
  for (const std::size_t n : {400, 10'000}) {
    for (const Row& row : rows) EXPECT_NEAR(p_value(n, row.x / std::sqrt(n)), row.p, 1e-9 * row.p) << n << ' ' << row.x;
  }
}

TEST(Kolmogorov, BoundsTheExactLaw) {
  struct Row {
    std::size_t n;
    double D, p, excess;
  };
  // Twice Smirnov's exact one-sided probability, summed with mpmath; at these p both sides never meet.
  const std::vector<Row> rows = {{100, 0.2, 5.5519273280746790e-4, 0.21},
                                 {100, 0.33, 3.3303100456853450e-10, 1.09},
                                 {1000, 0.063245553203367587, 6.3976488033365253e-4, 0.05},
                                 {1000, 0.10435516278555652, 6.1783385628405976e-10, 0.13},
                                 {10000, 0.02, 6.6168486393873113e-4, 0.015},
                                 {10000, 0.033, 6.7679696080111444e-10, 0.028}};
  for (const Row& row : rows) {
    EXPECT_GE(p_value(row.n, row.D), row.p) << row.n << ' ' << row.D;
    EXPECT_LE(p_value(row.n, row.D), row.p * (1 + row.excess)) << row.n << ' ' << row.D;
  }
}

TEST(Kolmogorov, IntervalIsDual) {
  for (const std::size_t n : {100, 1000}) {
    for (const double alpha : {1e-9, 1e-3, 0.05, 0.5}) {
      for (double D = 1.0 / static_cast<double>(n); D < 0.5; D *= 1.001) {
        const TestResult result =
            *statistics::kolmogorov_smirnov_test<double>(sample_at_distance(n, D), uniform_cdf, alpha);
        ASSERT_EQ(result.p_value < alpha, !result.confidence_interval.contains(0)) << n << ' ' << D;
        ASSERT_TRUE(result.confidence_interval.contains(result.estimate));
        // Massart's bound on the half width, √(ln(2/α)/2n).
        ASSERT_LE(result.estimate - result.confidence_interval.low,
                  std::sqrt(std::log(2 / alpha) / (2.0 * static_cast<double>(n))));
      }
    }
  }
}

TEST(Kolmogorov, SeesBothSidesAndTies) {
  const auto distance = [](const std::vector<float>& sample) {
    return statistics::kolmogorov_smirnov_test<float>(sample, uniform_cdf, 0.05)->estimate;
  };
  EXPECT_EQ(distance(std::vector<float>(100, 0.25f)), 0.75) << "the step at a tie counts whole";
  EXPECT_EQ(distance(std::vector<float>(100, 0.75f)), 0.75);
  std::vector<float> sample(99, 0.5f);
  sample.push_back(1);
  EXPECT_FLOAT_EQ(static_cast<float>(distance(sample)), 0.5f);
}

// Mendel's peas, 9 : 3 : 3 : 1; X² = 0.470 with 3 degrees of freedom in every textbook.
TEST(Ruler, Pearson) {
  const std::vector<std::size_t> peas{315, 108, 101, 32};
  const std::vector<double> expected{312.75, 104.25, 104.25, 34.75};
  const TestResult result = *statistics::pearson_test(peas, expected, 0.05);
  EXPECT_NEAR(result.statistic, 0.470023980815347722, 1e-14);
  EXPECT_NEAR(result.p_value, 0.149148209792768065, 1e-13);
  EXPECT_NEAR(result.estimate, 0.470023980815347722 / 3, 1e-14);
  EXPECT_EQ(result.n_samples, 556u);
}

}  // namespace
}  // namespace sqrtn::verify
