#include "laws/sample.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/support/require.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::laws {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A tangent of I: I(s) ≥ t·s − K(t), with equality at `touches`.
struct Tangent {
  double t = 0, log_moment = 0, touches = 1;
};

/// x²/σ² of a bounded law, as a function of u in [0, 1], the share of its limit, with its density there.
struct Bounded {
  explicit Bounded(init::Law law) : law_(law), top_(law == init::Law::uniform ? 3 : 4 / init::truncated_variance) {}

  [[nodiscard]] double top() const { return top_; }
  /// ln E exp(t·y), y = top·u², and its derivative, the mean of y under the tilted law.
  [[nodiscard]] Tangent tangent(double t) const {
    // The largest of the integrand is 1, at one end: u = 1 for t > 0, u = 0 for t < 0.
    const double shift = std::max(t * top_, 0.0);
    const auto weight = [&](double u) { return density(u) * std::exp(t * top_ * u * u - shift); };
    const double mass = integral(weight), mean = integral([&](double u) { return top_ * u * u * weight(u); }) / mass;
    return {t, std::log(mass) + shift, mean};
  }

 private:
  [[nodiscard]] double density(double u) const {
    if (law_ == init::Law::uniform) return 1;
    return 4 * std::numbers::inv_sqrtpi / std::numbers::sqrt2 * std::exp(-2 * u * u) / std::erf(std::numbers::sqrt2);
  }
  /// In pieces that are finer towards both ends, where tilting moves the mass.
  static double integral(const auto& f) {
    constexpr double ends[] = {0, 1e-3, 1e-2, 0.1, 0.5, 0.9, 0.99, 0.999, 1};
    double sum = 0;
    for (std::size_t i = 0; i + 1 < std::size(ends); ++i) {
      sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, ends[i], ends[i + 1], 0, 0.0);
    }
    return sum;
  }

  init::Law law_;
  double top_;
};

/// By ascending t, and so by ascending place of contact.
std::vector<Tangent> tangents_of(init::Law law) {
  constexpr int lowest = -96, highest = 72;  // |t| from 2⁻¹² to 2⁹, an eighth of an octave apart
  const Bounded bounded(law);
  std::vector<Tangent> all;
  for (int k = highest; k >= lowest; --k) all.push_back(bounded.tangent(-std::exp2(k / 8.0)));
  all.push_back({});
  for (int k = lowest; k <= highest; ++k) all.push_back(bounded.tangent(std::exp2(k / 8.0)));
  return all;
}

double rate_of_bounded(init::Law law, double s) {
  static const std::vector<Tangent> tables[] = {tangents_of(init::Law::uniform),
                                                tangents_of(init::Law::truncated_normal)};
  const double top = Bounded(law).top();
  // What lies above the limit by rounding alone is the business of a test of the limit.
  if (s <= 0 || s > top) return infinity;
  const std::vector<Tangent>& table = tables[law == init::Law::uniform ? 0 : 1];
  const auto next = std::ranges::lower_bound(table, s, {}, &Tangent::touches);
  double rate = 0;
  for (auto near = next == table.begin() ? next : next - 1; near != table.end() && near <= next; ++near) {
    rate = std::max(rate, near->t * s - near->log_moment);
  }
  return rate;
}

double normal_rate(double s) { return s <= 0 ? infinity : (s - 1 - std::log(s)) / 2; }

/// KL(q ‖ p) of two coins.
double divergence(double q, double p) {
  const double first = q > 0 ? q * std::log(q / p) : 0, second = q < 1 ? (1 - q) * std::log1p((p - q) / (1 - p)) : 0;
  return std::max(0.0, first + second);
}

/// The share z of the law's limit with P(|x| ≤ z·limit)ⁿ = alpha, by bisection.
double share_of_limit(init::Law law, std::size_t n, double alpha) {
  const double inside = std::exp(std::log(alpha) / static_cast<double>(n));
  if (law == init::Law::uniform) return inside;
  const init::Distribution unit{law, init::truncated_variance};  // limit 2
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    // 1 − tail keeps what alpha^(1/n) has near 1.
    (1 - two_sided_tail(unit, 2 * middle) < inside ? low : high) = middle;
  }
  return low;
}

}  // namespace

double mean_square_rate(init::Law law, double s) {
  return law == init::Law::normal ? normal_rate(s) : rate_of_bounded(law, s);
}

double contrasts_p_value(double sum, std::size_t n) {
  const double count = static_cast<double>(n), s = sum / count;
  if (std::isnan(s)) return 0;
  return s <= 1 ? 1 : std::exp(-count * normal_rate(s));
}

double sum_p_value(double sum, double stddev, std::size_t n) {
  const double z = sum / (stddev * std::sqrt(static_cast<double>(n)));
  return std::isnan(z) ? 0 : std::min(1.0, 2 * std::exp(-z * z / 2));
}

double at_least_p_value(double k, double n, double p) {
  if (k <= n * p) return 1;
  return p <= 0 ? 0 : std::exp(-n * divergence(k / n, p));
}

double at_most_p_value(double k, double n, double p) {
  if (k >= n * p) return 1;
  return p >= 1 ? 0 : std::exp(-n * divergence(k / n, p));
}

Interval normal_stddev_interval(double sum_of_squares, std::size_t n, double alpha) {
  const statistics::ChiSquared law(static_cast<double>(n));
  return {std::sqrt(sum_of_squares / statistics::upper_quantile(law, alpha / 2)),
          std::sqrt(sum_of_squares / statistics::lower_quantile(law, alpha / 2))};
}

Interval bounded_stddev_interval(init::Law law, double largest, std::size_t n, double alpha) {
  require(law != init::Law::normal, "a normal law has no limit");
  const double of_limit = 1 / init::Distribution{law, 1}.limit();
  return {largest * of_limit, largest / share_of_limit(law, n, alpha) * of_limit};
}

}  // namespace sqrtn::laws
