#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "claims/judge.hpp"
#include "claims/layers/orthogonal_inputs.hpp"
#include "experiment/monte_carlo.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/laws/linear.hpp"
#include "sqrtn/laws/product.hpp"
#include "sqrtn/laws/rectified.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::claims {
namespace {

using experiment::Direction;
using experiment::LayerExperiment;
using experiment::LayerSums;
using random::Engine;
using random::Stream;

constexpr double variance_effect = 0.005;
/// Small, because each output costs its row of fresh weights; fan_in ≠ fan_out, or a swap passes unseen.
constexpr std::size_t fan_out = 48, fan_in = 32;

/// A layer by rule, engine and direction; the variance is the rule's, written out.
struct Case {
  const char* rule;
  init::Distribution weights;
  Direction direction;
  bool rectified;
  Engine engine;
  double effect;

  [[nodiscard]] bool forward() const { return direction == Direction::forward; }
  [[nodiscard]] std::size_t n_inputs() const { return forward() ? fan_in : fan_out; }
  [[nodiscard]] std::size_t n_outputs() const { return forward() ? fan_out : fan_in; }
  [[nodiscard]] std::string id(const char* dtype, const char* what) const {
    return fmt::format("layers/{}/{}/{}/{}/{}/{}", rectified ? "relu" : "linear", rule,
                       forward() ? "forward" : "backward", dtype, to_string(engine), what);
  }
};

template <class T>
LayerSums run_case(const Case& row, const std::string& id, std::size_t n_replicates, const Subject& subject,
                   const Settings& settings) {
  const init::Rule& rule = init::find_rule(row.rule);
  const auto draw = [&](const Stream& stream, std::span<T> out) {
    subject.of<T>().initialise(rule, init::Layer::linear, {fan_out, fan_in}, 1, stream, out);
  };
  const LayerExperiment layer{fan_out, fan_in, row.weights, row.direction, row.rectified};
  return experiment::run_layer<T>(layer, subject.products, {row.engine, settings.seed, random::stream_of(id)},
                                  n_replicates, settings.threads, draw);
}

using Check = Outcome (*)(const Case&, const LayerSums&);

template <class T>
Claim layer_claim(const Case& row, const char* what, std::string statement, const char* source, double effect,
                  std::size_t n_replicates, Check check) {
  Claim claim = statistical_claim(row.id(dtype_name<T>().data(), what), std::move(statement), source,
                                  to_string(row.engine), effect);
  claim.uses_blas = true;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    return check(row, run_case<T>(row, id, n_replicates, subject, settings));
  };
  return claim;
}

/// Replicates that give at least n outputs.
std::size_t replicates_for(std::size_t n, const Case& row) { return (n + row.n_outputs() - 1) / row.n_outputs(); }

Outcome judge_gaussian_pivot(const Case& row, const LayerSums& sums) {
  const double dof = row.rectified ? static_cast<double>(sums.n_positive)
                                   : laws::linear_degrees_of_freedom(row.n_outputs(), sums.n_replicates);
  return judge(statistics::chi_squared_test(sums.pivot, dof, rates.alpha), 1);
}

/// Σy²/(σ²‖x‖²) of non-Gaussian weights: mean 1 an output, variance by the law's fourth moment.
Outcome judge_general_pivot(const Case&, const LayerSums& sums) {
  const double n = static_cast<double>(sums.n_outputs);
  return judge(
      statistics::normal_mean_test(sums.pivot / n, 1, std::sqrt(sums.pivot_variance / n), sums.n_outputs, rates.alpha),
      1);
}

template <class T>
Claim pivot_claim(const Case& row) {
  const bool gaussian = row.weights.law == init::Law::normal;
  // Half the outputs of a ReLU are 0 and count for nothing.
  const std::size_t outputs = statistics::degrees_of_freedom_for_chi_squared(row.effect) * (row.rectified ? 2 : 1);
  const char* statement = row.rectified ? "given K positive outputs, Σy²/(σ²‖x‖²) ~ χ²(K)"
                          : gaussian    ? "Σy²/(σ²‖x‖²) ~ χ²(outputs), given x"
                                     : "E y² = σ²‖x‖², Var y² = 2σ⁴‖x‖⁴ + (κ − 3)σ⁴Σx⁴, given x";
  return layer_claim<T>(row, "second_moment", statement, row.rectified ? "laws.md §3" : "laws.md §2", row.effect,
                        replicates_for(outputs, row), gaussian ? judge_gaussian_pivot : judge_general_pivot);
}

/// The rule as people quote it, RMS(y) = σ√n, with x random too and Var S from the law.
template <class T>
Claim rms_claim(const Case& row) {
  const double expected = row.rectified ? laws::rectified_mean_square(row.n_inputs(), row.weights.variance)
                                        : laws::linear_mean_square(row.n_inputs(), row.weights.variance);
  const double variance =
      row.rectified ? laws::rectified_mean_square_variance(row.n_outputs(), row.n_inputs(), row.weights.variance)
                    : laws::linear_mean_square_variance(row.n_outputs(), row.n_inputs(), row.weights.variance);
  // A wrong scale also spreads the mean square: sized as a variance of this "kurtosis", not as a mean.
  const std::size_t n_replicates = statistics::n_samples_for_variance(row.effect, 1 + variance / (expected * expected));
  const char* statement = row.rectified ? "E y² = nσ²/2, Var of its mean over outputs from the law"
                                        : "E y² = nσ², Var of its mean over outputs σ⁴[n(n+2)(1+2/m) − n²]";
  Claim claim = layer_claim<T>(row, "rms", statement, row.rectified ? "laws.md §3" : "laws.md §2", row.effect,
                               n_replicates, nullptr);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const LayerSums sums = run_case<T>(row, id, n_replicates, subject, settings);
    return judge(statistics::normal_mean_test(*sums.mean_square.mean(), expected, std::sqrt(variance),
                                              sums.n_replicates, rates.alpha),
                 expected);
  };
  return claim;
}

/// E y of a ReLU: a first moment, resolved to the effect on its own scale.
template <class T>
Claim mean_claim(const Case& row) {
  const double expected = laws::rectified_mean(row.n_inputs(), row.weights.variance);
  const double stddev = std::sqrt(laws::rectified_mean_variance(row.n_outputs(), row.n_inputs(), row.weights.variance));
  const std::size_t n_replicates =
      statistics::n_samples_for_variance(row.effect, 1 + stddev * stddev / (expected * expected));
  Claim claim = layer_claim<T>(row, "mean", "E y = σE‖x‖/√(2π)", "laws.md §3", row.effect, n_replicates, nullptr);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const LayerSums sums = run_case<T>(row, id, n_replicates, subject, settings);
    return judge(statistics::normal_mean_test(*sums.mean.mean(), expected, stddev, sums.n_replicates, rates.alpha),
                 expected);
  };
  return claim;
}

template <class T>
Claim positive_claim(const Case& row) {
  const std::size_t outputs = statistics::n_samples_for_probability(0.5, row.effect, rates, row.n_outputs());
  return layer_claim<T>(row, "positive", "the number of positive outputs ~ Binomial(outputs, 1/2)", "laws.md §3",
                        row.effect, replicates_for(outputs, row), [](const Case&, const LayerSums& sums) {
                          return judge(statistics::binomial_test(sums.n_positive, sums.n_outputs, 0.5, rates.alpha),
                                       0.5);
                        });
}

/// a·x of two N(0,1) draws as a dot product of length 1, and its ReLU: second moments.
template <class T>
Claim scalar_claim(bool rectified, const Settings& settings) {
  // The relative variance of the square is 17 with a ReLU, 8 without: 0.1 % would take 10 s there.
  const double effect = (rectified ? 0.002 : 0.001) * settings.effect_scale;
  const laws::ScalarLaw law = rectified ? laws::rectified_scalar_product() : laws::scalar_product();
  const double kurtosis = 1 + law.variance_of_square / (law.mean_square * law.mean_square);
  Claim claim = statistical_claim(
      fmt::format("layers/{}/{}", rectified ? "rectified_scalar_product" : "scalar_product", dtype_name<T>()),
      rectified ? "E max(0, ax)² = 1/2, Var of the square 4.25" : "E (ax)² = 1, Var of the square 8", "laws.md §1",
      to_string(Engine::ars), effect);
  claim.uses_blas = true;
  constexpr std::size_t chunk = std::size_t{1} << 14;
  const double least = rectified ? 0 : -std::numeric_limits<double>::infinity();
  const std::size_t n_chunks = statistics::n_samples_for_variance(effect, kurtosis) / chunk + 1;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const auto one = [&](std::size_t task) {
      Buffer<T> a(chunk), x(chunk), y(chunk);
      const Stream stream{Engine::ars, settings.seed, random::stream_of(id), task * chunk};
      subject.of<T>().normal(stream, a.span(), T(0), T(1));
      subject.of<T>().normal({stream.engine, stream.seed, ~stream.stream, stream.offset}, x.span(), T(0), T(1));
      const auto dot = subject.products.of<T>().dot;
      for (std::size_t i = 0; i < chunk; ++i) y[i] = dot(1, &a[i], 1, &x[i], 1);
      // Apart from the calls, around which a sum would lie in memory.
      double sum = 0;
      for (const T product : y.span()) {
        const double output = std::max(static_cast<double>(product), least);
        sum += output * output;
      }
      return sum;
    };
    const double sum = *parallel_reduce(n_chunks, settings.threads, one, [](double& p, double q) { p += q; });
    const std::size_t n_samples = n_chunks * chunk;
    return judge(statistics::second_moment_test(sum / static_cast<double>(n_samples), law.mean_square, kurtosis,
                                                n_samples, rates.alpha),
                 law.mean_square, law.mean_square);
  };
  return claim;
}

template <class T>
void add_claims(Engine engine, const Settings& settings, std::vector<Claim>& claims) {
  const double effect = variance_effect * settings.effect_scale;
  const init::Distribution he{init::Law::normal, 2.0 / fan_in}, lecun{init::Law::normal, 1.0 / fan_in};
  const init::Distribution glorot{init::Law::uniform, 2.0 / (fan_in + fan_out)};
  for (const Direction direction : {Direction::forward, Direction::backward}) {
    claims.push_back(pivot_claim<T>({"lecun_normal", lecun, direction, false, engine, effect}));
    claims.push_back(pivot_claim<T>({"glorot_uniform", glorot, direction, false, engine, effect}));
  }
  const Case relu{"he_normal", he, Direction::forward, true, engine, effect};
  claims.push_back(pivot_claim<T>(relu));
  claims.push_back(positive_claim<T>(relu));
  claims.push_back(mean_claim<T>(relu));
  // Without x given the same rules need the most draws: once, not for every engine and type.
  if (engine == Engine::philox || sizeof(T) != sizeof(float)) return;
  claims.push_back(rms_claim<T>(relu));
  claims.push_back(rms_claim<T>({"lecun_normal", lecun, Direction::forward, false, engine, effect}));
}

}  // namespace

std::vector<Claim> layer_claims(const Settings& settings) {
  std::vector<Claim> claims;
  for (const bool rectified : {false, true}) {
    claims.push_back(scalar_claim<float>(rectified, settings));
    claims.push_back(scalar_claim<double>(rectified, settings));
  }
  add_claims<float>(Engine::ars, settings, claims);
  add_claims<float>(Engine::philox, settings, claims);
  add_claims<double>(Engine::ars, settings, claims);
  add_orthogonal_input_claims(settings, claims);
  return claims;
}

}  // namespace sqrtn::claims
