#include "sqrtn/init/gain.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <numbers>
#include <vector>

namespace sqrtn::init {
namespace {

constexpr double range = 40;

/// Ends of the pieces: kinks, and cuts that put most nodes where the weight is.
std::vector<double> pieces(std::span<const double> kinks) {
  std::vector<double> ends{-range, -12, -5, 0, 5, 12, range};
  for (const double kink : kinks) {
    if (std::fabs(kink) < range) ends.push_back(kink);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

}  // namespace

double normal_expectation(const std::function<double(double)>& f, std::span<const double> kinks) {
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  constexpr double density_at_0 = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  constexpr unsigned max_halvings = 12;
  constexpr double tolerance = 1e-14;
  const auto weighted = [&](double z) { return f(z) * density_at_0 * std::exp(-z * z / 2); };
  const std::vector<double> ends = pieces(kinks);
  std::vector<double> integrals, errors;
  double scale = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    integrals.push_back(Rule::integrate(weighted, ends[i], ends[i + 1], 0, 0.0, &errors.emplace_back()));
    scale += std::fabs(integrals.back());
  }
  // A piece is refined only where that shows in the sum: the rule's own tolerance is relative to the
  // piece, and would spend thousands of nodes on a tail of 1e-300.
  double sum = 0;
  for (std::size_t i = 0; i < integrals.size(); ++i) {
    const double refined = tolerance * scale / std::fabs(integrals[i]);
    sum += errors[i] <= tolerance * scale ? integrals[i]
                                          : Rule::integrate(weighted, ends[i], ends[i + 1], max_halvings, refined);
  }
  return sum;
}

double gain(const Activation& activation) {
  const auto squared = [&](double z) {
    const double value = activation.value(z);
    return value * value;
  };
  return 1 / std::sqrt(normal_expectation(squared, activation.kinks));
}

}  // namespace sqrtn::init
