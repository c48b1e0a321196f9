#include "laws/correlation.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

constexpr double reach = 8, step = 0.125, density_at_0 = std::numbers::inv_sqrtpi / std::numbers::sqrt2;

/// E f(shift + scale·a), a ~ N(0,1): pieces end at kinks of f and where saturating functions bend.
double smoothed(double (*f)(double), const std::vector<double>& kinks, double shift, double scale) {
  if (scale == 0) return f(shift);
  std::vector<double> ends{-reach, -4, -2, 0, 2, 4, reach};
  const auto add = [&](double at) {
    const double a = (at - shift) / scale;
    if (std::fabs(a) < reach) ends.push_back(a);
  };
  for (const double kink : kinks) add(kink);
  for (const double bend : {-4.0, 0.0, 4.0}) add(bend);
  std::ranges::sort(ends);
  double sum = 0;
  const auto weighted = [&](double a) { return f(shift + scale * a) * density_at_0 * std::exp(-a * a / 2); };
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    if (ends[i] < ends[i + 1]) {
      sum += boost::math::quadrature::gauss<double, 15>::integrate(weighted, ends[i], ends[i + 1]);
    }
  }
  return sum;
}

double correlated(double (*f)(double), const std::vector<double>& kinks, double q, double c) {
  require(q >= 0 && std::fabs(c) <= q * (1 + 1e-12), "a covariance is at most the variance {}, got {}", q, c);
  const double rho = q > 0 ? std::clamp(c / q, -1.0, 1.0) : 0;
  if (rho == 0) {
    const double mean = smoothed(f, kinks, 0, std::sqrt(q));
    return mean * mean;
  }
  const double common = std::sqrt(q * std::fabs(rho)), own = std::sqrt(q * (1 - std::fabs(rho)));
  // Nodes on both sides of 0, where most activations have their kink.
  constexpr auto half = static_cast<std::size_t>(reach / step);
  const auto place = [](std::size_t i) { return step * (static_cast<double>(i) + 0.5 - static_cast<double>(half)); };
  std::vector<double> values;
  for (std::size_t i = 0; i < 2 * half; ++i) values.push_back(smoothed(f, kinks, common * place(i), own));
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < 2 * half; ++i) {
    const double weight = std::exp(-place(i) * place(i) / 2);
    sum += weight * values[i] * values[rho < 0 ? 2 * half - 1 - i : i];
    total += weight;
  }
  return sum / total;
}

}  // namespace

double correlation_map(const init::Activation& activation, double q, double c) {
  return correlated(activation.value, activation.kinks, q, c);
}

double correlated_slope(const init::Activation& activation, double q, double c) {
  return correlated(activation.derivative, activation.kinks, q, c);
}

}  // namespace sqrtn::laws
