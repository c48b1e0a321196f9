#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/laws/activation.hpp"
#include "sqrtn/laws/initialiser.hpp"

/// The laws of an initialiser's entries and of activations. Digits beyond the printed ones: mpmath at
/// 40 digits, integrating the density.
namespace sqrtn::verify {
namespace {

using init::Distribution;
using init::Law;

TEST(InitialiserLaws, StandardisedMoments) {
  struct Row {
    Law law;
    double fourth, sixth, eighth;
  };
  for (const Row& row : {Row{Law::normal, 3, 15, 105}, Row{Law::uniform, 1.8, 27.0 / 7, 9},
                         Row{Law::truncated_normal, 2.3655367171296495, 7.4711933006109226, 27.189591165476513}}) {
    EXPECT_NEAR(laws::kurtosis(row.law), row.fourth, 1e-14);
    EXPECT_DOUBLE_EQ(laws::standardised_moment(row.law, 2), 1);
    EXPECT_NEAR(laws::standardised_moment(row.law, 6), row.sixth, 1e-14 * row.sixth);
    EXPECT_NEAR(laws::standardised_moment(row.law, 8), row.eighth, 1e-14 * row.eighth);
    for (const int order : {-2, 0, 3, 10}) {
      EXPECT_THROW((void)laws::standardised_moment(row.law, order), std::invalid_argument);
    }
  }
  EXPECT_NEAR(laws::kurtosis(Law::truncated_normal), 2.365537, 5e-7);
  EXPECT_NEAR(init::truncated_variance, 0.7737413, 5e-8);
  EXPECT_NEAR(init::truncated_stddev, 0.87962566, 5e-9);
}

TEST(InitialiserLaws, Tails) {
  // P(|Z| > k), k = 2…6.
  const std::vector<double> normal = {4.5500263896358414e-2, 2.6997960632601889e-3, 6.3342483666239925e-5,
                                      5.7330314375838771e-7, 1.9731752900753963e-9};
  const double sigma = 0.25;
  for (int k = 2; k <= 6; ++k) {
    const double expected = normal[static_cast<std::size_t>(k - 2)];
    EXPECT_NEAR(laws::two_sided_tail({Law::normal, sigma * sigma}, k * sigma), expected, 1e-13 * expected);
    EXPECT_NEAR(laws::cdf({Law::normal, sigma * sigma}, -k * sigma), expected / 2, 1e-13 * expected);
  }
  const Distribution uniform{Law::uniform, 1.0 / 3};  // U(−1, 1)
  EXPECT_NEAR(laws::cdf(uniform, 0.5), 0.75, 1e-15);
  EXPECT_NEAR(laws::two_sided_tail(uniform, 0.75), 0.25, 1e-15);
  const Distribution cut{Law::truncated_normal, init::truncated_variance};  // of N(0, 1)
  const double inside = 1 - normal[0];
  EXPECT_NEAR(laws::cdf(cut, 1), 0.5 + std::erf(std::numbers::sqrt2 / 2) / 2 / inside, 1e-14);
  EXPECT_NEAR(laws::two_sided_tail(cut, 1), (std::erfc(std::numbers::sqrt2 / 2) - normal[0]) / inside, 1e-14);
}

TEST(InitialiserLaws, SupportAndSymmetry) {
  for (const Law law : {Law::normal, Law::uniform, Law::truncated_normal}) {
    const Distribution distribution{law, 0.01};
    EXPECT_EQ(laws::two_sided_tail(distribution, 0), 1);
    EXPECT_EQ(laws::two_sided_tail(distribution, -1), 1);
    EXPECT_DOUBLE_EQ(laws::cdf(distribution, 0), 0.5);
    for (double x = 0.001; x < 1; x *= 1.3) {
      EXPECT_NEAR(laws::cdf(distribution, x) + laws::cdf(distribution, -x), 1, 1e-15);
      EXPECT_NEAR(laws::two_sided_tail(distribution, x), 2 * laws::cdf(distribution, -x), 1e-15) << x;
    }
    if (law == Law::normal) continue;
    const double limit = distribution.limit();
    EXPECT_EQ(laws::cdf(distribution, limit), 1);
    EXPECT_EQ(laws::cdf(distribution, -limit), 0);
    EXPECT_EQ(laws::two_sided_tail(distribution, limit), 0);
    EXPECT_GT(laws::two_sided_tail(distribution, limit * (1 - 1e-12)), 0);
  }
}

struct GainRow {
  const char* name;
  double gain, printed, framework;
};
constexpr double none = std::numeric_limits<double>::quiet_NaN();
const std::vector<GainRow> gains = {
    {"identity", 1, 1, 1},
    {"relu", 1.4142135623730950, 1.414214, std::numbers::sqrt2},
    {"leaky_relu", 1.4141428569978354, 1.414143, 1.4141428569978354},
    {"tanh", 1.5925374197228314, 1.592537, 5.0 / 3},
    {"sigmoid", 1.8462285453386054, 1.846229, 1},
    {"gelu", 1.5335304411955352, 1.533530, none},
    {"silu", 1.6765324703310912, 1.676532, none},
    {"softplus", 1.0418668355353017, 1.041867, none},
    {"elu", 1.2451983007007066, 1.245198, none},
    {"selu", 1, 1.000000, 0.75},
    {"hardtanh", 1.3920361404483098, 1.392036, none},
    {"softsign", 2.3375333631085396, 2.337533, none},
    {"mish", 1.4868475812732081, 1.486848, none},
};

TEST(ActivationLaws, Gains) {
  EXPECT_EQ(init::activations().size(), gains.size());
  for (const GainRow& row : gains) {
    const init::Activation& activation = init::find_activation(row.name);
    EXPECT_NEAR(init::gain(activation), row.gain, 1e-12) << row.name;
    EXPECT_NEAR(init::gain(activation), row.printed, 5e-7) << row.name;
    EXPECT_EQ(std::isnan(activation.framework_gain), std::isnan(row.framework)) << row.name;
    if (!std::isnan(row.framework)) {
      EXPECT_DOUBLE_EQ(activation.framework_gain, row.framework) << row.name;
    }
    // Its own gain keeps the second moment of a unit pre-activation.
    const double gain = init::gain(activation);
    EXPECT_NEAR(gain * gain * laws::variance_map(activation, 1, 1), 1, 1e-12) << row.name;
  }
  EXPECT_THROW((void)init::find_activation("rleu"), std::invalid_argument);
}

TEST(ActivationLaws, DerivativesAndKinks) {
  std::vector<init::Activation> all(init::activations().begin(), init::activations().end());
  all.insert(all.end(), init::further_activations().begin(), init::further_activations().end());
  for (const init::Activation& activation : all) {
    for (double z = -6.03; z < 6; z += 0.1) {
      constexpr double h = 1e-5;
      const double slope = (activation.value(z + h) - activation.value(z - h)) / (2 * h);
      EXPECT_NEAR(activation.derivative(z), slope, 1e-9) << activation.name << " at " << z;
    }
    for (const double kink : activation.kinks) {
      EXPECT_NEAR(activation.derivative(kink), activation.derivative(kink + 1e-9), 1e-8) << activation.name;
      EXPECT_GT(std::fabs(activation.derivative(kink) - activation.derivative(kink - 1e-9)), 0.1) << activation.name;
    }
    EXPECT_TRUE(std::isnan(activation.value(std::nan("")))) << activation.name;
    EXPECT_TRUE(std::isfinite(activation.value(1e4)) && std::isfinite(activation.value(-1e4))) << activation.name;
  }
}

TEST(ActivationLaws, VarianceMap) {
  const init::Activation& tanh = init::find_activation("tanh");
  const double fixed_point = *laws::preactivation_fixed_point(tanh, 5.0 / 3);
  EXPECT_NEAR(fixed_point, 1.178480, 5e-7);
  EXPECT_NEAR(laws::slope(tanh, 5.0 / 3, fixed_point), 1.209831, 5e-7);
  double gain_1 = 1, uniform = 1;
  for (int layer = 0; layer < 100; ++layer) {
    gain_1 = laws::variance_map(tanh, 1, gain_1);
    uniform = laws::variance_map(tanh, std::sqrt(1.0 / 3), uniform);
  }
  EXPECT_NEAR(std::sqrt(gain_1), 0.071197, 5e-7);
  EXPECT_NEAR(std::sqrt(uniform), 1.01198e-24, 5e-30);
  // A steep map bends between the nodes of a rule that does not follow it.
  EXPECT_NEAR(laws::variance_map(tanh, 1e4, 1), 0.99992021154424783, 1e-12);
  EXPECT_NEAR(laws::variance_map(init::find_activation("softsign"), 1, 1e8), 0.99860075079811622, 1e-12);
  // relu: q' = gain²q/2 at every scale.
  for (const double q : {1e-20, 1.0, 1e20})
    EXPECT_NEAR(laws::variance_map(init::find_activation("relu"), 3, q), 4.5 * q, 1e-12 * q);
}

TEST(ActivationLaws, FixedPoints) {
  const init::Activation& relu = init::find_activation("relu");
  EXPECT_NEAR(*laws::preactivation_fixed_point(relu, std::numbers::sqrt2), 2, 1e-12);
  EXPECT_EQ(laws::preactivation_fixed_point(relu, 1.5), std::nullopt) << "grows";
  EXPECT_EQ(*laws::preactivation_fixed_point(relu, 1), 0) << "dies";
  EXPECT_NEAR(laws::slope(relu, std::numbers::sqrt2, 7), 1, 1e-12);
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW((void)laws::preactivation_fixed_point(relu, bad), std::invalid_argument);
    EXPECT_THROW((void)laws::variance_map(relu, bad, 1), std::invalid_argument);
    EXPECT_THROW((void)laws::slope(relu, bad, 1), std::invalid_argument);
  }
  EXPECT_THROW((void)laws::variance_map(relu, 1, -1), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
