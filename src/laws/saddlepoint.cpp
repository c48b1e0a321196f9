#include "sqrtn/laws/saddlepoint.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <limits>

#include "sqrtn/support/require.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::laws {

SumLaw::SumLaw(std::vector<double> values, std::vector<double> weights)
    : values_(std::move(values)), weights_(std::move(weights)) {
  require(values_.size() == weights_.size(), "each value needs a weight: {} values, {} weights", values_.size(),
          weights_.size());
  double total = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    require(std::isfinite(values_[i]) && std::isfinite(weights_[i]) && weights_[i] >= 0,
            "values must be finite and weights not negative, got {} with weight {}", values_[i], weights_[i]);
    total += weights_[i];
    mean_ += weights_[i] * values_[i];
  }
  require(total > 0, "the weights of a law cannot all be 0");
  mean_ /= total;
  low_ = high_ = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    weights_[i] /= total;
    values_[i] -= mean_;
    const double square = values_[i] * values_[i];
    variance_ += weights_[i] * square;
    skewness_ += weights_[i] * square * values_[i];
    low_ = std::min(low_, values_[i]);
    high_ = std::max(high_, values_[i]);
  }
  require(variance_ > 0, "the law of a sum needs a variable that varies");
  skewness_ /= std::pow(variance_, 1.5);
}

SumLaw SumLaw::of(const std::function<double(double)>& value, const std::function<double(double)>& density,
                  std::span<const double> edges) {
  using Gauss = boost::math::quadrature::gauss<double, 30>;
  require(edges.size() >= 2 && std::ranges::is_sorted(edges), "a law needs two edges or more, in ascending order");
  std::vector<double> values, weights;
  for (std::size_t panel = 0; panel + 1 < edges.size(); ++panel) {
    const double half = (edges[panel + 1] - edges[panel]) / 2, middle = edges[panel] + half;
    if (half == 0) continue;
    for (std::size_t i = 0; i < Gauss::abscissa().size(); ++i) {
      for (const double sign : {-1.0, 1.0}) {
        const double z = middle + sign * half * Gauss::abscissa()[i];
        values.push_back(value(z));
        weights.push_back(half * Gauss::weights()[i] * density(z));
      }
    }
  }
  return {std::move(values), std::move(weights)};
}

SumLaw::Cumulants SumLaw::at(double s) const {
  // Nothing overflows once the largest exponent is taken out.
  const double largest = std::max(s * low_, s * high_);
  double sum = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const double weight = weights_[i] * std::exp(s * values_[i] - largest);
    sum += weight;
    first += weight * values_[i];
    second += weight * values_[i] * values_[i];
  }
  first /= sum;
  return {largest + std::log(sum), first, second / sum - first * first};
}

/// The root of K'(s) = mean_excess by Newton's method, inside a bracket that every step narrows.
double SumLaw::saddlepoint(double mean_excess) const {
  double low = -std::numeric_limits<double>::infinity(), high = -low, s = mean_excess / variance_;
  for (int step = 0; step < 200; ++step) {
    const Cumulants k = at(s);
    const double missed = k.first - mean_excess;
    if (std::abs(missed) <= 1e-14 * std::abs(mean_excess)) break;
    (missed < 0 ? low : high) = s;
    double next = s - missed / k.second;
    // Where K' is flat a step may be far too long: at most twice as far out, or the middle of the bracket.
    if (!(std::abs(next) <= 2 * std::abs(s)) || !(next > low && next < high)) {
      next = std::isinf(low) || std::isinf(high) ? 2 * s : low + (high - low) / 2;
    }
    if (next == s || !std::isfinite(next)) break;
    s = next;
  }
  return s;
}

double SumLaw::deviate(double sum, double n) const {
  require(n > 0 && std::isfinite(n), "a sum needs a number of terms above 0, got {}", n);
  if (std::isnan(sum)) return sum;
  const double excess = sum / n - mean_, infinity = std::numeric_limits<double>::infinity();
  if (excess <= low_) return -infinity;
  if (excess >= high_) return infinity;
  const double root = std::sqrt(n), plain = excess * root / std::sqrt(variance_);
  // Where both terms of r* cancel: its expansion, exact to the order of 1/n.
  if (std::abs(plain) < 0.02) return plain - skewness_ / root * (plain * plain - 1) / 6;
  const double s = saddlepoint(excess);
  const Cumulants k = at(s);
  const double r = std::copysign(std::sqrt(std::max(0.0, 2 * n * (s * excess - k.value))), excess);
  const double v = s * root * std::sqrt(k.second);
  return r + std::log(v / r) / r;
}

double normal_deviate(double below, double above) {
  if (std::isnan(below) || std::isnan(above)) return std::numeric_limits<double>::quiet_NaN();
  const statistics::Normal law;
  return below < above ? statistics::lower_quantile(law, below) : statistics::upper_quantile(law, above);
}

double chi_squared_deviate(double sum, double degrees_of_freedom) {
  if (!std::isfinite(sum)) return sum;
  const statistics::ChiSquared law(degrees_of_freedom);
  return normal_deviate(statistics::lower_tail(law, sum), statistics::upper_tail(law, sum));
}

double poisson_deviate(std::size_t count, double mean) {
  const statistics::Poisson law(mean);
  const auto k = static_cast<double>(count);
  return normal_deviate(statistics::lower_tail(law, k), count == 0 ? 1 : statistics::upper_tail(law, k - 1));
}

}  // namespace sqrtn::laws
