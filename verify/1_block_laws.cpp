#include <cmath>
#include <numbers>
#include <random>

#include "laws/correlation.hpp"
#include "laws/softmax.hpp"
#include "sqrtn/laws/activation.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "verify.hpp"

/// Moments that blocks map, against closed forms and against plain simulation.
namespace sqrtn::verify {
namespace {

/// Scores without spread: every weight is 1/n.
TEST(SoftmaxLaws, OfEqualScoresAreEqualShares) {
  for (const std::size_t n : {2, 7, 128, 4096}) {
    const double share = 1 / static_cast<double>(n);
    const laws::SoftmaxMoments m = laws::softmax_moments(0, 0, n);
    EXPECT_NEAR(m.square, share, 1e-5 * share) << n;
    EXPECT_NEAR(m.product, share, 1e-5 * share) << n;
    EXPECT_NEAR(m.slope, share - share * share, 1e-5 * share) << n;
    EXPECT_NEAR(m.slope_product, share - share * share, 1e-5 * share) << n;
  }
  EXPECT_EQ(laws::softmax_moments(3, 0.5, 1).square, 1);
  EXPECT_THROW(laws::softmax_moments(1, 0, 0), std::invalid_argument);
  EXPECT_THROW(laws::softmax_moments(13, 0, 4), std::invalid_argument);
  EXPECT_THROW(laws::softmax_moments(1, 1.5, 4), std::invalid_argument);
}

/// Two rows that are the same row.
TEST(SoftmaxLaws, OfOneRowTwiceAreThoseOfOneRow) {
  for (const double deviation : {0.3, 1.0, 4.0}) {
    const laws::SoftmaxMoments m = laws::softmax_moments(deviation, 1, 9);
    EXPECT_NEAR(m.product, m.square, 1e-4 * m.square) << deviation;
    EXPECT_NEAR(m.slope_product, m.slope, 1e-4 * m.square) << deviation;
  }
}

struct Row {
  double deviation, correlation;
  std::size_t n;
};

/// Means of each sum over rows that a generator of the standard library draws, with their standard errors.
struct Simulated {
  statistics::Moments square, product, slope, slope_product;

  explicit Simulated(const Row& row) {
    std::mt19937_64 engine(settings().seed);
    std::normal_distribution<double> normal;
    std::vector<double> p(row.n), r(row.n);
    for (int run = 0; run < 20'000; ++run) {
      double p_sum = 0, r_sum = 0;
      for (std::size_t i = 0; i < row.n; ++i) {
        const double z = normal(engine), own = normal(engine);
        const double other = row.correlation * z + std::sqrt(1 - row.correlation * row.correlation) * own;
        p_sum += p[i] = std::exp(row.deviation * z);
        r_sum += r[i] = std::exp(row.deviation * other);
      }
      double pp = 0, ppp = 0, pr = 0, ppr = 0, prr = 0;
      for (std::size_t i = 0; i < row.n; ++i) {
        const double a = p[i] / p_sum, b = r[i] / r_sum;
        pp += a * a;
        ppp += a * a * a;
        pr += a * b;
        ppr += a * a * b;
        prr += a * b * b;
      }
      square.add(pp);
      product.add(pr);
      slope.add(pp - 2 * ppp + pp * pp);
      slope_product.add(pr - ppr - prr + pr * pr);
    }
  }
};

void expect_mean(const statistics::Moments& moments, double law, const char* what, const Row& row) {
  const double error = std::sqrt(*moments.unbiased_variance() / static_cast<double>(moments.count()));
  EXPECT_NEAR(*moments.mean(), law, 6 * error + 1e-5 * law)
      << what << " of " << row.n << " scores, deviation " << row.deviation << ", correlation " << row.correlation;
}

TEST(SoftmaxLaws, AreThoseOfSimulatedRows) {
  for (const Row& row : {Row{0.5, 0, 2}, {1, 0.3, 16}, {1, 0.95, 16}, {3, 0.6, 40}, {8, 0.2, 16}}) {
    const laws::SoftmaxMoments m = laws::softmax_moments(row.deviation, row.correlation, row.n);
    const Simulated simulated(row);
    expect_mean(simulated.square, m.square, "Σp²", row);
    expect_mean(simulated.product, m.product, "Σpp'", row);
    expect_mean(simulated.slope, m.slope, "a gradient", row);
    expect_mean(simulated.slope_product, m.slope_product, "two gradients", row);
  }
}

/// The arc-cosine kernels of order 1 and 0. Source: Cho and Saul, "Kernel methods for deep learning", NeurIPS 2009.
TEST(CorrelationMaps, OfRelusAreArcCosineKernels) {
  const init::Activation& relu = init::find_activation("relu");
  for (const double rho : {-1.0, -0.7, 0.0, 0.2, 0.9, 0.99}) {
    const double angle = std::acos(rho), q = 1.7;
    const double kernel = q / (2 * std::numbers::pi) * (std::sin(angle) + (std::numbers::pi - angle) * rho);
    EXPECT_NEAR(laws::correlation_map(relu, q, q * rho), kernel, 1e-3 * kernel + 1e-6) << rho;
    const double slope = (std::numbers::pi - angle) / (2 * std::numbers::pi);
    EXPECT_NEAR(laws::correlated_slope(relu, q, q * rho), slope, 0.01 * slope + 1e-6) << rho;
  }
}

/// E sin x·sin y = e^(−q)·sinh c, E cos x·cos y = e^(−q)·cosh c; and at c = q the map of variances.
TEST(CorrelationMaps, OfSinesAreHyperbolic) {
  const init::Activation &sine = init::find_activation("sin"), &gelu = init::find_activation("gelu");
  for (const double c : {-1.2, -0.4, 0.0, 0.5, 1.2}) {
    EXPECT_NEAR(laws::correlation_map(sine, 1.3, c), std::exp(-1.3) * std::sinh(c), 1e-6) << c;
    EXPECT_NEAR(laws::correlated_slope(sine, 1.3, c), std::exp(-1.3) * std::cosh(c), 1e-6) << c;
  }
  EXPECT_NEAR(laws::correlation_map(gelu, 2, 2), laws::variance_map(gelu, 1, 2), 1e-5);
  EXPECT_THROW(laws::correlation_map(gelu, 1, 1.1), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
