#include "claims/initialisers/fans.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "sqrtn/laws/initialiser.hpp"

namespace sqrtn::claims {
namespace {

using init::Layer;
using random::Engine;
using random::Stream;

constexpr double variance_effect = 0.001;     ///< of the variance
constexpr double correlation_effect = 0.005;  ///< correlation coefficient

constexpr const char* source = "laws.md §4";

Claim fan_table_claim() {
  Claim claim =
      exact_claim("initialisers/fans/table", "fan_in: terms of one output; fan_out: outputs of one input", source);
  claim.check = [](const Subject& subject, const Settings&) {
    for (const Weight& weight : hand_counted_weights()) {
      const auto [fan_in, fan_out] = subject.fans(weight.layer, weight.shape, weight.groups);
      if (fan_in == weight.fan_in && fan_out == weight.fan_out) continue;
      return failure(fmt::format("{}, {} in {} groups: fans {} and {} instead of {} and {}", weight.name,
                                 sqrtn::to_string(weight.shape), weight.groups, fan_in, fan_out, weight.fan_in,
                                 weight.fan_out));
    }
    return exact_outcome({}, hand_counted_weights().size());
  };
  return claim;
}

double hand_counted_fan(init::Mode mode, const Weight& weight) {
  switch (mode) {
    case init::Mode::fan_in:
      return weight.fan_in;
    case init::Mode::fan_out:
      return weight.fan_out;
    case init::Mode::fan_avg:
      return (weight.fan_in + weight.fan_out) / 2;
  }
  return 0;
}

/// The variance of he_uniform (the uniform law needs the fewest draws) tells which fan was taken.
Claim fan_claim(const Weight& weight, init::Mode mode, const Settings& settings) {
  const double effect = variance_effect * settings.effect_scale;
  Claim claim = statistical_claim(
      fmt::format("initialisers/fans/{}/{}", weight.name, to_string(mode)),
      fmt::format("Var w = 2/{} for {} in {} groups", to_string(mode), sqrtn::to_string(weight.shape), weight.groups),
      source, to_string(Engine::ars), effect);
  const double variance = 2 / hand_counted_fan(mode, weight), kurtosis = laws::kurtosis(init::Law::uniform);
  const std::size_t n_samples = statistics::n_samples_for_variance(effect, kurtosis);
  claim.check = [=, stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    init::Rule rule = init::find_rule("he_uniform");
    rule.mode = mode;
    const Sample sample{
        rule, weight, {Engine::ars, settings.seed, stream}, weights_for(n_samples, weight), settings.threads};
    const double mean_square = draw_and_sum<float>(subject, sample).second / sample.n_samples();
    return judge(statistics::second_moment_test(mean_square, variance, kurtosis, sample.n_samples(), rates.alpha),
                 variance, variance);
  };
  return claim;
}

/// Addresses that differ in one part each, in its low or its high half, from the first.
std::vector<Stream> neighbours(const Stream& first, std::size_t count) {
  std::vector<Stream> streams(6, first);
  constexpr std::uint64_t high = std::uint64_t{1} << 32;
  streams[1].offset += count;
  streams[2].stream += 1;
  streams[3].stream += high;
  streams[4].seed += 1;
  streams[5].seed += high;
  return streams;
}

/// A run of four entries has at least 88 random bits, so that among the 2³² pairs of runs here two
/// are equal by chance with probability below 1e-16: exact for all purposes.
template <class T>
Claim distinct_claim(Engine engine) {
  Claim claim = exact_claim(fmt::format("initialisers/streams/distinct/{}/{}", dtype_name<T>(), to_string(engine)),
                            "no four entries in a row occur twice in weights of other offset, stream or seed", source,
                            to_string(engine));
  claim.check = [engine, stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    const Weight& weight = hand_counted_weights().front();
    Buffer<T> w(element_count(weight.shape));
    // Compared as bytes: unlike <, that orders NaN too.
    std::vector<std::array<std::byte, 4 * sizeof(T)>> runs;
    for (const Stream& address : neighbours({engine, settings.seed, stream}, w.size())) {
      draw<T>(subject, {init::find_rule("he_normal"), weight, address, 1, 1}, 0, w.span());
      for (std::size_t i = 0; i + 4 <= w.size(); ++i) std::memcpy(runs.emplace_back().data(), &w[i], 4 * sizeof(T));
    }
    std::sort(runs.begin(), runs.end());
    const bool twice = std::adjacent_find(runs.begin(), runs.end()) != runs.end();
    return exact_outcome(twice ? "a run of four entries occurs twice" : "", runs.size());
  };
  return claim;
}

/// Mean of w·w'/σ² over all entries of two weights at the same index, n_weights times.
template <class T>
double correlation(const Subject& subject, const Sample& one, const Sample& other, double variance) {
  const auto sum_products = [&](std::size_t i) {
    const std::size_t count = element_count(one.weight.shape);
    Buffer<T> a(count), b(count);
    draw<T>(subject, one, i, a.span());
    draw<T>(subject, other, i, b.span());
    double sum = 0;
    for (std::size_t j = 0; j < count; ++j) sum += static_cast<double>(a[j]) * static_cast<double>(b[j]);
    return sum;
  };
  const auto total = parallel_reduce(one.n_weights, one.threads, sum_products, [](double& a, double b) { a += b; });
  return *total / variance / static_cast<double>(one.n_samples());
}

template <class T>
Claim correlation_claim(Engine engine, bool by_seed, const Settings& settings) {
  const double effect = correlation_effect * settings.effect_scale;
  Claim claim =
      statistical_claim(fmt::format("initialisers/streams/uncorrelated_{}/{}/{}", by_seed ? "seeds" : "layers",
                                    dtype_name<T>(), to_string(engine)),
                        fmt::format("E w w' = 0 for weights of neighbouring {}", by_seed ? "seeds" : "streams"), source,
                        to_string(engine), effect);
  const Weight& weight = hand_counted_weights().front();
  const std::size_t n_weights = weights_for(statistics::n_samples_for_mean(effect), weight);
  claim.check = [=, stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    const Sample one{
        init::find_rule("he_normal"), weight, {engine, settings.seed, stream}, n_weights, settings.threads};
    Sample other = one;
    ++(by_seed ? other.stream.seed : other.stream.stream);
    const double mean = correlation<T>(subject, one, other, 2 / weight.fan_in);
    return judge(statistics::normal_mean_test(mean, 0, 1, one.n_samples(), rates.alpha), 0);
  };
  return claim;
}

}  // namespace

const std::vector<Weight>& hand_counted_weights() {
  static const std::vector<Weight> weights = {
      {"linear", Layer::linear, {96, 160}, 1, 160, 96},
      {"packed_linear", Layer::linear, {288, 160}, 3, 160, 96},
      {"conv", Layer::conv, {64, 24, 3, 3}, 1, 24 * 9, 64 * 9},
      {"grouped_conv", Layer::conv, {64, 8, 3, 3}, 4, 8 * 9, 16 * 9},
      {"depthwise_conv", Layer::conv, {48, 1, 5, 5}, 24, 25, 2 * 25},
      {"transposed_conv", Layer::transposed_conv, {24, 40, 3, 3}, 1, 24 * 9, 40 * 9},
      {"grouped_transposed_conv", Layer::transposed_conv, {48, 10, 3, 3}, 4, 12 * 9, 10 * 9},
  };
  return weights;
}

std::vector<Claim> weight_claims(const Settings& settings) {
  std::vector<Claim> claims{fan_table_claim()};
  for (const Weight& weight : hand_counted_weights()) {
    for (init::Mode mode : {init::Mode::fan_in, init::Mode::fan_out, init::Mode::fan_avg}) {
      claims.push_back(fan_claim(weight, mode, settings));
    }
  }
  for (Engine engine : {Engine::ars, Engine::philox}) {
    claims.push_back(distinct_claim<float>(engine));
    claims.push_back(distinct_claim<double>(engine));
    for (bool by_seed : {false, true}) {
      claims.push_back(correlation_claim<float>(engine, by_seed, settings));
      claims.push_back(correlation_claim<double>(engine, by_seed, settings));
    }
  }
  return claims;
}

}  // namespace sqrtn::claims
