#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "sqrtn/laws/activation.hpp"
#include "sqrtn/laws/chain.hpp"
#include "sqrtn/laws/prediction.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// The laws of deep chains: the figures of the page of laws to every printed digit, and the sums of
/// logarithms by closed forms of their own.
namespace sqrtn::verify {
namespace {

using laws::LogSum;

double chi_squared_cdf(double dof, double x) { return cdf(boost::math::chi_squared(dof), x); }

TEST(ChainLaws, Figures) {
  const LogSum linear = laws::linear_chain(512, 1, 1.0 / 512);
  EXPECT_NEAR(linear.mean(), -0.00195440, 5e-9);
  EXPECT_NEAR(linear.variance(), 0.00391389, 5e-9);
  const LogSum relu = laws::rectified_chain(512, 1, 2.0 / 512), narrow = laws::rectified_chain(100, 1, 2.0 / 100);
  EXPECT_NEAR(relu.mean(), -0.00489848, 5e-9);
  EXPECT_NEAR(relu.variance(), 0.00983684, 5e-9);
  EXPECT_NEAR(narrow.mean(), -0.02542089, 5e-9);
  EXPECT_NEAR(narrow.variance(), 0.05193999, 5e-9);
  // A hundred layers: the RMS is around e^−0.098, with a factor e^±0.313.
  const LogSum deep = laws::linear_chain(512, 100, 1.0 / 512);
  EXPECT_NEAR(deep.mean() / 2, -0.098, 5e-4);
  EXPECT_NEAR(deep.stddev() / 2, 0.313, 5e-4);
  for (const double ordinary : {0.55, 1.44}) EXPECT_GT(laws::root(deep).p_value(ordinary), 0.05) << ordinary;
}

TEST(ChainLaws, GlorotUnderReluLosesAFactorTwoALayer) {
  const init::Activation& relu = init::find_activation("relu");
  double q = 1;
  for (int layer = 0; layer < 100; ++layer) q = laws::variance_map(relu, 1, q);
  EXPECT_NEAR(std::sqrt(q), 8.9e-16, 5e-18);
}

TEST(ChainLaws, OverflowAtIndex27Or28) {
  const LogSum step = laws::linear_chain(512, 1, 1);
  EXPECT_NEAR(std::log10(std::sqrt(512.0)), 1.354635, 5e-7);
  EXPECT_NEAR(std::log10(laws::float_overflow), 38.5318, 5e-5);
  EXPECT_NEAR(step.mean(), std::log(512) - 0.0019544, 1e-7);
  const auto first = laws::first_overflow(512, 100, 1, false, laws::float_overflow);
  ASSERT_EQ(first.size(), 101u);
  EXPECT_GT(first[27] + first[28], 0.999);
  EXPECT_NEAR(std::accumulate(first.begin(), first.end(), 0.0), 1, 1e-12);
}

TEST(ChainLaws, FlushingSubnormalsKillsTenLayersEarlier) {
  EXPECT_NEAR(laws::float_flush, 1.18e-38, 5e-41);
  EXPECT_NEAR(2 * laws::float_underflow, 1.4e-45, 5e-47);
  const auto kept = laws::first_vanishing(512, 100, 1e-4, false, laws::float_underflow);
  const auto flushed = laws::first_vanishing(512, 100, 1e-4, false, laws::float_flush);
  const laws::Prediction late = laws::counts(0, kept, ""), early = laws::counts(0, flushed, "");
  EXPECT_GT(late.interval(0.999).low, early.interval(0.999).high + 8);
}

TEST(LogSums, OfOneTermAreThatTerm) {
  for (const double dof : {1.0, 2.0, 7.0, 512.0}) {
    LogSum law;
    law.add_chi_squared(dof).add(0.25);
    for (const double x : {0.01 * dof, 0.5 * dof, dof, 1.7 * dof, 5 * dof}) {
      EXPECT_NEAR(law.cdf(std::log(x) + 0.25), chi_squared_cdf(dof, x), 1e-13) << dof << " at " << x;
      EXPECT_NEAR(law.survival(std::log(x) + 0.25), 1 - chi_squared_cdf(dof, x), 1e-13) << dof << " at " << x;
    }
  }
}

/// χ²₂ is twice an exponential E, and P(E₁E₂ ≤ x) = 1 − 2√x·K₁(2√x).
TEST(LogSums, OfTwoExponentialsAreBesselFunctions) {
  LogSum law;
  law.add_chi_squared(2, 2).add(-std::log(4));
  for (const double x : {1e-6, 0.01, 0.5, 2.0, 20.0}) {
    EXPECT_NEAR(law.cdf(std::log(x)), 1 - 2 * std::sqrt(x) * boost::math::cyl_bessel_k(1, 2 * std::sqrt(x)), 1e-13);
  }
}

/// Of two outputs one is kept with probability 2/3 and both with 1/3, given that not none is.
TEST(LogSums, OfARectifiedPairAreAMixture) {
  LogSum law;
  law.add_rectified(2);
  for (const double x : {0.001, 0.3, 2.0, 9.0}) {
    EXPECT_NEAR(law.cdf(std::log(x)), 2.0 / 3 * chi_squared_cdf(1, x) + 1.0 / 3 * chi_squared_cdf(2, x), 1e-13);
  }
}

TEST(LogSums, QuantilesInvertAndTheDensityIsTheSlope) {
  const LogSum law = laws::rectified_chain(100, 30, 2.0 / 100);
  for (const double p : {1e-9, 0.005, 0.5, 0.995, 1 - 1e-9}) EXPECT_NEAR(law.cdf(law.quantile(p)), p, 1e-12);
  const double x = law.quantile(0.3), h = 1e-4;
  EXPECT_NEAR(law.density(x), (law.cdf(x + h) - law.cdf(x - h)) / (2 * h), 1e-6);
  EXPECT_EQ(law.cdf(1e6), 1);
  EXPECT_EQ(law.survival(1e6), 0);
}

TEST(LogSums, RefuseWhatTheyCannotBe) {
  EXPECT_THROW(static_cast<void>(LogSum().cdf(0)), std::logic_error);
  EXPECT_THROW(LogSum().add_chi_squared(0), std::invalid_argument);
  EXPECT_THROW(LogSum().add_rectified(0), std::invalid_argument);
  EXPECT_THROW(LogSum().add_rectified(65'537), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(laws::linear_chain(4, 1, 1).quantile(1)), std::invalid_argument);
  EXPECT_THROW(laws::linear_chain(4, 1, -1), std::invalid_argument);
}

/// Exact at κ = 3 up to 1/n², and for signs ±1 in W (κ = 1) of one input the square never varies.
TEST(LogSteps, MeetTheExactLawAndTheConstantOne) {
  for (const bool relu : {false, true}) {
    const std::size_t n = 1000;
    const double variance = (relu ? 2.0 : 1.0) / n;
    const LogSum exact = relu ? laws::rectified_chain(n, 1, variance) : laws::linear_chain(n, 1, variance);
    const laws::LogStep step =
        relu ? laws::rectified_log_step(n, variance, 3, 0) : laws::linear_log_step(n, variance, 3, 0);
    EXPECT_NEAR(step.variance, exact.variance(), 50.0 / (n * n));
    EXPECT_NEAR(step.mean, exact.mean(), 50.0 / (n * n));
  }
  EXPECT_EQ(laws::linear_log_step(8, 1, 1, 1).variance, 0);
}

/// Chains of normals drawn by the standard library, apart from everything of ours.
std::vector<double> simulated_crossings(std::size_t n, double scale, double limit, bool overflow, std::size_t chains) {
  std::mt19937_64 engine(7);
  std::normal_distribution<double> normal;
  std::vector<double> counts(40);
  for (std::size_t chain = 0; chain < chains; ++chain) {
    double norm = 0;
    for (std::size_t i = 0; i < n; ++i) norm += std::pow(normal(engine), 2);
    for (std::size_t layer = 0;; ++layer) {
      double max = 0, next = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double y = scale * std::sqrt(norm) * normal(engine);
        max = std::max(max, std::fabs(y));
        next += y * y;
      }
      norm = next;
      if ((max > limit) == overflow) {
        counts[layer] += 1.0 / static_cast<double>(chains);
        break;
      }
    }
  }
  return counts;
}

struct CrossingCase {
  std::size_t width;
  bool overflow;
  double error;  ///< in layers, as the law states it
};

class FirstCrossings : public testing::TestWithParam<CrossingCase> {};

TEST_P(FirstCrossings, AgreeWithChainsDrawnOneByOne) {
  constexpr std::size_t chains = 50'000;
  const auto [n, overflow, error] = GetParam();
  // The scale doubles or halves a layer.
  const double variance = (overflow ? 4.0 : 0.25) / static_cast<double>(n), limit = overflow ? 1e4 : 1e-4;
  const auto law = overflow ? laws::first_overflow(n, 39, variance, false, limit)
                            : laws::first_vanishing(n, 39, variance, false, limit);
  const auto drawn = simulated_crossings(n, std::sqrt(variance), limit, overflow, chains);
  double law_mean = 0, law_square = 0, drawn_mean = 0;
  for (std::size_t layer = 0; layer < 39; ++layer) {
    const auto l = static_cast<double>(layer);
    law_mean += l * law[layer];
    law_square += l * l * law[layer];
    drawn_mean += l * drawn[layer];
    const auto count = static_cast<std::size_t>(std::lround(drawn[layer] * chains));
    EXPECT_FALSE(statistics::binomial_test(count, chains, law[layer], 1e-9)->rejected)
        << "layer " << layer << ": " << drawn[layer] << " instead of " << law[layer];
  }
  // Beside the law's error six standard errors.
  EXPECT_NEAR(law_mean, drawn_mean, error + 6 * std::sqrt((law_square - law_mean * law_mean) / chains));
}

constexpr CrossingCase crossing_cases[] = {{8, true, 0.05}, {8, false, 0.05}, {32, true, 0.01}, {32, false, 0.01}};
INSTANTIATE_TEST_SUITE_P(Widths, FirstCrossings, testing::ValuesIn(crossing_cases),
                         [](const testing::TestParamInfo<CrossingCase>& info) {
                           return fmt::format("{}_{}", info.param.overflow ? "overflow" : "vanishing",
                                              info.param.width);
                         });

TEST(Predictions, PValuesAndIntervalsAreTwoSidesOfOneLaw) {
  const statistics::Moments sample = statistics::Moments::of<double>(std::vector<double>{1, 2, 4, 7, 9});
  const laws::Prediction all[] = {laws::normal(2, 3, ""),
                                  laws::root(laws::linear_chain(4, 2, 1)),
                                  laws::symmetric_root(laws::linear_chain(4, 2, 1)),
                                  laws::next_normal(sample),
                                  laws::square_root(laws::normal(100, 3, "")),
                                  laws::exponential(laws::normal(0, 2, ""))};
  for (const laws::Prediction& law : all) {
    const statistics::Interval interval = law.interval(0.99);
    EXPECT_NEAR(law.p_value(interval.low), 0.01, 1e-9);
    EXPECT_NEAR(law.p_value(interval.high), 0.01, 1e-9);
    EXPECT_NEAR(law.p_value(law.quantile(0.5)), 1, 1e-9);
    EXPECT_EQ(law.p_value(std::nan("")), 0);
  }
}

TEST(Predictions, OfCountsAndConstantsAndRanks) {
  const laws::Prediction count = laws::counts(5, {0.25, 0.5, 0.25}, "");
  EXPECT_EQ(count.p_value(6), 1);
  EXPECT_EQ(count.p_value(7), 0.5);
  EXPECT_EQ(count.p_value(8), 0);
  EXPECT_EQ(count.quantile(0.5), 6);
  EXPECT_EQ(laws::certain(3).p_value(3), 1);
  EXPECT_EQ(laws::certain(3).p_value(2.9), 0);
  const laws::Prediction ranked = laws::next_of({1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_DOUBLE_EQ(ranked.p_value(100), 0.2);
  EXPECT_DOUBLE_EQ(ranked.p_value(5), 1);
  EXPECT_DOUBLE_EQ(ranked.finest, 0.2);
  // The interval holds exactly what is not improbable at its level, to the outermost draw.
  for (const double level : {0.3, 0.5, 0.7}) {
    const statistics::Interval inside = ranked.interval(level);
    for (double x = 1; x <= 9; ++x) EXPECT_EQ(inside.contains(x), ranked.p_value(x) >= 1 - level - 1e-12) << x;
  }
  EXPECT_THROW(laws::next_of({}), std::invalid_argument);
  EXPECT_THROW(laws::next_normal({}), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
