#include "sqrtn/laws/chain.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::laws {
namespace {

void check(std::size_t n, double variance) {
  require(n >= 1, "the width must be at least 1, got {}", n);
  require(std::isfinite(variance) && variance > 0, "variance must be positive and finite, got {}", variance);
}

/// A law on a grid: probability mass[i] at the points (first + i)·step.
struct Masses {
  std::ptrdiff_t first = 0;
  std::vector<double> mass;

  void trim() {
    constexpr double nothing = 1e-20;
    std::size_t low = 0, high = mass.size();
    while (low < high && mass[low] < nothing) ++low;
    while (high > low && mass[high - 1] < nothing) --high;
    mass.assign(mass.begin() + static_cast<std::ptrdiff_t>(low), mass.begin() + static_cast<std::ptrdiff_t>(high));
    first += static_cast<std::ptrdiff_t>(low);
  }
};

Masses on_grid(const LogSum& law, double step) {
  const double reach = 12 * law.stddev();
  Masses masses{static_cast<std::ptrdiff_t>(std::floor((law.mean() - reach) / step)), {}};
  const auto last = static_cast<std::ptrdiff_t>(std::ceil((law.mean() + reach) / step));
  for (std::ptrdiff_t i = masses.first; i <= last; ++i) {
    masses.mass.push_back(step * law.density(static_cast<double>(i) * step));
  }
  masses.trim();
  return masses;
}

Masses convolve(const Masses& a, const Masses& b) {
  if (a.mass.empty() || b.mass.empty()) return {};
  Masses sum{a.first + b.first, std::vector<double>(a.mass.size() + b.mass.size() - 1)};
  for (std::size_t i = 0; i < a.mass.size(); ++i) {
    for (std::size_t j = 0; j < b.mass.size(); ++j) sum.mass[i + j] += a.mass[i] * b.mass[j];
  }
  sum.trim();
  return sum;
}

enum class Crossing { overflow, vanishing };

/// P(the crossing does not happen in this layer), given the pre-activations' deviation s.
double stays(Crossing crossing, std::size_t n, bool rectified, double limit, double s) {
  const double width = static_cast<double>(n), outside = std::erfc(limit / s / std::numbers::sqrt2);
  // Only a positive entry of a rectified layer is an output.
  const double all_inside = std::exp(width * std::log1p(-(rectified ? outside / 2 : outside)));
  return crossing == Crossing::overflow ? all_inside : 1 - all_inside;
}

std::vector<double> first_crossing(Crossing crossing, std::size_t n, std::size_t depth, double variance, bool rectified,
                                   double limit) {
  check(n, variance);
  require(limit > 0 && std::isfinite(limit), "the limit must be positive and finite, got {}", limit);
  const LogSum one = rectified ? rectified_chain(n, 1, variance) : linear_chain(n, 1, variance);
  const double step = std::min(one.stddev(), normal_input(n).stddev()) / 20;
  const Masses growth = on_grid(one, step);
  // ln of the pre-activations' variance, σ²‖x‖².
  Masses state = on_grid(normal_input(n).add(std::log(variance)), step);
  std::vector<double> probability;
  double remaining = 1;
  for (std::size_t layer = 0; layer < depth; ++layer) {
    double kept = 0, all = 0;
    for (std::size_t i = 0; i < state.mass.size(); ++i) {
      const double s = std::exp(static_cast<double>(state.first + static_cast<std::ptrdiff_t>(i)) * step / 2);
      all += state.mass[i];
      state.mass[i] *= stays(crossing, n, rectified, limit, s);
      kept += state.mass[i];
    }
    const double share = all > 0 ? kept / all : 0;
    probability.push_back(remaining * (1 - share));
    remaining *= share;
    state.trim();
    state = convolve(state, growth);
  }
  probability.push_back(remaining);
  return probability;
}

}  // namespace

LogSum linear_chain(std::size_t n, std::size_t depth, double variance) {
  check(n, variance);
  LogSum law;
  law.add(static_cast<double>(depth) * std::log(variance)).add_chi_squared(static_cast<double>(n), depth);
  return law;
}

LogSum rectified_chain(std::size_t n, std::size_t depth, double variance) {
  check(n, variance);
  LogSum law;
  law.add(static_cast<double>(depth) * std::log(variance)).add_rectified(n, depth);
  return law;
}

LogSum normal_input(std::size_t n) { return LogSum().add_chi_squared(static_cast<double>(n)); }

// Var[Σy²|x]/(E[Σy²|x])² = [2 + (κ − 3)Σx⁴/‖x‖⁴]/n for n outputs; E ln S ≈ ln E S − Var/2.
LogStep linear_log_step(std::size_t n, double variance, double kurtosis, double sum_fourth) {
  check(n, variance);
  const double width = static_cast<double>(n), spread = (2 + (kurtosis - 3) * sum_fourth) / width;
  return {std::log(width * variance) - spread / 2, spread};
}

// E y⁴ of the kept half is (3 + (κ − 3)·sum_fourth)/2 in units of s⁴, E y² is ½: 4·that − 1.
LogStep rectified_log_step(std::size_t n, double variance, double kurtosis, double sum_fourth) {
  check(n, variance);
  const double width = static_cast<double>(n), spread = (5 + 2 * (kurtosis - 3) * sum_fourth) / width;
  return {std::log(width * variance / 2) - spread / 2, spread};
}

double relative_square_variance(const init::Activation& activation, double preactivation_mean_square) {
  require(std::isfinite(preactivation_mean_square) && preactivation_mean_square > 0,
          "a second moment must be positive and finite, got {}", preactivation_mean_square);
  const double s = std::sqrt(preactivation_mean_square);
  std::vector<double> kinks;
  for (const double kink : activation.kinks) kinks.push_back(kink / s);
  const auto moment = [&](int order) {
    return init::normal_expectation([&](double z) { return std::pow(activation.value(s * z), order); }, kinks);
  };
  const double second = moment(2);
  return moment(4) / (second * second) - 1;
}

std::vector<double> first_overflow(std::size_t n, std::size_t depth, double variance, bool rectified, double limit) {
  return first_crossing(Crossing::overflow, n, depth, variance, rectified, limit);
}

std::vector<double> first_vanishing(std::size_t n, std::size_t depth, double variance, bool rectified, double limit) {
  return first_crossing(Crossing::vanishing, n, depth, variance, rectified, limit);
}

std::optional<VanishingShift> vanishing_shift(double weight_stddev, double growth) {
  require(weight_stddev > 0 && growth > 0, "a deviation and a growth must be positive, got {} and {}", weight_stddev,
          growth);
  constexpr double rounding = 1.06, decade = std::numbers::ln10;
  if (!(rounding * growth < 1)) return std::nullopt;
  return VanishingShift{std::max(0.0, std::log(weight_stddev) / std::log(growth)),
                        decade / std::log(growth) - decade / std::log(rounding * growth)};
}

}  // namespace sqrtn::laws
