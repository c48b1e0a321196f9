#include "claims/layers/orthogonal_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "claims/judge.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

/// Layers whose inputs are orthogonal, so that every weight counts: with one input a row of weights gives one output,
/// with as many orthogonal ones as it has weights it gives as many independent outputs.
namespace sqrtn::claims {
namespace {

using init::Law;
using random::Engine;

constexpr std::size_t fan_out = 64, fan_in = 32, draws_per_task = 64;

struct Case {
  const char* rule;
  init::Distribution weights;
  bool forward, rectified;
  Engine engine;

  [[nodiscard]] std::string id(std::string_view dtype, const char* what) const {
    return fmt::format("layers/orthogonal_inputs/{}/{}/{}/{}/{}/{}", rectified ? "relu" : "linear", rule,
                       forward ? "forward" : "backward", dtype, to_string(engine), what);
  }
};

/// Hadamard's matrix of order n, a power of two, as Sylvester builds it: XXᵀ = n·I, exact in every type.
template <class T>
Matrix<T> orthogonal_inputs(std::size_t n) {
  Matrix<T> x(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) x(i, j) = std::popcount(i & j) % 2 == 0 ? T(1) : T(-1);
  }
  return x;
}

struct Sums {
  double square = 0;  ///< Σ max(0, y)² or Σ y²
  std::size_t n_positive = 0, n_outputs = 0;
};

/// Y = XWᵀ forward, XW backward, over fresh W.
template <class T>
Sums run_case(const Case& row, const std::string& id, std::size_t n_tasks, const Subject& subject,
              const Settings& settings) {
  const init::Rule& rule = init::find_rule(row.rule);
  const Matrix<T> x = orthogonal_inputs<T>(row.forward ? fan_in : fan_out);
  const random::Stream stream{row.engine, settings.seed, random::stream_of(id)};
  const double least = row.rectified ? 0 : -std::numeric_limits<double>::infinity();
  const auto one = [&](std::size_t task) {
    Matrix<T> w(fan_out, fan_in), y(x.rows(), row.forward ? fan_out : fan_in);
    Sums sums;
    for (std::size_t draw = task * draws_per_task; draw < (task + 1) * draws_per_task; ++draw) {
      subject.of<T>().initialise(rule, init::Layer::linear, {fan_out, fan_in}, 1, stream.skip(draw * fan_out * fan_in),
                                 w.storage());
      blas::gemm<T>(subject.products, blas::Op::none, row.forward ? blas::Op::transpose : blas::Op::none, T(1),
                    x.view(), w.view(), T(0), y.view());
      for (const T value : y.storage()) {
        const double output = std::max(static_cast<double>(value), least);
        sums.square += output * output;
        sums.n_positive += output > 0;
      }
      sums.n_outputs += y.storage().size();
    }
    return sums;
  };
  return *parallel_reduce(n_tasks, settings.threads, one, [](Sums& into, const Sums& from) {
    into.square += from.square;
    into.n_positive += from.n_positive;
    into.n_outputs += from.n_outputs;
  });
}

std::size_t tasks_for(std::size_t n_outputs) { return n_outputs / (fan_out * fan_in * draws_per_task) + 1; }

template <class T>
Claim second_moment_claim(const Case& row, const Settings& settings) {
  const double effect = 0.001 * settings.effect_scale, kurtosis = laws::kurtosis(row.weights.law);
  const bool gaussian = row.weights.law == Law::normal;
  const char* statement = row.rectified ? "X of orthogonal rows, given K positive outputs: Σy²/(σ²‖x‖²) ~ χ²(K)"
                          : gaussian    ? "X of orthogonal rows: Σy²/(σ²‖x‖²) ~ χ²(outputs)"
                                        : "X of orthogonal rows and as many columns: Σy²/‖x‖² = ΣW²";
  Claim claim = statistical_claim(row.id(dtype_name<T>(), "second_moment"), statement,
                                  row.rectified ? "laws.md §3" : "laws.md §2", to_string(row.engine), effect);
  claim.uses_blas = true;
  const std::size_t n_outputs = gaussian ? statistics::degrees_of_freedom_for_chi_squared(effect)
                                         : statistics::n_samples_for_variance(effect, kurtosis);
  const std::size_t n_tasks = tasks_for(row.rectified ? 2 * n_outputs : n_outputs);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& run) {
    const Sums sums = run_case<T>(row, id, n_tasks, subject, run);
    const double square_norm = row.forward ? fan_in : fan_out,
                 pivot = sums.square / (row.weights.variance * square_norm);
    const double n = static_cast<double>(row.rectified ? sums.n_positive : sums.n_outputs);
    return judge(gaussian ? statistics::chi_squared_test(pivot, n, rates.alpha)
                          : statistics::second_moment_test(pivot / n, 1, kurtosis, sums.n_outputs, rates.alpha),
                 1);
  };
  return claim;
}

template <class T>
Claim positive_claim(const Case& row, const Settings& settings) {
  const double effect = 0.001 * settings.effect_scale;
  Claim claim = statistical_claim(row.id(dtype_name<T>(), "positive"),
                                  "X of orthogonal rows: positive outputs ~ Binomial(outputs, 1/2)", "laws.md §3",
                                  to_string(row.engine), effect);
  claim.uses_blas = true;
  const std::size_t n_tasks = tasks_for(statistics::n_samples_for_probability(0.5, effect, rates));
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& run) {
    const Sums sums = run_case<T>(row, id, n_tasks, subject, run);
    return judge(statistics::binomial_test(sums.n_positive, sums.n_outputs, 0.5, rates.alpha), 0.5);
  };
  return claim;
}

template <class T>
void add_claims(Engine engine, const Settings& settings, std::vector<Claim>& claims) {
  const init::Distribution he{Law::normal, 2.0 / fan_in}, lecun{Law::normal, 1.0 / fan_in},
      glorot{Law::uniform, 2.0 / (fan_in + fan_out)};
  for (const bool forward : {true, false}) {
    claims.push_back(second_moment_claim<T>({"lecun_normal", lecun, forward, false, engine}, settings));
    claims.push_back(second_moment_claim<T>({"glorot_uniform", glorot, forward, false, engine}, settings));
  }
  const Case relu{"he_normal", he, true, true, engine};
  claims.push_back(second_moment_claim<T>(relu, settings));
  claims.push_back(positive_claim<T>(relu, settings));
}

}  // namespace

void add_orthogonal_input_claims(const Settings& settings, std::vector<Claim>& claims) {
  add_claims<float>(Engine::ars, settings, claims);
  add_claims<float>(Engine::philox, settings, claims);
  add_claims<double>(Engine::ars, settings, claims);
}

}  // namespace sqrtn::claims
