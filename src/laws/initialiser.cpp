#include "sqrtn/laws/initialiser.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "sqrtn/laws/saddlepoint.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

using std::numbers::sqrt2;

constexpr double cut = 2;

/// P(|Z| ≤ z), Z ~ N(0,1).
double inside(double z) { return std::erf(z / sqrt2); }
double outside(double z) { return std::erfc(z / sqrt2); }

/// E Z^order of N(0,1) cut at ±2, by parts: m_k = (k − 1)m_{k−2} − 2·2^{k−1}φ(2)/P(|Z| ≤ 2).
double truncated_moment(int order) {
  const double density = std::exp(-cut * cut / 2) * std::numbers::inv_sqrtpi / sqrt2;
  double moment = 1;
  for (int k = 2; k <= order; k += 2) moment = (k - 1) * moment - 2 * std::pow(cut, k - 1) * density / inside(cut);
  return moment;
}

double normal_moment(int order) {
  double moment = 1;
  for (int k = 3; k < order; k += 2) moment *= k;
  return moment;
}

}  // namespace

double kurtosis(init::Law law) { return standardised_moment(law, 4); }

double standardised_moment(init::Law law, int order) {
  require(order >= 2 && order <= 8 && order % 2 == 0, "the order must be 2, 4, 6 or 8, got {}", order);
  switch (law) {
    case init::Law::normal:
      return normal_moment(order);
    case init::Law::uniform:
      return std::pow(3, order / 2) / (order + 1);
    case init::Law::truncated_normal:
      return truncated_moment(order) / std::pow(truncated_moment(2), order / 2);
  }
  throw std::invalid_argument("unknown law");
}

double cdf(const init::Distribution& distribution, double x) {
  switch (distribution.law) {
    case init::Law::normal:
      return outside(-x / distribution.stddev()) / 2;
    case init::Law::uniform:
      return std::clamp(0.5 + x / (2 * distribution.limit()), 0.0, 1.0);
    case init::Law::truncated_normal: {
      const double z = std::clamp(x / distribution.parent_stddev(), -cut, cut);
      return std::clamp(0.5 + inside(z) / (2 * inside(cut)), 0.0, 1.0);
    }
  }
  throw std::invalid_argument("unknown law");
}

double two_sided_tail(const init::Distribution& distribution, double x) {
  if (x <= 0) return 1;
  if (x >= distribution.limit()) return 0;
  switch (distribution.law) {
    case init::Law::normal:
      return outside(x / distribution.stddev());
    case init::Law::uniform:
      return (distribution.limit() - x) / distribution.limit();
    case init::Law::truncated_normal:
      return (outside(x / distribution.parent_stddev()) - outside(cut)) / inside(cut);
  }
  throw std::invalid_argument("unknown law");
}

double square_sum_deviate(init::Law law, double sum, std::size_t n) {
  const auto square = [](double z) { return z * z; };
  const auto count = static_cast<double>(n);
  switch (law) {
    case init::Law::normal:
      return chi_squared_deviate(sum, count);
    case init::Law::uniform: {
      const double edges[] = {0, std::numbers::sqrt3};
      static const SumLaw uniform = SumLaw::of(
          square, [](double) { return 1.0; }, edges);
      return uniform.deviate(sum, count);
    }
    case init::Law::truncated_normal: {
      const double edges[] = {0, cut};
      static const SumLaw truncated = SumLaw::of(
          square, [](double z) { return std::exp(-z * z / 2); }, edges);
      return truncated.deviate(sum * init::truncated_variance, count);
    }
  }
  throw std::invalid_argument("unknown law");
}

}  // namespace sqrtn::laws
