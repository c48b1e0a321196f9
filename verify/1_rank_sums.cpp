#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "statistics/rank_sums.hpp"
#include "statistics/separation.hpp"
#include "verify.hpp"

/// What the history's thresholds rest on: the law of sums of scores against every permutation, and wagers that are
/// fair.
namespace sqrtn::verify {
namespace {

using statistics::rank_scores;

/// Whether the sum of a permutation's sequential ranks reaches its threshold at any look.
bool alarms(const std::vector<int>& values, std::size_t shift, const statistics::Thresholds& thresholds) {
  std::int32_t sum = 0;
  for (std::size_t n = 1; n <= values.size(); ++n) {
    const auto rank = std::count_if(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n) - 1,
                                    [&](int other) { return other < values[n - 1]; });
    sum = std::max(0, sum + rank_scores(shift, n)[static_cast<std::size_t>(rank)]);
    if (sum >= thresholds[n - 1]) return true;
  }
  return false;
}

// P(alarm) = number of the 8! permutations that alarm at any of 8 looks, exactly.
TEST(RankSums, TheLawIsThatOfAllPermutations) {
  constexpr std::size_t n = 8;
  for (std::size_t k = 0; k < statistics::sought_shifts.size(); ++k) {
    const auto kept = statistics::sum_thresholds(0.45, n)[k];
    statistics::Thresholds thresholds(kept->begin(), kept->begin() + n);
    for (std::size_t i = 3; i < n; ++i) thresholds[i] = std::min(thresholds[i], 24 + static_cast<std::int32_t>(2 * i));
    std::vector<int> values(n);
    std::iota(values.begin(), values.end(), 0);
    std::size_t alarmed = 0, all = 0;
    do {
      alarmed += alarms(values, k, thresholds) ? 1 : 0;
      ++all;
    } while (std::ranges::next_permutation(values).found);
    EXPECT_EQ(all, 40'320u);
    EXPECT_GT(alarmed, 1'000u) << "the thresholds are out of reach";
    EXPECT_NEAR(statistics::alarm_probability(k, thresholds) * 40'320, static_cast<double>(alarmed), 1e-8);
  }
}

// Of what may be spent by n looks nothing is overspent, and little is left.
TEST(RankSums, TheLevelIsSpentOverTheLooks) {
  for (const double level : {1e-2, 1e-9}) {
    for (std::size_t k = 0; k < statistics::sought_shifts.size(); ++k) {
      const auto thresholds = statistics::sum_thresholds(level, 700)[k];
      for (const std::size_t n : {100, 700}) {
        const statistics::Thresholds looks(thresholds->begin(), thresholds->begin() + static_cast<std::ptrdiff_t>(n));
        const double allowed = level * static_cast<double>(n) / (static_cast<double>(n) + 250);
        const double spent = statistics::alarm_probability(k, looks);
        EXPECT_LE(spent, allowed * (1 + 1e-9)) << n;
        EXPECT_GT(spent, 0.9 * allowed) << n;
      }
    }
  }
}

// log of 0.9·LR + 0.1, in sixteenths; the mean of the ratio over the ranks is 1 but for the rounding.
TEST(RankSums, ScoresAreLikelihoodRatios) {
  const auto scores = rank_scores(1, 2);  // δ = 2: the upper half of the ranks has Φ(2) under it
  const double above = std::erfc(-2 / std::sqrt(2.0)) / 2;
  EXPECT_EQ(scores[1], std::lround(16 * std::log(0.9 * 2 * above + 0.1)));
  EXPECT_EQ(scores[0], std::lround(16 * std::log(0.9 * 2 * (1 - above) + 0.1)));
  for (std::size_t k = 0; k < statistics::sought_shifts.size(); ++k) {
    double mean = 0;
    for (const int score : rank_scores(k, 500)) mean += std::exp(score / 16.0) / 500;
    EXPECT_NEAR(mean, 1, 0.02);  // a score is off by 1/32 at most, and up as often as down
  }
}

// Σ over n ≥ first of 1/C(n, m), summed term by term, is within the level, and one look earlier it is not.
TEST(Separation, TheFirstLookSpendsTheLevel) {
  for (const double level : {1e-3, 1e-5}) {
    for (const std::size_t m : {3, 4, 6}) {
      const std::size_t first = statistics::first_look_at_highest(m, level);
      double sum = 0, one_more = 0;
      for (std::size_t n = 100'000; n + 1 >= first; --n) {
        double term = 1;
        for (std::size_t i = 0; i < m; ++i) term *= static_cast<double>(i + 1) / static_cast<double>(n - i);
        (n >= first ? sum : one_more) += term;
      }
      EXPECT_LE(sum, level) << m;
      EXPECT_GT(sum + one_more, 0.98 * level) << m << ": later than it need be";
    }
  }
  double parts = 0;
  for (std::size_t m = 3; m <= 16; ++m) parts += statistics::part_of_highest(m);
  EXPECT_NEAR(parts, 1, 1e-12);
}

// Which of all 8! permutations are alarms: those whose newest m are above all others at a look that counts.
TEST(Separation, TheHighestAreFoundInEveryPermutation) {
  constexpr double level = 0.45;
  std::vector<int> values(8);
  std::iota(values.begin(), values.end(), 0);
  std::size_t alarmed = 0;
  do {
    statistics::Separation apart(level, 1e-300);
    bool told = false, expected = false;
    for (std::size_t n = 1; n <= values.size(); ++n) {
      const auto newest = values.begin() + static_cast<std::ptrdiff_t>(n) - 1;
      apart.add(static_cast<std::size_t>(std::count_if(values.begin(), newest, [&](int x) { return x > *newest; })), n);
      told = told || apart.best();
      for (std::size_t m = 3; m < n; ++m) {
        if (n < statistics::first_look_at_highest(m, level * statistics::part_of_highest(m))) continue;
        const auto place = newest + 1 - static_cast<std::ptrdiff_t>(m);
        expected = expected || *std::max_element(values.begin(), place) < *std::min_element(place, newest + 1);
      }
    }
    ASSERT_EQ(told, expected);
    alarmed += told ? 1 : 0;
  } while (std::ranges::next_permutation(values).found);
  EXPECT_GT(alarmed, 1'000u) << "the looks are out of reach";
  EXPECT_LE(static_cast<double>(alarmed), level * 40'320);
}

/// Logarithm of the wealth after m above all of b, by the five laws that are sought.
double wealth_above_all(std::size_t b, std::size_t m) {
  const double all = 1 / static_cast<double>(b + 1);
  // The quantile by bisection: that of the library is what is tested.
  double low = 0, high = 9;
  for (int i = 0; i < 100; ++i)
    (std::erfc((low + high) / 2 / std::sqrt(2.0)) / 2 > all ? low : high) = (low + high) / 2;
  const auto shifted = [&](double by) { return std::erfc((low - by) / std::sqrt(2.0)) / 2; };
  const std::pair<double, double> weighted[] = {
      {0.25, shifted(2)}, {0.15, shifted(3.5)}, {0.2, all * 16}, {0.25, all * 8}, {0.15, all * 4}};
  double sum = 0;
  for (const auto& [weight, share] : weighted) {
    sum += weight * std::pow(0.97 * share + 0.03 * all, static_cast<double>(m));
  }
  for (std::size_t i = 1; i <= m; ++i) sum *= static_cast<double>(b + i) / static_cast<double>(i);
  return std::log(sum);
}

// Wagers at the exact odds: C(b + m, m) after m that are above all of the b before.
TEST(Separation, TheWealthIsThatOfTheOdds) {
  statistics::Separation apart(1e-300, 1e-4);
  constexpr std::size_t before = 50;
  for (std::size_t n = 1; n <= before; ++n) apart.add(n / 2, n);
  EXPECT_FALSE(apart.best());
  std::size_t m = 0;
  do {
    ++m;
    apart.add(0, before + m);
    EXPECT_NEAR(apart.wealth_of(before), wealth_above_all(before, m), 1e-9) << m;
    EXPECT_EQ(apart.best().has_value(), apart.wealth_of(before) >= std::log(200.0 * 199 / 150 / 1e-4)) << m;
  } while (!apart.best());
  EXPECT_EQ(apart.best()->place, before);
}

TEST(Separation, SaysWhatItCouldFind) {
  const statistics::Separation apart(1e-3, 1e-3);
  EXPECT_TRUE(apart.able(50));
  EXPECT_FALSE(apart.able(12));
}

// A wager of 1 is worth 1 in the mean, whatever the ranks before: over all ranks of the next observation. What has lost
// all but e^-6 is given up, and worth less.
TEST(Separation, TheWagersAreFair) {
  std::mt19937_64 random(settings().seed);
  for (const std::size_t n : {5, 17, 40, 1'500}) {
    statistics::Separation past(1e-3, 1e-3);
    for (std::size_t i = 1; i <= n; ++i) past.add(random() % i / 3, i);
    for (const std::size_t b : {n - 1, n - 3}) {
      if (std::isinf(past.wealth_of(b))) continue;
      double mean = 0;
      for (std::size_t rank = 0; rank <= n; ++rank) {
        statistics::Separation next = past;
        next.add(rank, n + 1);
        mean += std::exp(next.wealth_of(b) - past.wealth_of(b)) / static_cast<double>(n + 1);
      }
      EXPECT_LE(mean, 1 + 1e-9) << n << ' ' << b;
      EXPECT_GE(mean, 0.97) << n << ' ' << b;
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
