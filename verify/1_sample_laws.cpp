#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

#include "laws/sample.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "verify.hpp"

/// Bounds for a sample of unknown scale: never below the exact probability, and near it where a closed form is known.
namespace sqrtn::verify {
namespace {

using init::Law;

// Cramér: the rate is the exact exponent, so the bound is the tail but for a factor of the order √n.
TEST(SampleLaws, NormalMeanSquareIsBoundedByItsExactTail) {
  for (const double n : {2.0, 30.0, 1000.0, 1e6}) {
    for (const double z : {-6.0, -3.0, 3.0, 6.0, 8.0}) {
      const double s = 1 + z * std::sqrt(2 / n);
      if (s <= 0) continue;
      const boost::math::chi_squared law(n);
      const double exact = s > 1 ? cdf(complement(law, n * s)) : cdf(law, n * s);
      const double bound = std::exp(-n * laws::mean_square_rate(Law::normal, s));
      EXPECT_GE(bound, exact) << n << " " << s;
      EXPECT_LE(bound, exact * 4 * std::abs(z) * (1 + std::abs(z))) << n << " " << s;
    }
  }
}

// One draw: P(3u² ≥ s) = 1 − √(s/3). Many: I(s) → (s − 1)²/(2(κ − 1)) near 1, by the central limit theorem.
TEST(SampleLaws, BoundedMeanSquareAgainstClosedForms) {
  for (double s = 1.05; s < 3; s += 0.05) {
    EXPECT_GE(std::exp(-laws::mean_square_rate(Law::uniform, s)), 1 - std::sqrt(s / 3)) << s;
  }
  for (double s = 0.05; s < 1; s += 0.05) {
    EXPECT_GE(std::exp(-laws::mean_square_rate(Law::uniform, s)), std::sqrt(s / 3)) << s;
  }
  for (const Law law : {Law::uniform, Law::truncated_normal}) {
    for (const double d : {-0.01, -0.003, 0.003, 0.01}) {
      const double limit = d * d / (2 * (laws::kurtosis(law) - 1));
      EXPECT_NEAR(laws::mean_square_rate(law, 1 + d) / limit, 1, 0.03) << d;
    }
    EXPECT_NEAR(laws::mean_square_rate(law, 1), 0, 1e-12);
  }
  EXPECT_EQ(laws::mean_square_rate(Law::uniform, 3.01), INFINITY);
  EXPECT_EQ(laws::mean_square_rate(Law::normal, 0), INFINITY);
}

TEST(SampleLaws, CountsAreBoundedByTheExactBinomial) {
  for (const double n : {50.0, 1e4, 1e7}) {
    for (const double p : {1e-3, 0.05, 0.5}) {
      const boost::math::binomial law(n, p);
      const double sigma = std::sqrt(n * p * (1 - p));
      for (const double z : {2.0, 6.0}) {
        const double high = std::min(n, std::ceil(n * p + z * sigma)),
                     low = std::max(0.0, std::floor(n * p - z * sigma));
        // Equal where none or all hit, but for rounding.
        EXPECT_GE(laws::at_least_p_value(high, n, p) * (1 + 1e-12 * n), cdf(complement(law, high - 1)));
        EXPECT_GE(laws::at_most_p_value(low, n, p) * (1 + 1e-12 * n), cdf(law, low));
      }
    }
  }
  EXPECT_EQ(laws::at_least_p_value(1, 10, 0), 0);
  EXPECT_NEAR(laws::at_least_p_value(10, 10, 0.1), 1e-10, 1e-22);
}

TEST(SampleLaws, SumsOfContrastsAreBoundedByChiSquared) {
  for (const double n : {2.0, 64.0, 4096.0}) {
    const boost::math::chi_squared law(n);
    for (const double z : {1.0, 4.0, 7.0}) {
      const double sum = n + z * std::sqrt(2 * n);
      EXPECT_GE(laws::contrasts_p_value(sum, static_cast<std::size_t>(n)), cdf(complement(law, sum)));
    }
  }
}

// The limit's interval misses with exactly alpha: P(all n below low/high) = alpha.
TEST(SampleLaws, IntervalsOfTheDeviation) {
  for (const Law law : {Law::uniform, Law::truncated_normal}) {
    for (const std::size_t n : {std::size_t{10}, std::size_t{1000}, std::size_t{1000000}}) {
      const double limit = init::Distribution{law, 1}.limit();
      const laws::Interval interval = laws::bounded_stddev_interval(law, limit, n, 1e-6);
      EXPECT_NEAR(interval.low, 1, 1e-12);
      const double all_below =
          std::pow(1 - laws::two_sided_tail({law, interval.high * interval.high}, limit), static_cast<double>(n));
      EXPECT_NEAR(all_below / 1e-6, 1, 1e-3) << n;
    }
  }
  const boost::math::chi_squared law(100);
  const laws::Interval interval = laws::normal_stddev_interval(100, 100, 0.01);
  EXPECT_NEAR(cdf(law, 100 / std::pow(interval.high, 2)), 0.005, 1e-9);
  EXPECT_NEAR(cdf(complement(law, 100 / std::pow(interval.low, 2))), 0.005, 1e-9);
}

}  // namespace
}  // namespace sqrtn::verify
