#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <tuple>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// Confidence intervals against printed tables, and their agreement with the p-values.
namespace sqrtn::verify {
namespace {

using statistics::Moments;
using statistics::TestResult;

/// A value as a table prints it: within half a unit of the last digit.
struct Printed {
  double value, half_unit;
};
testing::AssertionResult is(double observed, const Printed& printed) {
  if (std::fabs(observed - printed.value) <= printed.half_unit) return testing::AssertionSuccess();
  return testing::AssertionFailure() << observed << " is not " << printed.value;
}

TEST(Intervals, NormalQuantiles) {
  const auto z = [](double alpha) { return statistics::normal_mean_test(0, 0, 1, 1, alpha)->confidence_interval.high; };
  // Abramowitz and Stegun, table 26.5; the last by mpmath.
  EXPECT_TRUE(is(z(0.05), {1.959964, 5e-7}));
  EXPECT_TRUE(is(z(0.01), {2.575829, 5e-7}));
  EXPECT_TRUE(is(z(1e-9), {6.1094102048693971, 1e-14}));
}

TEST(Intervals, ChiSquaredQuantiles) {
  struct Row {
    double dof, upper_tail;
    Printed quantile;
  };
  // Abramowitz and Stegun, table 26.8.
  const std::vector<Row> rows = {
      {1, 0.05, {3.84146, 5e-6}},   {1, 0.995, {3.92704e-5, 5e-11}}, {5, 0.001, {20.515, 5e-4}},
      {10, 0.05, {18.3070, 5e-5}},  {10, 0.005, {25.1882, 5e-5}},    {10, 0.975, {3.24697, 5e-6}},
      {30, 0.005, {53.6720, 5e-5}}, {30, 0.001, {59.703, 5e-4}},     {60, 0.01, {88.3794, 5e-5}},
      {100, 0.05, {124.342, 5e-4}}, {100, 0.995, {67.3276, 5e-5}},
  };
  for (const Row& row : rows) {
    const double alpha = 2 * std::fmin(row.upper_tail, 1 - row.upper_tail);
    const auto interval = statistics::chi_squared_test(1, row.dof, alpha)->confidence_interval;
    EXPECT_TRUE(is(1 / (row.upper_tail < 0.5 ? interval.low : interval.high), row.quantile)) << row.dof;
  }
}

TEST(Intervals, StudentQuantiles) {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: ν, upper tail, t.
  for (const auto& [dof, tail, t] : std::vector<std::tuple<int, double, double>>{{1, 0.025, 12.706},
                                                                                 {5, 0.025, 2.571},
                                                                                 {10, 0.005, 3.169},
                                                                                 {10, 0.001, 4.144},
                                                                                 {30, 0.025, 2.042},
                                                                                 {100, 0.025, 1.984}}) {
    Moments sample;
    for (int i = 0; i <= dof; ++i) sample.add(i);
    const double standard_error = std::sqrt(*sample.unbiased_variance() / (dof + 1));
    const TestResult result = *statistics::student_mean_test(sample, 0, 2 * tail);
    EXPECT_TRUE(is((result.confidence_interval.high - result.estimate) / standard_error, {t, 5e-4})) << dof;
  }
}

TEST(Intervals, ClopperPearson) {
  const auto check = [](std::size_t k, std::size_t n, Printed low, Printed high) {
    const auto interval = statistics::binomial_test(k, n, 0.5, 0.05)->confidence_interval;
    EXPECT_TRUE(is(interval.low, low)) << k << " of " << n;
    EXPECT_TRUE(is(interval.high, high)) << k << " of " << n;
  };
  check(682, 925, {0.7076683, 5e-8}, {0.7654066, 5e-8});          // Conover 1971, as printed by R's binom.test
  check(4, 20, {0.05733399705, 5e-12}, {0.436614002997, 5e-13});  // mpmath
  check(0, 10, {0, 0}, {1 - std::pow(0.025, 0.1), 1e-15});        // (1 − p)¹⁰ = 0.025
  check(10, 10, {std::pow(0.025, 0.1), 1e-15}, {1, 0});
}

TEST(Intervals, Garwood) {
  const auto check = [](std::size_t k, Printed low, Printed high) {
    const auto interval = statistics::poisson_test(k, 1, 0.05).confidence_interval;
    EXPECT_TRUE(is(interval.low, low)) << k;
    EXPECT_TRUE(is(interval.high, high)) << k;
  };
  check(0, {0, 0}, {-std::log(0.025), 1e-14});  // e^−μ = 0.025
  // Garwood's equations solved with mpmath; Biometrika 28 (1936) prints 1.62, 11.67 and 4.80, 18.39.
  check(5, {1.62348639012, 5e-12}, {11.6683320793, 5e-11});
  check(10, {4.79538869613, 5e-12}, {18.390356042, 5e-10});
  check(100, {81.3639912509, 5e-11}, {121.626793792, 5e-10});
}

TEST(Intervals, BetaScale) {
  const TestResult result = statistics::beta_scale_test(0.99, 1, 100, 1, 0.05);  // P(X ≤ x) = x¹⁰⁰
  EXPECT_NEAR(result.confidence_interval.low, 0.99 / std::pow(0.975, 0.01), 1e-15);
  EXPECT_NEAR(result.confidence_interval.high, 0.99 / std::pow(0.025, 0.01), 1e-15);
  EXPECT_NEAR(result.estimate, 0.99 / std::pow(0.5, 0.01), 1e-15);
}

/// A test as a function of one number of the data, its null value, and the range to try.
struct Family {
  const char* name;
  double null_value, low, high;
  std::function<TestResult(double x, double alpha)> test;
};

std::size_t whole(double x) { return static_cast<std::size_t>(std::fmax(0, std::round(x))); }

std::vector<Family> families() {
  std::vector<Family> all;
  for (const double n : {1.0, 50.0, 1e6}) {
    all.push_back({"normal", 3, -20, 26,
                   [n](double x, double a) { return *statistics::normal_mean_test(x, 3, 2, whole(n), a); }});
    all.push_back({"chi_squared", 1, 0, 10 * n + 200,
                   [n](double x, double a) { return *statistics::chi_squared_test(x, n, a); }});
    all.push_back({"second_moment", 1, 0, 40,
                   [n](double x, double a) { return *statistics::second_moment_test(x, 2, 1.8, whole(n + 1), a); }});
    all.push_back(
        {"beta", 0.7, 0, 0.8, [n](double x, double a) { return statistics::beta_scale_test(x, 0.7, n, 1, a); }});
    all.push_back(
        {"beta", 2, 0, 2.1, [n](double x, double a) { return statistics::beta_scale_test(x, 2, 0.5, n, a); }});
    all.push_back({"binomial", 0.3, 0, n,
                   [n](double x, double a) { return *statistics::binomial_test(whole(x), whole(n), 0.3, a); }});
    all.push_back(
        {"poisson", n, 0, 3 * n + 100, [n](double x, double a) { return statistics::poisson_test(whole(x), n, a); }});
    all.push_back({"student", 0, -1e7, 1e7, [n](double x, double a) {
                     Moments sample;
                     for (const double shift : {-1, 0, 1, 2}) sample.add(x / n + shift);
                     return *statistics::student_mean_test(sample, 0, a);
                   }});
  }
  return all;
}

bool agree(const Family& family, double x, double alpha) {
  const TestResult result = family.test(x, alpha);
  return result.rejected == (result.p_value < alpha) &&
         result.rejected != result.confidence_interval.contains(family.null_value);
}

/// Between an accepted and a rejected x, the neighbours at which the verdict turns.
double boundary(const Family& family, double accepted, double rejected, double alpha) {
  while (true) {
    const double middle = accepted + (rejected - accepted) / 2;
    if (middle == accepted || middle == rejected) return middle;
    (family.test(middle, alpha).p_value < alpha ? rejected : accepted) = middle;
  }
}

TEST(Intervals, MissTheNullValueExactlyWhenTheTestRejects) {
  for (const Family& family : families()) {
    for (const double alpha : {1e-9, 1e-3, 0.05, 0.5}) {
      constexpr int n_steps = 200;
      double before = family.low;
      for (int i = 0; i <= n_steps; ++i) {
        const double x = family.low + (family.high - family.low) * i / n_steps;
        ASSERT_TRUE(agree(family, x, alpha)) << family.name << " at " << x << ", alpha " << alpha;
        const bool rejected = family.test(x, alpha).p_value < alpha;
        if (rejected != (family.test(before, alpha).p_value < alpha)) {
          const double edge = rejected ? boundary(family, before, x, alpha) : boundary(family, x, before, alpha);
          double near = edge * (1 - 1e-14);
          for (int k = 0; k < 200; ++k, near = std::nextafter(near, std::numeric_limits<double>::infinity())) {
            ASSERT_TRUE(agree(family, near, alpha)) << family.name << " at " << near << ", alpha " << alpha;
          }
        }
        before = x;
      }
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
