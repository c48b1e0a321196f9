#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "sqrtn/statistics/unpaired.hpp"
#include "verify.hpp"

/// The interval of the shift between two samples: against printed critical values, and how often it covers.
namespace sqrtn::verify {
namespace {

using statistics::shift_interval;

/// 0, 1, 2 and so on, so many times as far apart.
std::vector<double> steps(std::size_t n, double step) {
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(step * static_cast<double>(i));
  return values;
}

struct Critical {
  std::size_t n, m;
  double level;
  std::size_t rank;  ///< one more than the printed critical value of U, two-sided
};

// Printed: the largest U that is significant, two-sided, is 1, 9 and 19 at 0.02 for n = m of 5, 8 and 10, and 23, 8 and
// 127 at 0.05 for 10 and 10, 5 and 10, 20 and 20. Source: Auble, Bull. Inst. Educ. Res. Indiana Univ. 1 (1953), as
// Siegel's Nonparametric Statistics (1956) prints it, table K.
TEST(ShiftInterval, RanksAreThePrintedOnes) {
  for (const Critical& c : {Critical{5, 5, 0.98, 2},
                            {8, 8, 0.98, 10},
                            {10, 10, 0.98, 20},
                            {10, 10, 0.95, 24},
                            {5, 10, 0.95, 9},
                            {20, 20, 0.95, 128}}) {
    const std::vector<double> older = steps(c.n, 1), newer = steps(c.m, 100);
    std::vector<double> differences;
    for (const double b : newer) {
      for (const double a : older) differences.push_back(b - a);
    }
    std::ranges::sort(differences);
    const auto interval = shift_interval(older, newer, c.level);
    ASSERT_TRUE(interval) << c.n;
    EXPECT_EQ(interval->low, differences[c.rank - 1]) << c.n << ' ' << c.m;
    EXPECT_EQ(interval->high, differences[differences.size() - c.rank]) << c.n << ' ' << c.m;
  }
}

// 5 and 5 have 252 orders: 99 % leaves 2 of them out. 4 and 5 have 126.
TEST(ShiftInterval, FiveRepetitionsAreTheFewest) {
  const auto five = shift_interval(steps(5, 1), steps(5, 10));
  ASSERT_TRUE(five);
  EXPECT_EQ(five->low, -4);
  EXPECT_EQ(five->high, 40);
  EXPECT_FALSE(shift_interval(steps(4, 1), steps(5, 10)));
  EXPECT_FALSE(shift_interval({}, {}));
  EXPECT_FALSE(shift_interval(steps(5, 1), steps(40, 1))) << "a median of five has no interval";
}

// Log-normal draws of one law, moved: it covers at least as often as it says, and counted exactly not much more often.
TEST(ShiftInterval, CoversAsOftenAsItSays) {
  const auto runs = static_cast<std::size_t>(20'000 / settings().effect_scale);
  std::mt19937_64 random(settings().seed);
  std::lognormal_distribution<double> law(0, 1);
  for (const auto& [n, m] : {std::pair{5, 7}, {12, 12}, {30, 30}}) {
    std::size_t missed = 0;
    for (std::size_t run = 0; run < runs; ++run) {
      std::vector<double> older, newer;
      for (int i = 0; i < n; ++i) older.push_back(law(random));
      for (int i = 0; i < m; ++i) newer.push_back(law(random) + 3);
      const auto interval = shift_interval(older, newer, 0.95);
      missed += !(interval->low <= 3 && 3 <= interval->high);
    }
    const auto test = statistics::binomial_test(missed, runs, 0.05, 1e-9);
    EXPECT_LE(test->confidence_interval.low, 0.05) << n;
    if (n < 26) {
      EXPECT_GE(test->confidence_interval.high, 0.03) << n << ": wider than it says";
    }
  }
}

TEST(ShiftInterval, RefusesWhatIsNoNumber) {
  const std::vector<double> good = steps(5, 1);
  std::vector<double> bad = good;
  bad[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(shift_interval(good, bad)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(shift_interval(good, good, 1)), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
