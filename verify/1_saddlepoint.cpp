#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/factorials.hpp>
#include <cmath>
#include <limits>

#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/laws/saddlepoint.hpp"
#include "verify.hpp"

/// Deviates by the saddlepoint against laws of sums that are known in closed form: χ², and Irwin and Hall's of
/// uniforms.
namespace sqrtn::verify {
namespace {

using laws::SumLaw;

double upper_tail(double deviate) { return std::erfc(deviate / std::sqrt(2.0)) / 2; }

SumLaw law_of_normal_squares() {
  const double edges[] = {-9, -6, -3, 0, 3, 6, 9};
  return SumLaw::of([](double z) { return z * z; }, [](double z) { return std::exp(-z * z / 2); }, edges);
}

TEST(Saddlepoint, MomentsOfSquares) {
  EXPECT_NEAR(law_of_normal_squares().mean(), 1, 1e-14);
  EXPECT_NEAR(law_of_normal_squares().variance(), 2, 1e-13);
}

TEST(Saddlepoint, TailsOfSquaresAreThoseOfChiSquared) {
  const SumLaw law = law_of_normal_squares();
  for (const double n : {100.0, 1000.0, 100'000.0}) {
    const boost::math::chi_squared exact(n);
    const double bound = 0.25 * std::pow(n, -1.5) + 4e-6;  // the latter where an expansion takes over
    for (const double p : {1e-13, 1e-9, 1e-5, 1e-2, 0.3, 0.49}) {
      const double high = quantile(complement(exact, p)), low = quantile(exact, p);
      EXPECT_NEAR(upper_tail(law.deviate(high, n)) / p, 1, bound) << n << ' ' << p;
      EXPECT_NEAR(upper_tail(-law.deviate(low, n)) / p, 1, bound) << n << ' ' << p;
      EXPECT_NEAR(upper_tail(laws::chi_squared_deviate(high, n)) / p, 1, 1e-9);
      EXPECT_NEAR(upper_tail(-laws::chi_squared_deviate(low, n)) / p, 1, 1e-9);
    }
  }
}

/// P(sum of n uniforms on (0, 1) ≤ x) = Σ (−1)^k·C(n, k)·(x − k)ⁿ/n!.
double irwin_hall(unsigned n, double x) {
  double sum = 0;
  for (unsigned k = 0; k <= x; ++k) {
    const double term =
        std::pow(x - k, n) / (boost::math::factorial<double>(k) * boost::math::factorial<double>(n - k));
    sum += k % 2 == 0 ? term : -term;
  }
  return sum;
}

TEST(Saddlepoint, TailsOfAFewUniforms) {
  const double edges[] = {0, 1};
  const SumLaw law = SumLaw::of([](double z) { return z; }, [](double) { return 1.0; }, edges);
  for (const double x : {0.5, 1.0, 2.0, 4.0, 5.0, 5.999}) {
    const double exact = irwin_hall(12, x);
    EXPECT_NEAR(upper_tail(-law.deviate(x, 12)) / exact, 1, 0.01) << x;
    EXPECT_NEAR(upper_tail(law.deviate(12 - x, 12)) / exact, 1, 0.01) << x;
  }
}

TEST(Saddlepoint, DeviatesAreContinuousWhereTheirExpansionTakesOver) {
  const SumLaw law = law_of_normal_squares();
  for (const double side : {-1.0, 1.0}) {
    const double inside = 256 + side * 0.019999 * std::sqrt(512.0), outside = 256 + side * 0.020001 * std::sqrt(512.0);
    EXPECT_NEAR(law.deviate(inside, 256), law.deviate(outside, 256), 2e-5) << side;
  }
}

TEST(Saddlepoint, WhatNoSumCanBe) {
  const SumLaw coin({0, 1}, {1, 1});
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(coin.deviate(10, 10), infinity);
  EXPECT_EQ(coin.deviate(-1, 10), -infinity);
  EXPECT_EQ(coin.deviate(infinity, 10), infinity);
  EXPECT_TRUE(std::isnan(coin.deviate(std::nan(""), 10)));
  EXPECT_THROW(SumLaw({1, 1}, {1, 2}), std::invalid_argument) << "does not vary";
  EXPECT_THROW(SumLaw({1, 2}, {1}), std::invalid_argument);
  EXPECT_THROW(SumLaw({1, 2}, {1, -1}), std::invalid_argument);
}

/// The fraction of draws of the uniform law that lies beyond is known: n = 100 squares, checked by the fourth moment.
TEST(Saddlepoint, SquaresOfEveryLawHaveTheirMeanAndDeviation) {
  for (const init::Law law : {init::Law::uniform, init::Law::normal, init::Law::truncated_normal}) {
    constexpr std::size_t n = 1'000'000;
    const double deviation = std::sqrt((laws::kurtosis(law) - 1) * n);
    EXPECT_NEAR(laws::square_sum_deviate(law, n, n), 0, 1e-3);
    EXPECT_NEAR(laws::square_sum_deviate(law, n + deviation, n), 1, 2e-3);
    EXPECT_NEAR(laws::square_sum_deviate(law, n - 3 * deviation, n), -3, 1e-2);
    EXPECT_TRUE(std::isnan(laws::square_sum_deviate(law, std::nan(""), n)));
  }
}

TEST(Saddlepoint, PoissonCountsBelongToBothTails) {
  // P(X ≥ 1) = 1 − e^−μ and P(X ≤ 0) = e^−μ.
  EXPECT_NEAR(upper_tail(laws::poisson_deviate(1, 1e-9)), 1e-9, 1e-17);
  EXPECT_NEAR(upper_tail(-laws::poisson_deviate(0, 20)), std::exp(-20.0), 1e-17);
}

}  // namespace
}  // namespace sqrtn::verify
