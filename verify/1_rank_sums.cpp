#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
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

// The wagers alone, at the exact odds: 0.9^m·C(b + m, m) after m that are above all of the b before.
TEST(Separation, TheWealthIsThatOfTheOdds) {
  statistics::Separation apart(1e-4);
  constexpr std::size_t before = 50;
  for (std::size_t n = 1; n <= before; ++n) apart.add(n / 2, n);
  EXPECT_FALSE(apart.best());
  double wealth = 0;
  std::size_t m = 0;
  do {
    ++m;
    apart.add(0, before + m);
    wealth += std::log(0.9 * static_cast<double>(before + m) / static_cast<double>(m));
    EXPECT_EQ(apart.best().has_value(), wealth >= std::log(300.0 * 299 / 250 / 1e-4)) << m;
  } while (!apart.best());
  EXPECT_EQ(apart.best()->place, before);
  EXPECT_NEAR(apart.best()->wealth, wealth, 1e-9);
  EXPECT_TRUE(apart.able(before));
  EXPECT_FALSE(apart.able(10));
}

// A wager of 1 is worth 1 in the mean, whatever the ranks before: over all ranks of the next observation.
TEST(Separation, TheWagersAreFair) {
  std::mt19937_64 random(settings().seed);
  for (const std::size_t n : {5, 17, 40}) {
    // With a level so high that every wager is enough, the best is the largest wealth.
    statistics::Separation past(1e300);
    for (std::size_t i = 1; i <= n; ++i) past.add(random() % i, i);
    ASSERT_TRUE(past.best());
    for (const std::size_t b : {n - 1, n - 3}) {
      for (std::size_t kind = 0; kind < 2; ++kind) {
        double mean = 0;
        for (std::size_t rank = 0; rank <= n; ++rank) {
          statistics::Separation next = past;
          next.add(rank, n + 1);
          mean += std::exp(next.wealth_of(kind, b) - past.wealth_of(kind, b)) / static_cast<double>(n + 1);
        }
        EXPECT_NEAR(mean, 1, 1e-12) << n << ' ' << b << ' ' << kind;
      }
    }
  }
}

}  // namespace
}  // namespace sqrtn::verify
