#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "claims/cells.hpp"
#include "claims/initialisers/promises.hpp"
#include "sqrtn/laws/initialiser.hpp"

/// Each rule on weights of every kind: packed, convolutions and transposed ones, grouped and depthwise.
namespace sqrtn::claims {
namespace {

using random::Stream;

constexpr double variance_effect = 0.01;  ///< of the variance, for one shape and engine
constexpr double cdf_effect = 0.02;       ///< largest distance between distribution functions
constexpr double tap_effect = 0.1;        ///< correlation of two taps, for one shape and engine

/// A weight and an engine, with a stream of its own.
struct Part {
  const Weight* weight;
  Stream stream;
};

std::vector<Part> parts_of(const std::vector<const Weight*>& weights, const std::string& id, const Settings& settings) {
  std::vector<Part> parts;
  for (const random::Engine engine : engines) {
    for (const Weight* weight : weights) {
      parts.push_back({weight, {engine, settings.seed, random::stream_of(id) + parts.size()}});
    }
  }
  return parts;
}

std::string name_of(const Part& part) {
  return fmt::format("{}, {} in {} groups, {}", part.weight->name, sqrtn::to_string(part.weight->shape),
                     part.weight->groups, to_string(part.stream.engine));
}

std::vector<const Weight*> all_weights() {
  std::vector<const Weight*> all;
  for (const Weight& weight : hand_counted_weights()) all.push_back(&weight);
  return all;
}

template <class T>
Claim variance_claim(const RuleCase& row) {
  const double effect = variance_effect * row.effect_scale;
  Claim claim =
      row.claim<T>("kernels/variance",
                   fmt::format("Var w = {} for each shape, grouped and transposed", row.promise.formula), effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const std::vector<Part> parts = parts_of(all_weights(), id, settings);
    const std::size_t n_samples = n_samples_for_square(row.promise.law, effect, rates_among(parts.size()));
    std::vector<Cell> cells;
    std::size_t n_drawn = 0;
    for (const Part& part : parts) {
      const Sample sample = row.sample(*part.weight, part.stream, n_samples, settings.threads);
      const double sum = draw_and_sum<T>(subject, sample).second / row.promise.of(*part.weight).variance;
      cells.push_back({laws::square_sum_deviate(row.promise.law, sum, sample.n_samples()),
                       sum / static_cast<double>(sample.n_samples())});
      n_drawn += sample.n_samples();
    }
    return judge_worst(
        cells, [&](std::size_t i) { return name_of(parts[i]) + ", variance"; }, n_drawn);
  };
  return claim;
}

/// Draws of all shapes and both engines, each over its own deviation, are draws of one law.
template <class T>
Claim law_claim(const RuleCase& row) {
  const double effect = std::min(0.5, cdf_effect * row.effect_scale);
  Claim claim = row.claim<T>(
      "kernels/law", fmt::format("P(w/σ <= x) over all shapes is that of the {} law", to_string(row.promise.law)),
      effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const std::vector<Part> parts = parts_of(all_weights(), id, settings);
    const std::size_t n_samples = statistics::n_samples_for_cdf(effect);
    std::vector<T> draws;
    for (const Part& part : parts) {
      const Sample sample = row.sample(*part.weight, part.stream, n_samples / parts.size() + 1, settings.threads);
      const double stddev = row.promise.of(*part.weight).stddev();
      Buffer<T> weight(element_count(part.weight->shape));
      for (std::size_t i = 0; i < sample.n_weights; ++i) {
        draw<T>(subject, sample, i, weight.span());
        // NaN has no place in an order; the largest value of all still counts as a wrong draw.
        for (const T w : weight.span()) {
          draws.push_back(std::isnan(w) ? std::numeric_limits<T>::infinity()
                                        : static_cast<T>(static_cast<double>(w) / stddev));
        }
      }
    }
    std::sort(draws.begin(), draws.end());
    const auto cdf = [law = init::Distribution{row.promise.law, 1}](double x) { return laws::cdf(law, x); };
    return judge(statistics::kolmogorov_smirnov_test<T>(std::span<const T>(draws), cdf, rates.alpha), 0);
  };
  return claim;
}

constexpr std::size_t taps = 9, tap_pairs = taps * (taps - 1) / 2;
using TapSums = std::array<double, taps * taps>;

/// Σ over the kernels of products of any two taps.
template <class T>
TapSums sums_of_taps(const Subject& subject, const Sample& sample) {
  const auto sum_one = [&](std::size_t i) {
    Buffer<T> weight(element_count(sample.weight.shape));
    draw<T>(subject, sample, i, weight.span());
    TapSums sums{};
    for (std::size_t kernel = 0; kernel < weight.size(); kernel += taps) {
      for (std::size_t a = 0; a < taps; ++a) {
        const auto first = static_cast<double>(weight[kernel + a]);
        for (std::size_t b = 0; b < taps; ++b) sums[a * taps + b] += first * static_cast<double>(weight[kernel + b]);
      }
    }
    return sums;
  };
  const auto add = [](TapSums& into, const TapSums& from) {
    for (std::size_t i = 0; i < into.size(); ++i) into[i] += from[i];
  };
  return *parallel_reduce(sample.n_weights, sample.threads, sum_one, add);
}

/// Each N·r², r the correlation of two taps over N kernels, has mean 1 exactly for a law that is symmetric, any two of
/// them are uncorrelated, and the variance 2 to the order of 1/N: with 30,000 kernels alpha is right within 1 %, with
/// 6,400, the fewest taken, within 5 %.
template <class T>
Claim taps_claim(const RuleCase& row) {
  const double effect = std::min(0.5, tap_effect * row.effect_scale);
  Claim claim = row.claim<T>("kernels/taps", "Σ N·r² ~ χ², r the correlations of any two of the 3 x 3 taps", effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    std::vector<const Weight*> weights = all_weights();
    std::erase_if(weights, [](const Weight* w) { return w->shape.size() != 4 || w->shape[2] * w->shape[3] != taps; });
    const std::vector<Part> parts = parts_of(weights, id, settings);
    const auto dof = static_cast<double>(tap_pairs * parts.size());
    const std::size_t n_kernels =
        std::max<std::size_t>(6'400, statistics::n_samples_for_non_centrality(dof, effect * effect));
    double sum = 0;
    std::size_t n_drawn = 0;
    for (const Part& part : parts) {
      const Sample sample = row.sample(*part.weight, part.stream, taps * n_kernels, settings.threads);
      const TapSums sums = sums_of_taps<T>(subject, sample);
      const double n = static_cast<double>(sample.n_samples() / taps);
      for (std::size_t a = 0; a < taps; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
          sum += n * sums[a * taps + b] * sums[a * taps + b] / (sums[a * taps + a] * sums[b * taps + b]);
        }
      }
      n_drawn += sample.n_samples();
    }
    Outcome outcome = judge(statistics::chi_squared_test(sum, dof, rates.alpha), 1);
    outcome.n_samples = n_drawn;
    return outcome;
  };
  return claim;
}

}  // namespace

template <class T>
void add_kernel_claims(const RuleCase& row, std::vector<Claim>& claims) {
  claims.push_back(variance_claim<T>(row));
  claims.push_back(law_claim<T>(row));
  claims.push_back(taps_claim<T>(row));
}

template void add_kernel_claims<float>(const RuleCase&, std::vector<Claim>&);
template void add_kernel_claims<double>(const RuleCase&, std::vector<Claim>&);

}  // namespace sqrtn::claims
