#include "sqrtn/statistics/hypothesis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "sqrtn/support/require.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::statistics {
namespace {

void check_alpha(double alpha) { require(alpha > 0 && alpha < 1, "alpha must be inside (0, 1), got {}", alpha); }

void check_finite(const char* name, double value) {
  require(std::isfinite(value), "{} must be finite, got {}", name, value);
}

void check_positive(const char* name, double value) {
  require(std::isfinite(value) && value > 0, "{} must be positive and finite, got {}", name, value);
}

/// A sum of squares, a maximum of absolute values: NaN and Inf are data, a negative value is a mistake.
void check_not_negative(const char* name, double value) {
  require(!(value < 0), "{} cannot be negative, got {}", name, value);
}

/// What no law produces: NaN or Inf among the data. An interval of NaN contains no null value.
TestResult impossible(std::size_t n_samples) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return {nan, 0, nan, {nan, nan}, n_samples, true};
}

/// Tail and quantile are rounded apart, so they may disagree about a null value at the very end of
/// the interval; there the p-value decides.
TestResult aligned(TestResult result, double null_value, double alpha) {
  Interval& interval = result.confidence_interval;
  result.rejected = result.p_value < alpha;
  if (result.rejected != interval.contains(null_value)) return result;
  const double infinity = std::numeric_limits<double>::infinity();
  if (!result.rejected) {
    interval = {std::min(interval.low, null_value), std::max(interval.high, null_value)};
  } else if (null_value - interval.low < interval.high - null_value) {
    interval.low = std::nextafter(null_value, infinity);
  } else {
    interval.high = std::nextafter(null_value, -infinity);
  }
  return result;
}

/// NaN if a tail could not be computed: no verdict rather than a wrong one.
double two_sided(double lower, double upper) {
  if (std::isnan(lower) || std::isnan(upper)) return std::numeric_limits<double>::quiet_NaN();
  return std::min(1.0, 2 * std::min(lower, upper));
}

/// P(|Z| ≥ |z|), Z ~ N(0,1).
double normal_p_value(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

/// x/quantile where both may be 0.
double ratio(double x, double quantile) { return x == 0 ? 0 : x / quantile; }

/// sup |F_n − cdf|, finite ascending draws.
template <class T>
double largest_distance(std::span<const T> sorted, const std::function<double(double)>& cdf) {
  const double n = static_cast<double>(sorted.size());
  double distance = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double x = static_cast<double>(sorted[i]), F = cdf(x);
    require(F >= 0 && F <= 1, "a distribution function must lie in [0, 1], got {} at x = {}", F, x);
    const double below = F - static_cast<double>(i) / n, above = static_cast<double>(i + 1) / n - F;
    distance = std::max({distance, below, above});
  }
  return distance;
}

}  // namespace

std::optional<TestResult> normal_mean_test(double mean, double expected, double stddev, std::size_t n_samples,
                                           double alpha) {
  check_alpha(alpha);
  check_finite("expected", expected);
  check_positive("stddev", stddev);
  if (n_samples < 1) return std::nullopt;
  if (!std::isfinite(mean)) return impossible(n_samples);
  const double root = std::sqrt(static_cast<double>(n_samples));
  const double z = (mean - expected) / stddev * root;
  const double reach = upper_quantile(Normal(), alpha / 2) * (stddev / root);
  return aligned({z, normal_p_value(z), mean, {mean - reach, mean + reach}, n_samples}, expected, alpha);
}

std::optional<TestResult> student_mean_test(const Moments& sample, double expected, double alpha) {
  check_alpha(alpha);
  check_finite("expected", expected);
  if (sample.count() < 2) return std::nullopt;
  const double mean = *sample.mean(), variance = *sample.unbiased_variance();
  if (!std::isfinite(mean) || !std::isfinite(variance)) return impossible(sample.count());
  if (variance == 0) return std::nullopt;
  const double n = static_cast<double>(sample.count());
  const double standard_error = std::sqrt(variance / n);
  const double t = (mean - expected) / standard_error;
  const Student law(n - 1);
  const double p = std::isfinite(t) ? 2 * upper_tail(law, std::abs(t)) : 0;
  const double reach = upper_quantile(law, alpha / 2) * standard_error;
  return aligned({t, std::min(1.0, p), mean, {mean - reach, mean + reach}, sample.count()}, expected, alpha);
}

std::optional<TestResult> chi_squared_test(double sum, double degrees_of_freedom, double alpha) {
  check_alpha(alpha);
  check_finite("degrees_of_freedom", degrees_of_freedom);
  check_not_negative("degrees_of_freedom", degrees_of_freedom);
  check_not_negative("a sum of squares", sum);
  if (degrees_of_freedom < 1) return std::nullopt;
  const auto n_samples = static_cast<std::size_t>(degrees_of_freedom);
  if (!std::isfinite(sum)) return impossible(n_samples);
  const ChiSquared law(degrees_of_freedom);
  const double p = two_sided(lower_tail(law, sum), upper_tail(law, sum));
  const Interval interval{ratio(sum, upper_quantile(law, alpha / 2)), ratio(sum, lower_quantile(law, alpha / 2))};
  return aligned({sum, p, sum / degrees_of_freedom, interval, n_samples}, 1, alpha);
}

std::optional<TestResult> second_moment_test(double mean_square, double variance, double kurtosis,
                                             std::size_t n_samples, double alpha) {
  check_alpha(alpha);
  check_positive("variance", variance);
  require(std::isfinite(kurtosis) && kurtosis > 1, "kurtosis must be finite and above 1, got {}", kurtosis);
  check_not_negative("a mean square", mean_square);
  if (n_samples < 2) return std::nullopt;
  const double estimate = mean_square / variance;
  if (!std::isfinite(estimate)) return impossible(n_samples);
  return normal_mean_test(estimate, 1, std::sqrt(kurtosis - 1), n_samples, alpha);
}

std::optional<TestResult> binomial_test(std::size_t successes, std::size_t n_trials, double probability, double alpha) {
  check_alpha(alpha);
  require(probability >= 0 && probability <= 1, "probability must be in [0, 1], got {}", probability);
  require(successes <= n_trials, "successes ({}) cannot exceed n_trials ({})", successes, n_trials);
  if (n_trials == 0) return std::nullopt;
  const double k = static_cast<double>(successes), n = static_cast<double>(n_trials);
  const Binomial law(n, probability);
  const double p = two_sided(lower_tail(law, k), successes == 0 ? 1 : upper_tail(law, k - 1));
  const Interval interval{Binomial::find_lower_bound_on_p(n, k, alpha / 2),
                          Binomial::find_upper_bound_on_p(n, k, alpha / 2)};
  return aligned({k, p, k / n, interval, n_trials}, probability, alpha);
}

TestResult poisson_test(std::size_t count, double expected, double alpha) {
  check_alpha(alpha);
  check_positive("expected", expected);
  const double k = static_cast<double>(count);
  const Poisson law(expected);
  const double p = two_sided(lower_tail(law, k), count == 0 ? 1 : upper_tail(law, k - 1));
  // Source: Garwood, Biometrika 28 (1936) 437: sums of squares and Poisson counts share their tails.
  const Interval interval{count == 0 ? 0 : lower_quantile(ChiSquared(2 * k), alpha / 2) / 2,
                          upper_quantile(ChiSquared(2 * k + 2), alpha / 2) / 2};
  return aligned({k, p, k, interval, 1}, expected, alpha);
}

TestResult beta_scale_test(double x, double scale, double a, double b, double alpha) {
  check_alpha(alpha);
  check_positive("scale", scale);
  check_positive("a", a);
  check_positive("b", b);
  check_not_negative("x", x);
  if (!std::isfinite(x / scale)) return impossible(1);
  const Beta law(a, b);
  const double statistic = x / scale, inside = std::min(statistic, 1.0);
  const double p = two_sided(lower_tail(law, inside), upper_tail(law, inside));
  const Interval interval{ratio(x, upper_quantile(law, alpha / 2)), ratio(x, lower_quantile(law, alpha / 2))};
  return aligned({statistic, p, ratio(x, lower_quantile(law, 0.5)), interval, 1}, scale, alpha);
}

template <class T>
std::optional<TestResult> kolmogorov_smirnov_test(std::span<const T> sorted, const std::function<double(double)>& cdf,
                                                  double alpha) {
  check_alpha(alpha);
  const std::size_t n_samples = sorted.size();
  if (n_samples < 100) return std::nullopt;
  if (!std::all_of(sorted.begin(), sorted.end(), [](T x) { return std::isfinite(x); })) return impossible(n_samples);
  require(std::is_sorted(sorted.begin(), sorted.end()), "the {} draws must be sorted in ascending order", n_samples);
  const double D = largest_distance(sorted, cdf);
  const double n = static_cast<double>(n_samples);
  const double reach = std::sqrt(std::log(2 / alpha) / (2 * n));
  const Interval interval{std::max(0.0, D - reach), std::min(1.0, D + reach)};
  return aligned({std::sqrt(n) * D, std::min(1.0, 2 * std::exp(-2 * n * D * D)), D, interval, n_samples}, 0, alpha);
}

template std::optional<TestResult> kolmogorov_smirnov_test(std::span<const float>, const std::function<double(double)>&,
                                                           double);
template std::optional<TestResult> kolmogorov_smirnov_test(std::span<const double>,
                                                           const std::function<double(double)>&, double);

std::optional<TestResult> pearson_test(std::span<const std::size_t> counts, std::span<const double> expected,
                                       double alpha) {
  check_alpha(alpha);
  require(counts.size() == expected.size(), "each bin needs an expected count: {} counts, {} expected", counts.size(),
          expected.size());
  for (const double e : expected) check_positive("an expected count", e);
  if (counts.size() < 2 || *std::min_element(expected.begin(), expected.end()) < 25) return std::nullopt;
  const std::size_t n_samples = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const double n_expected = std::accumulate(expected.begin(), expected.end(), 0.0);
  // A draw in no bin, a NaN say, is one that the law cannot produce.
  if (std::abs(static_cast<double>(n_samples) - n_expected) > 1e-9 * n_expected) return impossible(n_samples);
  double X2 = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double difference = static_cast<double>(counts[i]) - expected[i];
    X2 += difference * difference / expected[i];
  }
  std::optional<TestResult> result = chi_squared_test(X2, static_cast<double>(counts.size() - 1), alpha);
  result->n_samples = n_samples;
  return result;
}

}  // namespace sqrtn::statistics
