#include "sqrtn/laws/activation.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

void check_gain(double gain) {
  require(std::isfinite(gain) && gain > 0, "gain must be positive and finite, got {}", gain);
}

void check_second_moment(double q) {
  require(std::isfinite(q) && q >= 0, "a second moment must be finite and not negative, got {}", q);
}

/// E[g(s·z)²], z ~ N(0,1), g = φ or φ'.
double scaled_second_moment(const init::Activation& activation, double (*g)(double), double s) {
  std::vector<double> kinks;
  if (s > 0) {
    for (const double kink : activation.kinks) kinks.push_back(kink / s);
  }
  // φ bends where |s·z| is near 1: for large s that lies between the nodes unless the pieces shrink
  // towards 0. What is nearer to 0 than 1e-14 weighs nothing.
  for (double cut = std::max(1 / s, 1e-14); cut < 1; cut *= 100) kinks.insert(kinks.end(), {-cut, cut});
  const auto squared = [&](double z) {
    const double value = g(s * z);
    return value * value;
  };
  return init::normal_expectation(squared, kinks);
}

}  // namespace

double variance_map(const init::Activation& activation, double gain, double q) {
  check_gain(gain);
  check_second_moment(q);
  return scaled_second_moment(activation, activation.value, gain * std::sqrt(q));
}

double slope(const init::Activation& activation, double gain, double q_preactivation) {
  check_gain(gain);
  check_second_moment(q_preactivation);
  return gain * gain * scaled_second_moment(activation, activation.derivative, std::sqrt(q_preactivation));
}

std::optional<double> preactivation_fixed_point(const init::Activation& activation, double gain) {
  check_gain(gain);
  double q = gain * gain;
  for (int layer = 0; layer < 100'000; ++layer) {
    const double next = gain * gain * scaled_second_moment(activation, activation.value, std::sqrt(q));
    if (!std::isfinite(next)) return std::nullopt;
    if (std::fabs(next - q) <= 1e-13 * next) return next;
    q = next;
  }
  return std::nullopt;
}

}  // namespace sqrtn::laws
