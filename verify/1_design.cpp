#include <gtest/gtest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sqrtn/statistics/design.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// Sample sizes: the test at the computed size has the power that was asked for, found by seeking the
/// test's own critical values and weighing them under the effect; 2 % fewer samples have not.
namespace sqrtn::verify {
namespace {

using statistics::ErrorRates;

constexpr ErrorRates rates;

/// P(Z > z).
double normal_tail(double z) { return std::erfc(z / std::sqrt(2)) / 2; }

/// The x between an accepted and a rejected one at which the verdict turns.
double critical(double accepted, double rejected, const std::function<bool(double)>& rejects) {
  for (int i = 0; i < 200; ++i) {
    const double middle = accepted + (rejected - accepted) / 2;
    (rejects(middle) ? rejected : accepted) = middle;
  }
  return accepted;
}

TEST(Design, Mean) {
  for (const double effect : {0.001, 0.02, 0.5, 3.0}) {
    const std::size_t n = statistics::n_samples_for_mean(effect);
    const auto miss = [&](std::size_t size) {
      const double root = std::sqrt(static_cast<double>(size));
      const double edge = critical(0, 100 / root, [&](double mean) {
        return statistics::normal_mean_test(mean, 0, 1, size, rates.alpha)->p_value < rates.alpha;
      });
      return normal_tail((effect - edge) * root);
    };
    EXPECT_LE(miss(n), rates.miss * (1 + 1e-9));
    EXPECT_GT(miss(n - std::max<std::size_t>(1, n / 50)), rates.miss);
  }
}

// An effect that also spreads the mean: found as often, and by more samples.
TEST(Design, MeanWithALargerSpread) {
  for (const double spread : {1.0, 1.5, 4.0}) {
    constexpr double effect = 0.02;
    const std::size_t n = statistics::n_samples_for_mean(effect, rates, spread);
    const double edge = std::sqrt(2) * boost::math::erfc_inv(rates.alpha);
    const auto miss = [&](std::size_t size) {
      return normal_tail((effect * std::sqrt(static_cast<double>(size)) - edge) / spread);
    };
    EXPECT_LE(miss(n), rates.miss * (1 + 1e-9));
    EXPECT_GT(miss(n - n / 50), rates.miss);
  }
  EXPECT_THROW((void)statistics::n_samples_for_mean(0.1, rates, 0.9), std::invalid_argument);
}

// Non-central χ² as the mixture of χ² that it is: with λ/2 the mean of a Poisson number of further pairs.
TEST(Design, NonCentrality) {
  for (const double dof : {1.0, 47.0, 105.0}) {
    constexpr double per_sample = 1.6e-5;
    const std::size_t n = statistics::n_samples_for_non_centrality(dof, per_sample);
    const double threshold = quantile(complement(boost::math::chi_squared(dof), rates.alpha / 2));
    const auto miss = [&](double size) {
      const boost::math::poisson pairs(size * per_sample / 2);
      double sum = 0;
      for (int j = 0; j < 1000; ++j) sum += pdf(pairs, j) * cdf(boost::math::chi_squared(dof + 2 * j), threshold);
      return sum;
    };
    EXPECT_LE(miss(static_cast<double>(n)), rates.miss * (1 + 1e-4)) << dof;
    EXPECT_GT(miss(0.99 * static_cast<double>(n)), rates.miss) << dof;
  }
}

TEST(Design, VarianceByCentralLimit) {
  for (const double kurtosis : {1.8, 2.365537, 3.0, 9.0}) {
    for (const double effect : {0.001, 0.005, 0.1}) {
      const std::size_t n = statistics::n_samples_for_variance(effect, kurtosis);
      const auto miss = [&](std::size_t size, double sign) {
        const double spread = std::sqrt((kurtosis - 1) / static_cast<double>(size));
        const double edge = critical(0, 100 * spread, [&](double shift) {
          return statistics::second_moment_test(1 + sign * shift, 1, kurtosis, size, rates.alpha)->p_value <
                 rates.alpha;
        });
        return normal_tail((effect - edge) / (spread * (1 + sign * effect)));
      };
      EXPECT_LE(std::max(miss(n, 1), miss(n, -1)), rates.miss * (1 + 1e-9));
      EXPECT_GT(std::max(miss(n - n / 50, 1), miss(n - n / 50, -1)), rates.miss);
      EXPECT_NEAR(statistics::resolvable_variance_effect(n, kurtosis), effect, 1e-3 * effect);
    }
  }
  // laws.md §10, the shift's own spread left out there: 2.36 and 236 million.
  EXPECT_NEAR(static_cast<double>(statistics::n_samples_for_variance(0.01, 3)), 2.36e6, 0.03e6);
  EXPECT_NEAR(static_cast<double>(statistics::n_samples_for_variance(0.001, 3)), 236e6, 0.5e6);
  EXPECT_EQ(statistics::resolvable_variance_effect(10, 3), std::numeric_limits<double>::infinity());
}

/// P(χ²_dof < x) or P(χ²_dof > x), whichever is smaller, from the test that the ruler has checked.
double smaller_tail(double x, double dof) { return statistics::chi_squared_test(x, dof, 0.5)->p_value / 2; }

TEST(Design, ChiSquared) {
  for (const double effect : {0.005, 0.05, 0.5, 0.9}) {
    const std::size_t dof = statistics::degrees_of_freedom_for_chi_squared(effect);
    const auto miss = [&](std::size_t size, double sign) {
      const double d = static_cast<double>(size);
      const double edge = critical(d, sign > 0 ? 40 * d : 0, [&](double sum) {
        return statistics::chi_squared_test(sum, d, rates.alpha)->p_value < rates.alpha;
      });
      return smaller_tail(edge / (1 + sign * effect), d);
    };
    EXPECT_LE(std::max(miss(dof, 1), miss(dof, -1)), rates.miss * (1 + 1e-6)) << effect;
    EXPECT_GT(std::max(miss(dof - 1, 1), miss(dof - 1, -1)), rates.miss) << effect;
  }
  // The central limit's size and the exact one meet.
  EXPECT_NEAR(static_cast<double>(statistics::n_samples_for_variance(0.005, 3)),
              static_cast<double>(statistics::degrees_of_freedom_for_chi_squared(0.005)), 0.001 * 9.5e6);
}

TEST(Design, Probability) {
  struct Row {
    double probability, effect;
  };
  for (const auto& [probability, effect] :
       std::vector<Row>{{0.5, 0.005}, {0.5, 0.1}, {0.01, 0.9}, {2.7e-3, 0.05}, {0.9, 0.05}, {2e-9, 0.5}}) {
    const std::size_t n = statistics::n_samples_for_probability(probability, effect);
    const auto miss = [probability = probability, effect = effect](std::size_t size, double sign) {
      const double middle = probability * static_cast<double>(size);
      const double edge = critical(
          std::floor(middle), sign > 0 ? std::min(3 * middle, static_cast<double>(size)) : 0, [&](double count) {
            return statistics::binomial_test(static_cast<std::size_t>(count), size, probability, rates.alpha)->p_value <
                   rates.alpha;
          });
      // The last count that is accepted, and all beyond it on the side of the null.
      const auto last = static_cast<std::size_t>(edge);
      return statistics::binomial_test(last, size, probability * (1 + sign * effect), 0.5)->p_value / 2;
    };
    EXPECT_LE(std::max(miss(n, 1), miss(n, -1)), rates.miss * (1 + 1e-6)) << probability;
    EXPECT_GT(std::max(miss(n - n / 50, 1), miss(n - n / 50, -1)), rates.miss) << probability;
  }
}

TEST(Design, Cdf) {
  for (const double distance : {0.001, 0.01, 0.2}) {
    const std::size_t n = statistics::n_samples_for_cdf(distance);
    // F(x) = ½ + distance where the law says ½: the test misses only if the count below x does not
    // exceed n(½ + edge), and the edge is that of the interval around D.
    const double count = static_cast<double>(n);
    const double edge = std::sqrt(std::log(2 / rates.alpha) / (2 * count));
    const auto last = static_cast<std::size_t>(count * (0.5 + edge));
    EXPECT_LE(statistics::binomial_test(last, n, 0.5 + distance, 0.5)->p_value / 2, rates.miss);
    // Bounds that hold for every law cost at most a tenth against the normal law's at ½.
    const double ideal = std::pow((edge * std::sqrt(count) + 4.7534243088228989 / 2) / distance, 2);
    EXPECT_LE(count, 1.1 * ideal + 1);
  }
  EXPECT_EQ(statistics::n_samples_for_cdf(0.9), 100u);
}

TEST(Design, MistakesThrow) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::function<void(double, const ErrorRates&)>> sizes = {
      [](double effect, const ErrorRates& r) { (void)statistics::n_samples_for_variance(effect, 3, r); },
      [](double effect, const ErrorRates& r) { (void)statistics::degrees_of_freedom_for_chi_squared(effect, r); },
      [](double effect, const ErrorRates& r) { (void)statistics::n_samples_for_mean(effect, r); },
      [](double effect, const ErrorRates& r) { (void)statistics::n_samples_for_probability(0.5, effect, r); },
      [](double effect, const ErrorRates& r) { (void)statistics::n_samples_for_cdf(effect, r); },
  };
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    for (const double bad : {0.0, -0.1, nan, infinity, 1e-12})
      EXPECT_THROW(sizes[i](bad, rates), std::invalid_argument) << i << ' ' << bad;
    for (const double bad : {0.0, 0.5, nan}) {
      EXPECT_THROW(sizes[i](0.1, {bad, 1e-6}), std::invalid_argument) << i;
      EXPECT_THROW(sizes[i](0.1, {1e-9, bad}), std::invalid_argument) << i;
    }
  }
  EXPECT_THROW((void)statistics::n_samples_for_variance(0.1, 1), std::invalid_argument);
  EXPECT_THROW((void)statistics::n_samples_for_probability(0.9, 0.2), std::invalid_argument);
}

/// A count that is (1 + effect) times as large is found, and at a mean a tenth smaller it is not.
TEST(Design, PoissonMean) {
  for (const double effect : {0.1, 1.0, 9.0}) {
    const auto miss = [&](double mean) {
      std::size_t count = 0;
      while (statistics::poisson_test(count, mean, rates.alpha).p_value >= rates.alpha ||
             static_cast<double>(count) < mean)
        ++count;
      return cdf(boost::math::poisson(mean * (1 + effect)), static_cast<double>(count) - 1);
    };
    const double mean = statistics::mean_for_poisson(effect);
    EXPECT_LE(miss(mean), rates.miss);
    EXPECT_GT(miss(0.9 * mean), rates.miss);
  }
}

TEST(Design, AlphaBudgetIsNotOverspent) {
  statistics::AlphaBudget budget;
  for (int i = 0; i < 1000; ++i) budget.spend("claim", 1e-9);
  EXPECT_EQ(budget.n_claims(), 1000u);
  EXPECT_NEAR(budget.spent(), 1e-6, 1e-18);
  const auto message = [](statistics::AlphaBudget spent, double alpha) -> std::string {
    try {
      spent.spend("one/too/many", alpha);
    } catch (const std::logic_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message(budget, 1e-9).find("one/too/many"), std::string::npos);
  for (const double alpha : {1.0001e-9, 0.0, -1e-9, std::nan("")}) {
    EXPECT_NE(message({}, alpha).find("one/too/many"), std::string::npos) << alpha;
  }
}

}  // namespace
}  // namespace sqrtn::verify
