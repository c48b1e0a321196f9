#include "sqrtn/statistics/design.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <vector>

#include "sqrtn/support/require.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::statistics {
namespace {

void check(const ErrorRates& rates) {
  require(rates.alpha > 0 && rates.alpha < 0.5, "alpha must be inside (0, 1/2), got {}", rates.alpha);
  require(rates.miss > 0 && rates.miss < 0.5, "miss must be inside (0, 1/2), got {}", rates.miss);
}

void check_effect(double effect_size) {
  require(std::isfinite(effect_size) && effect_size > 0, "the effect size must be positive and finite, got {}",
          effect_size);
}

void check_kurtosis(double kurtosis) {
  require(std::isfinite(kurtosis) && kurtosis > 1, "kurtosis must be finite and above 1, got {}", kurtosis);
}

double z_reject(const ErrorRates& rates) { return upper_quantile(Normal(), rates.alpha / 2); }
double z_power(const ErrorRates& rates) { return upper_quantile(Normal(), rates.miss); }

/// ⌈n⌉, at least `least`.
std::size_t whole(double n, std::size_t least) {
  require(n <= 0x1p53, "this effect needs {} samples, more than 2^53; state a larger effect", n);
  return std::max(least, static_cast<std::size_t>(std::ceil(n)));
}

double square(double x) { return x * x; }

/// A size that is enough while the one below is not, sought outwards from a guess.
template <class Predicate>
std::size_t smallest(std::size_t guess, Predicate enough) {
  std::size_t low = 0, high = guess, step = guess / 1000 + 1;
  for (; !enough(high); step *= 2) {
    low = high;
    high += step;
    whole(static_cast<double>(high), 1);
  }
  for (; low == 0 && high > step; step *= 2) {
    if (enough(high - step)) {
      high -= step;
    } else {
      low = high - step;
    }
  }
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

/// P(the exact two-sided test accepts) when the variance is ratio·σ².
double chi_squared_miss(double degrees_of_freedom, double ratio, double alpha) {
  const ChiSquared law(degrees_of_freedom);
  const double low = lower_quantile(law, alpha / 2) / ratio, high = upper_quantile(law, alpha / 2) / ratio;
  // The difference of the two small tails: nothing cancels.
  return ratio > 1 ? lower_tail(law, high) - lower_tail(law, low) : upper_tail(law, low) - upper_tail(law, high);
}

/// P(the exact two-sided test of `null` accepts) when the probability is `truth`.
double binomial_miss(double n_trials, double null, double truth, double alpha) {
  const Binomial law(n_trials, null), true_law(n_trials, truth);
  // Boost rounds discrete quantiles outwards, so these are the first counts with 2·tail ≤ alpha,
  // except that 0 may mean that no lower count is small enough.
  double low = lower_quantile(law, alpha / 2);
  if (lower_tail(law, low) > alpha / 2) low = -1;
  const double high = upper_quantile(law, alpha / 2);
  if (truth > null) return lower_tail(true_law, high) - (low < 0 ? 0 : lower_tail(true_law, low));
  return (low < 0 ? 1 : upper_tail(true_law, low)) - upper_tail(true_law, high);
}

/// The answer of `find`, sought once for each question: many claims ask for the same, and each costs milliseconds.
/// Every `find` is of a type of its own, and so has answers of its own.
template <class Find>
std::size_t remembered(const std::vector<double>& question, Find find) {
  thread_local std::map<std::vector<double>, std::size_t> answers;
  const auto known = answers.find(question);
  return known != answers.end() ? known->second : answers.emplace(question, find()).first->second;
}

}  // namespace

std::size_t n_samples_for_variance(double effect_size, double kurtosis, const ErrorRates& rates) {
  check(rates);
  check_effect(effect_size);
  check_kurtosis(kurtosis);
  const double root = (z_reject(rates) + z_power(rates) * (1 + effect_size)) / effect_size;
  return whole(square(root) * (kurtosis - 1), 2);
}

double resolvable_variance_effect(std::size_t n_samples, double kurtosis, const ErrorRates& rates) {
  check(rates);
  check_kurtosis(kurtosis);
  const double margin = std::sqrt(static_cast<double>(n_samples) / (kurtosis - 1)) - z_power(rates);
  if (n_samples < 2 || margin <= 0) return std::numeric_limits<double>::infinity();
  return (z_reject(rates) + z_power(rates)) / margin;
}

std::size_t degrees_of_freedom_for_chi_squared(double effect_size, const ErrorRates& rates) {
  check(rates);
  require(effect_size > 0 && effect_size < 1, "the effect size must be inside (0, 1), got {}", effect_size);
  const auto enough = [&](std::size_t dof) {
    const double d = static_cast<double>(dof);
    return chi_squared_miss(d, 1 + effect_size, rates.alpha) <= rates.miss &&
           chi_squared_miss(d, 1 - effect_size, rates.alpha) <= rates.miss;
  };
  return remembered({effect_size, rates.alpha, rates.miss},
                    [&] { return smallest(n_samples_for_variance(effect_size, 3, rates), enough); });
}

std::size_t n_samples_for_mean(double effect_size, const ErrorRates& rates, double spread) {
  check(rates);
  check_effect(effect_size);
  require(std::isfinite(spread) && spread >= 1, "the spread under the effect must be at least 1, got {}", spread);
  return whole(square((z_reject(rates) + z_power(rates) * spread) / effect_size), 1);
}

std::size_t n_samples_for_non_centrality(double degrees_of_freedom, double per_sample, const ErrorRates& rates) {
  check(rates);
  require(std::isfinite(degrees_of_freedom) && degrees_of_freedom > 0,
          "the degrees of freedom must be positive, got {}", degrees_of_freedom);
  check_effect(per_sample);
  return remembered({degrees_of_freedom, per_sample, rates.alpha, rates.miss}, [&] {
    const double threshold = upper_quantile(ChiSquared(degrees_of_freedom), rates.alpha / 2);
    const auto miss = [&](double non_centrality) {
      return lower_tail(NonCentralChiSquared(degrees_of_freedom, non_centrality), threshold);
    };
    double low = 0, high = threshold;
    while (miss(high) > rates.miss) high *= 2;
    while (high - low > 1e-6 * high) {
      const double middle = (low + high) / 2;
      (miss(middle) > rates.miss ? low : high) = middle;
    }
    return whole(high / per_sample, 1);
  });
}

std::size_t n_samples_for_probability(double probability, double effect_size, const ErrorRates& rates,
                                      std::size_t multiple) {
  check(rates);
  require(multiple >= 1, "samples come in multiples of at least 1, got {}", multiple);
  require(probability > 0 && probability < 1, "probability must be inside (0, 1), got {}", probability);
  check_effect(effect_size);
  const double upper = probability * (1 + effect_size), lower = std::max(0.0, probability * (1 - effect_size));
  require(upper < 1, "probability {} times 1 + effect size {} must stay below 1", probability, effect_size);
  const double spread = std::sqrt(probability * (1 - probability)), upper_spread = std::sqrt(upper * (1 - upper)),
               lower_spread = std::sqrt(lower * (1 - lower));
  const double root =
      (z_reject(rates) * spread + z_power(rates) * std::max(lower_spread, upper_spread)) / (probability * effect_size);
  const auto enough = [&](std::size_t n_multiples) {
    const double n = static_cast<double>(n_multiples * multiple);
    return binomial_miss(n, probability, upper, rates.alpha) <= rates.miss &&
           (lower == 0 || binomial_miss(n, probability, lower, rates.alpha) <= rates.miss);
  };
  return remembered({probability, effect_size, rates.alpha, rates.miss, static_cast<double>(multiple)}, [&] {
    return multiple * smallest(whole(square(root) / static_cast<double>(multiple), 1), enough);
  });
}

double mean_for_poisson(double effect_size, const ErrorRates& rates) {
  check(rates);
  check_effect(effect_size);
  // Square roots of Poisson counts have a deviation of about 1/2.
  const double roots = (z_reject(rates) + z_power(rates)) / (2 * (std::sqrt(1 + effect_size) - 1));
  for (double mean = std::max(1.0, std::floor(0.8 * square(roots)));; ++mean) {
    // Boost rounds discrete quantiles outwards: the first count whose upper tail, itself included, is small enough.
    double count = upper_quantile(Poisson(mean), rates.alpha / 2);
    while (upper_tail(Poisson(mean), count - 1) > rates.alpha / 2) ++count;
    if (lower_tail(Poisson(mean * (1 + effect_size)), count - 1) <= rates.miss) return mean;
  }
}

std::size_t n_samples_for_cdf(double distance, const ErrorRates& rates) {
  check(rates);
  require(distance > 0 && distance < 1, "the distance must be inside (0, 1), got {}", distance);
  const double root = (std::sqrt(std::log(2 / rates.alpha) / 2) + std::sqrt(std::log(1 / rates.miss) / 2)) / distance;
  return whole(square(root), 100);
}

void AlphaBudget::spend(std::string_view claim_id, double alpha) {
  if (!(alpha > 0 && alpha <= alpha_per_claim)) {
    throw std::logic_error(
        fmt::format("claim {} asks for alpha = {}; a claim may spend at most {}", claim_id, alpha, alpha_per_claim));
  }
  if (n_claims_ == max_claims) {
    throw std::logic_error(
        fmt::format("claim {} is one more than the {} statistical claims that a run may hold", claim_id, max_claims));
  }
  ++n_claims_;
  spent_ += alpha;
}

}  // namespace sqrtn::statistics
