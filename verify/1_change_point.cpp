#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "sqrtn/statistics/change_point.hpp"
#include "verify.hpp"

/// The history's statistics: error rates under looking again, and what is found.
namespace sqrtn::verify {
namespace {

using statistics::find_changes;
using statistics::LevelChange;

constexpr double claim_alpha = 1e-9;

using Draw = double (*)(std::mt19937_64&);
double normal(std::mt19937_64& random) { return std::normal_distribution<double>()(random); }
double cauchy(std::mt19937_64& random) { return std::cauchy_distribution<double>()(random); }
/// Ties everywhere: a clock that ticks.
double ticks(std::mt19937_64& random) { return std::floor(3 * std::exponential_distribution<double>()(random)); }

std::vector<double> draws(std::size_t n, Draw draw, std::mt19937_64& random) {
  std::vector<double> series(n);
  for (double& x : series) x = draw(random);
  return series;
}

// At a level that so few series can refute, looked at after every observation.
TEST(ChangePoints, FalseAlarmsAreAsRareAsStated) {
  const auto count = static_cast<std::size_t>(1'500 / settings().effect_scale);
  std::mt19937_64 random(settings().seed);
  for (const Draw draw : {normal, cauchy, ticks}) {
    std::size_t alarmed = 0;
    for (std::size_t i = 0; i < count; ++i)
      alarmed += find_changes(draws(400, draw, random), 0.4, i).changes.empty() ? 0 : 1;
    EXPECT_GE(statistics::binomial_test(alarmed, count, 0.4, claim_alpha)->confidence_interval.high, 0.02) << alarmed;
    EXPECT_LE(statistics::binomial_test(alarmed, count, 0.4, claim_alpha)->confidence_interval.low, 0.4) << alarmed;
  }
}

std::vector<double> stepped(std::size_t before, std::size_t after, double step, std::mt19937_64& random) {
  std::vector<double> series = draws(before + after, normal, random);
  for (std::size_t i = before; i < series.size(); ++i) series[i] += step;
  return series;
}

// Ten standard deviations cannot be missed: two observations beyond all others say enough, after few before them too.
// In one of a hundred series noise is taken for a change before; of 200 more than 15 are with a probability below 1e-9.
TEST(ChangePoints, AStepIsFoundWhereItIs) {
  std::mt19937_64 random(settings().seed);
  std::size_t found = 0, within = 0, in_vain = 0, soon = 0;
  for (const double step : {10.0, -10.0}) {
    for (std::size_t i = 0; i < 100; ++i) {
      const std::size_t before = i % 2 == 0 ? 30 : 100;
      const auto trend = find_changes(stepped(before, 40, step, random), 0.01, i);
      if (trend.changes.empty()) continue;  // noise that looks correlated by chance is told from a step by none
      const LevelChange& change = trend.changes[0];
      if (change.found <= before) {
        ++in_vain;
        continue;
      }
      EXPECT_EQ(change.up, step > 0);
      EXPECT_LE(change.earliest, change.place);
      EXPECT_LE(change.place, change.latest);
      EXPECT_LE(change.latest, change.found);
      EXPECT_NEAR(static_cast<double>(change.place), static_cast<double>(before), 12);
      EXPECT_GE(change.found, before + 2);
      EXPECT_LE(change.found, before + 24);
      ++found;
      soon += before == 100 && change.found <= before + 3 ? 1 : 0;
      within += change.earliest <= before && before <= change.latest ? 1 : 0;
    }
  }
  EXPECT_LE(in_vain, 15u);
  EXPECT_GE(found + in_vain, 195u);
  EXPECT_GE(soon, 75u) << "after 100 observations three or four are enough";
  EXPECT_GE(within, 150u) << "the range holds the place in about 95 of 100, and not 3 in 4";
}

TEST(ChangePoints, SeveralAreFound) {
  std::mt19937_64 random(settings().seed);
  std::vector<double> series = stepped(60, 60, 10, random);
  for (const double x : draws(60, normal, random)) series.push_back(x - 10);
  const auto trend = find_changes(series, 0.01);
  ASSERT_EQ(trend.changes.size(), 2u);
  EXPECT_TRUE(trend.changes[0].up);
  EXPECT_FALSE(trend.changes[1].up);
  EXPECT_NEAR(static_cast<double>(trend.changes[1].place), 120, 3);
}

// What was said stays said, whatever comes; only ranks count, and down is up turned over.
TEST(ChangePoints, DependOnThePastAndOnRanksAlone) {
  std::mt19937_64 random(settings().seed);
  const std::vector<double> series = stepped(50, 100, 4, random);
  const auto whole = find_changes(series, 0.01).changes;
  ASSERT_FALSE(whole.empty());
  for (std::size_t n = 0; n <= series.size(); n += 7) {
    const auto part = find_changes(std::span(series).first(n), 0.01).changes;
    const auto told = std::ranges::count_if(whole, [n](const LevelChange& change) { return change.found < n; });
    EXPECT_TRUE(std::ranges::equal(part, std::span(whole).first(static_cast<std::size_t>(told)))) << n;
  }
  std::vector<double> stretched = series, mirrored = series;
  for (double& x : stretched) x = std::exp(x);
  for (double& x : mirrored) x = -x;
  EXPECT_EQ(find_changes(stretched, 0.01).changes, whole);
  auto turned = find_changes(mirrored, 0.01).changes;
  for (LevelChange& change : turned) change.up = !change.up;
  EXPECT_EQ(turned, whole);
}

TEST(ChangePoints, AConstantSeriesHasNone) {
  const auto trend = find_changes(std::vector<double>(500, 1.0), 0.01);
  EXPECT_TRUE(trend.changes.empty());
  EXPECT_TRUE(trend.able);
  EXPECT_FALSE(find_changes(std::vector<double>(8, 1.0), 0.01).able) << "8! permutations are too few";
  EXPECT_TRUE(find_changes({}, 0.01).changes.empty());
}

// An autoregression of 0.6 has means four times as variable: that is seen, and independent noise is left alone.
TEST(ChangePoints, CorrelationIsSeen) {
  std::mt19937_64 random(settings().seed);
  double x = 0, sum = 0;
  for (int i = 0; i < 100; ++i) {
    std::vector<double> series(200);
    for (double& value : series) value = x = 0.6 * x + 0.8 * normal(random);
    sum += find_changes(series, 1e-9).noise_factor / 100;
  }
  EXPECT_NEAR(sum, 2, 0.4);
  double independent = 0;
  for (int i = 0; i < 100; ++i) independent += find_changes(draws(200, normal, random), 1e-9).noise_factor / 100;
  EXPECT_LT(independent, 1.15);
}

TEST(ChangePoints, RefuseWhatIsNoSeries) {
  const std::vector<double> series{1, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_THROW(static_cast<void>(find_changes(series, 0.01)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(find_changes({}, 0)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(find_changes({}, 0.5)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(find_changes(std::vector<double>(20'001, 1.0), 0.01)), std::invalid_argument);
}

// Among 5 and 4 exchangeable ones the two extreme of 126 orders have 0.8 % each, so no rank serves; among 6 and 5, of
// 462 orders, the first two have 0.43 %: the second smallest difference bounds the shift.
TEST(Shift, TheIntervalIsOfOrderedDifferences) {
  const std::vector<double> before{1, 2, 3, 4, 5, 6}, after{11.3, 12.1, 13.6, 14.2, 15.7};
  const auto few = statistics::shift_between(std::span(before).first(5), std::span(after).first(4));
  EXPECT_TRUE(std::isinf(few.interval.low) && std::isinf(few.interval.high));
  const auto shift = statistics::shift_between(before, after);
  EXPECT_NEAR(shift.interval.low, 12.1 - 6, 1e-12);
  EXPECT_NEAR(shift.interval.high, 15.7 - 2, 1e-12);
  EXPECT_NEAR(shift.estimate, 9.8, 0.3);
  EXPECT_THROW(static_cast<void>(statistics::shift_between({}, after)), std::invalid_argument);
}

TEST(Shift, TheIntervalCovers) {
  std::mt19937_64 random(settings().seed);
  const auto count = static_cast<std::size_t>(4'000 / settings().effect_scale);
  std::size_t missed = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto shift = statistics::shift_between(draws(50, normal, random), draws(12, normal, random));
    missed += shift.interval.contains(0) ? 0 : 1;
  }
  const auto rate = statistics::binomial_test(missed, count, 0.01, claim_alpha)->confidence_interval;
  EXPECT_LE(rate.low, 0.01) << missed;
  EXPECT_GE(rate.high, 0.007) << missed;
}

}  // namespace
}  // namespace sqrtn::verify
