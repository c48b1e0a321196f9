#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// What every test makes of too little data, mistaken arguments and data that no law produces.
namespace sqrtn::verify {
namespace {

using statistics::Moments;
using statistics::TestResult;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

double unit_cdf(double x) { return std::clamp(x, 0.0, 1.0); }

TEST(Arguments, TooLittleDataIsEmpty) {
  const std::vector<double> few(99, 0.5);
  Moments one, constant;
  one.add(1);
  for (int i = 0; i < 5; ++i) constant.add(1);
  EXPECT_FALSE(statistics::normal_mean_test(0, 0, 1, 0, 0.05));
  EXPECT_FALSE(statistics::student_mean_test(one, 0, 0.05));
  EXPECT_FALSE(statistics::student_mean_test(constant, 0, 0.05));
  EXPECT_FALSE(statistics::chi_squared_test(0, 0, 0.05));
  EXPECT_FALSE(statistics::second_moment_test(1, 1, 3, 1, 0.05));
  EXPECT_FALSE(statistics::binomial_test(0, 0, 0.5, 0.05));
  EXPECT_FALSE(statistics::kolmogorov_smirnov_test<double>(few, unit_cdf, 0.05));
  const std::vector<std::size_t> counts{20, 40};
  EXPECT_FALSE(statistics::pearson_test(counts, std::vector<double>{24, 36}, 0.05));
  EXPECT_FALSE(statistics::pearson_test(std::vector<std::size_t>{60}, std::vector<double>{60}, 0.05));
}

TEST(Arguments, NotFiniteThrows) {
  Moments pair;
  pair.add(0);
  pair.add(1);
  const std::vector<double> ascending(100, 0.5);
  const std::vector<std::size_t> counts{50, 50};
  using namespace statistics;
  const std::vector<std::function<void(double bad)>> calls = {
      [](double bad) { (void)normal_mean_test(0, bad, 1, 5, 0.05); },
      [](double bad) { (void)normal_mean_test(0, 0, bad, 5, 0.05); },
      [](double bad) { (void)normal_mean_test(0, 0, 1, 5, bad); },
      [&](double bad) { (void)student_mean_test(pair, bad, 0.05); },
      [&](double bad) { (void)student_mean_test(pair, 0, bad); },
      [](double bad) { (void)chi_squared_test(1, bad, 0.05); },
      [](double bad) { (void)chi_squared_test(1, 1, bad); },
      [](double bad) { (void)second_moment_test(1, bad, 3, 5, 0.05); },
      [](double bad) { (void)second_moment_test(1, 1, bad, 5, 0.05); },
      [](double bad) { (void)binomial_test(1, 2, bad, 0.05); },
      [](double bad) { (void)binomial_test(1, 2, 0.5, bad); },
      [](double bad) { (void)poisson_test(1, bad, 0.05); },
      [](double bad) { (void)poisson_test(1, 1, bad); },
      [](double bad) { (void)beta_scale_test(1, bad, 1, 1, 0.05); },
      [](double bad) { (void)beta_scale_test(1, 1, bad, 1, 0.05); },
      [](double bad) { (void)beta_scale_test(1, 1, 1, bad, 0.05); },
      [&](double bad) { (void)kolmogorov_smirnov_test<double>(ascending, unit_cdf, bad); },
      [&](double bad) {
        (void)kolmogorov_smirnov_test<double>(
            ascending, [bad](double) { return bad; }, 0.05);
      },
      [&](double bad) {
        (void)pearson_test(counts, std::vector<double>{50, bad}, 0.05);
      },
      [&](double bad) {
        (void)pearson_test(counts, std::vector<double>{50, 50}, bad);
      },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    for (const double bad : {nan, infinity, -infinity}) EXPECT_THROW(calls[i](bad), std::invalid_argument) << i;
  }
}

TEST(Arguments, OutOfRangeThrows) {
  using namespace statistics;
  std::vector<double> descending(100, 0.5);
  descending.back() = 0.25;
  const std::vector<std::size_t> counts{50, 50};
  EXPECT_THROW((void)normal_mean_test(0, 0, 0, 5, 0.05), std::invalid_argument);
  EXPECT_THROW((void)normal_mean_test(0, 0, 1, 5, 0), std::invalid_argument);
  EXPECT_THROW((void)normal_mean_test(0, 0, 1, 5, 1), std::invalid_argument);
  EXPECT_THROW((void)second_moment_test(1, 1, 1, 5, 0.05), std::invalid_argument);
  EXPECT_THROW((void)chi_squared_test(-1, 5, 0.05), std::invalid_argument);
  EXPECT_THROW((void)binomial_test(3, 2, 0.5, 0.05), std::invalid_argument);
  EXPECT_THROW((void)binomial_test(1, 2, 1.01, 0.05), std::invalid_argument);
  EXPECT_THROW((void)beta_scale_test(-1, 1, 1, 1, 0.05), std::invalid_argument);
  EXPECT_THROW((void)kolmogorov_smirnov_test<double>(descending, unit_cdf, 0.05), std::invalid_argument);
  EXPECT_THROW((void)pearson_test(counts, std::vector<double>{100}, 0.05), std::invalid_argument);
}

TEST(Arguments, DataThatNoLawProducesAreRejected) {
  for (const double bad : {nan, infinity}) {
    Moments poisoned;
    for (const double x : {0.0, bad, 1.0}) poisoned.add(x);
    std::vector<double> draws(200, 0.5);
    draws.back() = bad;
    for (const TestResult& result :
         {*statistics::normal_mean_test(bad, 0, 1, 5, 0.05), *statistics::student_mean_test(poisoned, 0, 0.05),
          *statistics::chi_squared_test(bad, 5, 0.05), *statistics::second_moment_test(bad, 1, 3, 5, 0.05),
          statistics::beta_scale_test(bad, 1, 5, 1, 0.05),
          *statistics::kolmogorov_smirnov_test<double>(draws, unit_cdf, 0.05)}) {
      EXPECT_EQ(result.p_value, 0);
      for (const double null_value : {0.0, 1.0, infinity})
        EXPECT_FALSE(result.confidence_interval.contains(null_value));
    }
  }
  const std::vector<std::size_t> one_draw_missing{49, 50};
  EXPECT_EQ(statistics::pearson_test(one_draw_missing, std::vector<double>{50, 50}, 0.05)->p_value, 0);
  EXPECT_EQ(statistics::beta_scale_test(1, 1, 5, 1, 0.05).p_value, 0) << "the end of the support";
  EXPECT_EQ(statistics::binomial_test(1, 5, 0, 0.05)->p_value, 0);
  EXPECT_EQ(statistics::binomial_test(0, 5, 0, 0.05)->p_value, 1);
  EXPECT_EQ(statistics::binomial_test(5, 5, 1, 0.05)->p_value, 1);
}

}  // namespace
}  // namespace sqrtn::verify
