#include <algorithm>
#include <cmath>
#include <numbers>

#include "claims/weights/sample.hpp"
#include "laws/sample.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::claims::weights {
namespace {

using init::Law;

/// In standard deviations: the bulk, where a law's shape shows, and tails, where heavy ones do.
constexpr double thresholds[] = {0.1, 0.3, 0.6, 1, 1.5, 1.9, 2.2, 2.5, 3, 4, 5, 6};

/// sup |d F(x/σ)/d ln σ|: how far F moves as the deviation does.
double sensitivity(Law law) {
  const double of_normal = 0.24197072451914337;  // φ(1)
  if (law == Law::uniform) return 0.5;
  return law == Law::normal ? of_normal : of_normal / std::erf(std::numbers::sqrt2);
}

double distance_p_value(double distance, std::size_t n) {
  return std::min(1.0, 2 * std::exp(-2 * static_cast<double>(n) * distance * distance));
}

/// The relative change of a deviation by rounding each value: errors that no value foretells have a variance of at most
/// u²·x²/3, or of a twelfth of the spacing of subnormals squared.
double rounding_of_deviation(const Sample& sample) {
  const double u = unit_roundoff(sample.dtype());
  const double step = smallest_subnormal(sample.dtype()) / sample.root_mean_square();
  return u * u + step * step / 12 + 0x1p-22;
}

class Fitting {
 public:
  Fitting(const Sample& sample, Law law, double alpha, std::optional<double> known)
      : sample_(sample), alpha_(alpha), known_(known) {
    result_.law = law;
    set_interval();
  }

  LawFit run() {
    const Interval& stddev = result_.stddev;
    consider(Test::mean, laws::sum_p_value(sample_.sum(), stddev.high, sample_.size()), 1);
    if (known_) consider(Test::limit, limit_p_value(), 1);
    if (known_ || result_.law != Law::normal) consider(Test::mean_square, mean_square_p_value(), 1);
    consider(Test::distance, distance_p_value(smallest_distance(), sample_.size()), 1);
    for (const double z : thresholds) consider(Test::tails, tail_p_value(z), 2 * std::size(thresholds));
    return result_;
  }

 private:
  void set_interval() {
    const double slack = 1 + rounding_of_deviation(sample_), share = alpha_ / 4;
    Interval& stddev = result_.stddev;
    if (known_) {
      stddev = {*known_, *known_};
    } else if (result_.law == Law::normal) {
      stddev = laws::normal_stddev_interval(sample_.sum_of_squares(), sample_.size(), share);
    } else {
      stddev = laws::bounded_stddev_interval(result_.law, sample_.largest(), sample_.size(), share);
      const double rounded = 1 + sample_.rounding(sample_.largest());
      stddev = {stddev.low / rounded, stddev.high * rounded};
    }
    stddev = {stddev.low / slack, stddev.high * slack};
    result_.estimate = known_ ? *known_ : std::clamp(sample_.root_mean_square(), stddev.low, stddev.high);
  }

  /// Five kinds of tests have an eighth of alpha each, `parts` within one.
  void consider(Test test, double p_value, double parts) {
    const double adjusted = std::min(1.0, p_value * parts * 8);
    if (adjusted >= result_.p_value) return;
    result_.p_value = adjusted;
    if (adjusted < alpha_) result_.failed = test;
  }

  [[nodiscard]] init::Distribution law_of(double stddev) const { return {result_.law, stddev * stddev}; }

  [[nodiscard]] double limit_p_value() const {
    if (result_.law == Law::normal) return 1;
    const double rounded = 1 + sample_.rounding(sample_.largest()), limit = law_of(*known_).limit();
    if (sample_.largest() > limit * rounded) return 0;
    const double beyond = laws::two_sided_tail(law_of(*known_), sample_.largest() * rounded);
    return std::exp(static_cast<double>(sample_.size()) * std::log1p(-beyond));
  }

  [[nodiscard]] double mean_square_p_value() const {
    const double n = static_cast<double>(sample_.size()), rms = sample_.root_mean_square();
    const double low = std::pow(rms / result_.stddev.high, 2), high = std::pow(rms / result_.stddev.low, 2);
    if (low <= 1 && high >= 1) return 1;
    return std::min(1.0, 2 * std::exp(-n * laws::mean_square_rate(result_.law, low > 1 ? low : high)));
  }

  /// Over the deviations in the interval, less what lies between those that are tried.
  [[nodiscard]] double smallest_distance() const {
    const auto [low, high] = result_.stddev;
    const double width = std::log(high / low), n = static_cast<double>(sample_.size());
    const double wanted = std::ceil(sensitivity(result_.law) * width * std::sqrt(n) / 0.2);
    const int tried = static_cast<int>(std::clamp(wanted, 1.0, 9.0));
    double smallest = 1;
    for (int i = 0; i < tried; ++i) {
      const double at = low * std::exp(width * (i + 0.5) / tried);
      const auto cdf = [law = law_of(at)](double x) { return laws::cdf(law, x); };
      smallest = std::min(smallest, sample_.distance(cdf));
    }
    return std::max(0.0, smallest - sensitivity(result_.law) * width / (2 * tried));
  }

  [[nodiscard]] double tail_p_value(double z) const {
    const double n = static_cast<double>(sample_.size());
    const Sample::Tail tail = sample_.tail(z * result_.estimate);
    const double count = static_cast<double>(tail.count), rounded = 0x1p-22;
    const double most = laws::two_sided_tail(law_of(result_.stddev.high), tail.beyond * (1 - rounded));
    const double least = laws::two_sided_tail(law_of(result_.stddev.low), tail.beyond * (1 + rounded));
    return std::min(laws::at_least_p_value(count, n, most), laws::at_most_p_value(count, n, least));
  }

  const Sample& sample_;
  double alpha_;
  std::optional<double> known_;
  LawFit result_;
};

LocatedFit fit_located_normal(const Sample& sample, double alpha) {
  const double n = static_cast<double>(sample.size()), mean = sample.mean();
  const double squares = std::max(0.0, sample.sum_of_squares() - n * mean * mean),
               stddev = std::sqrt(squares / (n - 1));
  const statistics::Student student(n - 1);
  const double reach = statistics::upper_quantile(student, alpha / 8) * stddev / std::sqrt(n);
  LocatedFit fit;
  fit.centre = {mean - reach, mean + reach};
  fit.stddev = laws::normal_stddev_interval(squares, sample.size() - 1, alpha / 4);
  const double slack = 0.3989422804014327 * reach / fit.stddev.low +
                       sensitivity(Law::normal) * std::log(fit.stddev.high / fit.stddev.low) / 2;
  const init::Distribution law{Law::normal, stddev * stddev};
  const double distance = sample.distance([&](double x) { return laws::cdf(law, x - mean); });
  const double farthest = std::max(sample.maximum() - mean, mean - sample.minimum()) - reach;
  const double beyond = n * laws::two_sided_tail({Law::normal, fit.stddev.high * fit.stddev.high}, farthest);
  const double of_distance = distance_p_value(std::max(0.0, distance - slack), sample.size());
  fit.holds = std::min(of_distance, beyond) >= alpha / 4 && !fit.centre.contains(0);
  return fit;
}

LocatedFit fit_located_uniform(const Sample& sample, double alpha) {
  const double low = sample.minimum(), width = sample.maximum() - low, n = static_cast<double>(sample.size());
  // Each end misses by more than e·width with probability (1 + e)^-(n - 1).
  const double missed = std::expm1(-std::log(alpha / 8) / (n - 1)), rounded = sample.rounding(sample.largest());
  const double reach = width * missed, slack = rounded * sample.largest();
  LocatedFit fit;
  fit.law = Law::uniform;
  fit.low = {low - reach - slack, low + slack};
  fit.high = {sample.maximum() - slack, sample.maximum() + reach + slack};
  const double distance = sample.distance([&](double x) { return std::clamp((x - low) / width, 0.0, 1.0); });
  fit.centre = {(fit.low.low + fit.high.low) / 2, (fit.low.high + fit.high.high) / 2};
  const double of_distance = distance_p_value(std::max(0.0, distance - 2 * missed - 2 * slack / width), sample.size());
  fit.holds = of_distance >= alpha / 4 && !fit.centre.contains(0);
  return fit;
}

}  // namespace

LawFit fit(const Sample& sample, Law law, double alpha, std::optional<double> known_stddev) {
  return Fitting(sample, law, alpha, known_stddev).run();
}

LocatedFit fit_located(const Sample& sample, Law law, double alpha) {
  return law == Law::uniform ? fit_located_uniform(sample, alpha) : fit_located_normal(sample, alpha);
}

}  // namespace sqrtn::claims::weights
