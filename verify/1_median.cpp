#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "sqrtn/statistics/design.hpp"
#include "sqrtn/statistics/median.hpp"
#include "verify.hpp"

/// The interval that every timing is printed with.
namespace sqrtn::verify {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// P(Binomial(n, ½) < k) from integers: Σ_{j<k} C(n, j) / 2ⁿ, exact for n ≤ 60.
double probability_below(unsigned n, std::size_t k) {
  std::uint64_t sum = 0, choose = 1;
  for (std::size_t j = 0; j < k; ++j) {
    sum += choose;
    choose = choose * (n - j) / (j + 1);
  }
  return std::ldexp(static_cast<double>(sum), -static_cast<int>(n));
}

TEST(Median, OfSmallSamples) {
  EXPECT_EQ(statistics::median(std::vector<double>{}), std::nullopt);
  EXPECT_EQ(statistics::median(std::vector{3.0}), 3.0);
  EXPECT_EQ(statistics::median(std::vector{9.0, 1.0, 4.0}), 4.0);
  EXPECT_EQ(statistics::median(std::vector{9.0, 1.0, 4.0, 2.0}), 3.0);
  EXPECT_EQ(statistics::median(std::vector{1e308, 1.2e308}), 1.1e308);
}

// k is the largest rank whose coverage is still the level asked for.
TEST(Median, RankFromExactBinomialSums) {
  for (const double level : {0.5, 0.9, 0.95, 0.99, 0.999}) {
    for (unsigned n = 1; n <= 60; ++n) {
      const std::size_t k = statistics::median_rank(n, level).value_or(0);
      EXPECT_TRUE(k == 0 || 2 * probability_below(n, k) <= 1 - level) << "n = " << n << ", level " << level;
      EXPECT_TRUE(2 * (k + 1) > n || 2 * probability_below(n, k + 1) > 1 - level) << "n = " << n << ", level " << level;
    }
  }
}

// Ranks of the sign test: the printed critical values for two-sided 5 % and 1 %, plus one.
// Source: Dixon and Mood, J. Amer. Statist. Assoc. 41 (1946) 557, table 1.
TEST(Median, RankFromPrintedTable) {
  struct Row {
    std::size_t n;
    double level;
    std::size_t rank;
  };
  for (const Row& row : {Row{8, 0.99, 1}, Row{11, 0.99, 1}, Row{12, 0.99, 2}, Row{20, 0.99, 4}, Row{25, 0.99, 6},
                         Row{6, 0.95, 1}, Row{20, 0.95, 6}, Row{25, 0.95, 8}, Row{30, 0.95, 10}}) {
    EXPECT_EQ(statistics::median_rank(row.n, row.level), row.rank) << "n = " << row.n << ", level " << row.level;
  }
}

TEST(Median, TooFewForTheLevel) {
  EXPECT_EQ(statistics::median_confidence_interval(std::vector{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0}), std::nullopt);
  const auto interval = statistics::median_confidence_interval(std::vector{8.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0});
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 1);
  EXPECT_EQ(interval->high, 8);
  EXPECT_EQ(statistics::median_rank(0, 0.99), std::nullopt);
}

TEST(Median, RefusesWhatHasNoAnswer) {
  EXPECT_THROW(statistics::median(std::vector{1.0, not_a_number}), std::invalid_argument);
  EXPECT_THROW(statistics::median_confidence_interval(std::vector{1.0, not_a_number}), std::invalid_argument);
  for (const double level : {0.0, 1.0, -0.5, not_a_number}) {
    EXPECT_THROW(statistics::median_rank(20, level), std::invalid_argument) << level;
  }
}

// Claim: the interval misses the median of a skewed law with probability 2·P(Binomial(n, ½) < k).
// Design: resolve a rank that is off by one, in either direction.
TEST(Median, IntervalCoversAsOftenAsStated) {
  constexpr unsigned n = 25;
  const std::size_t k = *statistics::median_rank(n, 0.99);
  const double misses = 2 * probability_below(n, k);
  const double effect = std::min(1 - probability_below(n, k - 1) / probability_below(n, k),
                                 probability_below(n, k + 1) / probability_below(n, k) - 1);
  const statistics::ErrorRates rates;
  const std::size_t n_trials = statistics::n_samples_for_probability(misses, effect, rates);

  std::mt19937_64 engine(settings().seed);
  std::exponential_distribution<double> law;
  std::size_t missed = 0;
  std::vector<double> sample(n);
  for (std::size_t trial = 0; trial < n_trials; ++trial) {
    for (double& x : sample) x = law(engine);
    missed += !statistics::median_confidence_interval(sample, 0.99)->contains(std::log(2.0));
  }

  const auto test = statistics::binomial_test(missed, n_trials, misses, rates.alpha);
  ASSERT_TRUE(test);
  EXPECT_GE(test->p_value, rates.alpha) << missed << " of " << n_trials << " missed, expected " << misses * n_trials;
}

}  // namespace
}  // namespace sqrtn::verify
