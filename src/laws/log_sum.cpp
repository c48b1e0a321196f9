#include "sqrtn/laws/log_sum.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

using Complex = std::complex<double>;
constexpr double ln2 = std::numbers::ln2;

/// ln Γ(z) for Re z > 0, up to a multiple of 2πi: Stirling's series from |z| ≥ 15 on, reached by
/// Γ(z + 1) = zΓ(z). Error: 1e-15 relative.
Complex log_gamma(Complex z) {
  Complex shift = 0;
  for (; std::abs(z) < 15; z += 1) shift -= std::log(z);
  // B_2k/(2k(2k − 1)), k = 1 to 7.
  constexpr double coefficients[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                     1.0 / 1188, -691.0 / 360360, 1.0 / 156};
  const Complex inverse = 1.0 / z, square = inverse * inverse;
  Complex series = 0, power = inverse;
  for (const double c : coefficients) {
    series += c * power;
    power *= square;
  }
  return shift + (z - 0.5) * std::log(z) - z + 0.5 * std::log(2 * std::numbers::pi) + series;
}

/// E e^{it·ln χ²_dof}.
Complex chi_squared_characteristic(double dof, double t) {
  const Complex gamma_ratio = log_gamma({dof / 2, t}) - log_gamma(dof / 2);
  return std::exp(gamma_ratio + Complex(0, t * ln2));
}

double log_factorial(double n) { return boost::math::lgamma(n + 1); }

/// P(K = k | K ≥ 1) for k = 1…n, K ~ Binomial(n, ½).
std::vector<double> count_probabilities(std::size_t n) {
  const double width = static_cast<double>(n);
  const double log_all = -width * ln2 - std::log1p(-std::exp2(-width));
  std::vector<double> probabilities;
  for (double k = 1; k <= width; ++k) {
    // Boost's, because the standard library's writes a global, signgam.
    const double log_choose = log_factorial(width) - log_factorial(k) - log_factorial(width - k);
    probabilities.push_back(std::exp(log_choose + log_all));
  }
  return probabilities;
}

/// The mixture over K, with Γ(k/2 + 1 + it)/Γ(k/2 + 1) = (1 + 2it/k)·Γ(k/2 + it)/Γ(k/2).
Complex rectified_characteristic(const std::vector<double>& probabilities, double t) {
  Complex odd = chi_squared_characteristic(1, t), even = chi_squared_characteristic(2, t), sum = 0;
  for (std::size_t k = 1; k <= probabilities.size(); ++k) {
    Complex& current = k % 2 == 1 ? odd : even;
    sum += probabilities[k - 1] * current;
    current *= Complex(1, 2 * t / static_cast<double>(k));
  }
  return sum;
}

}  // namespace

LogSum& LogSum::add(double constant) {
  constant_ += constant;
  return *this;
}

LogSum& LogSum::add_chi_squared(double dof, std::size_t times) {
  require(std::isfinite(dof) && dof > 0, "degrees of freedom must be positive and finite, got {}", dof);
  if (times == 0) return *this;
  terms_mean_ += static_cast<double>(times) * (boost::math::digamma(dof / 2) + ln2);
  variance_ += static_cast<double>(times) * boost::math::trigamma(dof / 2);
  terms_.push_back({dof, {}, times});
  nodes_.clear();
  return *this;
}

LogSum& LogSum::add_rectified(std::size_t n, std::size_t times) {
  require(n >= 1 && n <= 65'536, "the width of a rectified layer must be from 1 to 65536, got {}", n);
  if (times == 0) return *this;
  std::vector<double> counts = count_probabilities(n);
  double mean = 0, square = 0, spread = 0;
  for (std::size_t k = 1; k <= n; ++k) {
    const double half = static_cast<double>(k) / 2, centre = boost::math::digamma(half) + ln2;
    mean += counts[k - 1] * centre;
    square += counts[k - 1] * centre * centre;
    spread += counts[k - 1] * boost::math::trigamma(half);
  }
  terms_mean_ += static_cast<double>(times) * mean;
  variance_ += static_cast<double>(times) * (spread + square - mean * mean);
  terms_.push_back({0, std::move(counts), times});
  nodes_.clear();
  return *this;
}

double LogSum::stddev() const { return std::sqrt(variance_); }

Complex LogSum::characteristic(double t) const {
  Complex product = std::polar(1.0, -t * terms_mean_);
  for (const Term& term : terms_) {
    const Complex one =
        term.counts.empty() ? chi_squared_characteristic(term.dof, t) : rectified_characteristic(term.counts, t);
    product *= std::pow(one, static_cast<double>(term.times));
  }
  return product;
}

void LogSum::prepare() const {
  if (!nodes_.empty()) return;
  if (terms_.empty()) throw std::logic_error("a sum of logarithms needs a term that varies");
  // A step of 2π/w folds in what lies farther than w/2 from x: beyond 40 deviations there is nothing,
  // exponential lower tails included.
  step_ = 2 * std::numbers::pi / (160 * stddev());
  constexpr std::size_t max_nodes = 1'000'000;
  for (std::size_t j = 0; j < max_nodes; ++j) {
    const Complex value = characteristic((static_cast<double>(j) + 0.5) * step_);
    if (std::abs(value) < 1e-18) break;
    nodes_.push_back(value);
  }
}

/// (h/π) Σ Im[e^{−it(x − mean)}·φ(t)]/t.
double LogSum::half_minus_cdf(double x) const {
  prepare();
  double sum = 0;
  for (std::size_t j = nodes_.size(); j-- > 0;) {
    const double t = (static_cast<double>(j) + 0.5) * step_;
    sum += (nodes_[j] * std::polar(1.0, -t * (x - mean()))).imag() / t;
  }
  return sum * step_ / std::numbers::pi;
}

double LogSum::cdf(double x) const {
  if (std::fabs(x - mean()) > 40 * stddev()) return x > mean() ? 1 : 0;
  return std::clamp(0.5 - half_minus_cdf(x), 0.0, 1.0);
}

double LogSum::survival(double x) const {
  if (std::fabs(x - mean()) > 40 * stddev()) return x > mean() ? 0 : 1;
  return std::clamp(0.5 + half_minus_cdf(x), 0.0, 1.0);
}

double LogSum::density(double x) const {
  if (std::fabs(x - mean()) > 40 * stddev()) return 0;
  prepare();
  double sum = 0;
  for (std::size_t j = nodes_.size(); j-- > 0;) {
    const double t = (static_cast<double>(j) + 0.5) * step_;
    sum += (nodes_[j] * std::polar(1.0, -t * (x - mean()))).real();
  }
  return std::max(0.0, sum * step_ / std::numbers::pi);
}

double LogSum::quantile(double probability) const {
  require(probability > 0 && probability < 1, "a quantile needs a probability inside (0, 1), got {}", probability);
  // Each side by its own tail, so that a small one keeps its digits.
  const auto excess = [&](double x) {
    return probability < 0.5 ? cdf(x) - probability : (1 - probability) - survival(x);
  };
  std::uintmax_t iterations = 200;
  const auto [low, high] = boost::math::tools::toms748_solve(excess, mean() - 40 * stddev(), mean() + 40 * stddev(),
                                                             boost::math::tools::eps_tolerance<double>(50), iterations);
  return (low + high) / 2;
}

}  // namespace sqrtn::laws
