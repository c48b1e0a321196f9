#include <fmt/format.h>

#include <cmath>

#include "claims/judge.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/parallel.hpp"

/// One weight used more than once: by the rows of a batch, and by layer after layer.
namespace sqrtn::claims {
namespace {

using random::Engine;
using random::Stream;

constexpr std::size_t fan_out = 48, fan_in = 32, draws_per_task = 256;

/// Weights of lecun_normal, as the subject draws them.
template <class T>
void draw_weight(const Subject& subject, const Stream& stream, Matrix<T>& w) {
  subject.of<T>().initialise(init::find_rule("lecun_normal"), init::Layer::linear, {w.rows(), w.cols()}, 1, stream,
                             w.storage());
}

/// Σᵢ yᵢᵀG⁻¹yᵢ/σ² of one weight: yᵢ holds output i of both rows, G = XXᵀ.
template <class T>
double joint_form(MatrixView<const T> x, MatrixView<const T> y, double variance) {
  double a = 0, b = 0, d = 0, sum = 0;
  for (std::size_t j = 0; j < x.cols; ++j) {
    const double first = x(0, j), second = x(1, j);
    a += first * first;
    b += first * second;
    d += second * second;
  }
  for (std::size_t i = 0; i < y.cols; ++i) {
    const double first = y(0, i), second = y(1, i);
    sum += d * first * first - 2 * b * first * second + a * second * second;
  }
  return sum / ((a * d - b * b) * variance);
}

/// The rows of a batch share W, so their outputs are not independent; but given X the two entries of an
/// output are N(0, σ²XXᵀ), and different outputs are independent. Rows that took different weights would
/// lose the correlation, and show.
template <class T>
Claim batch_claim(const Settings& settings) {
  const double effect = 0.005 * settings.effect_scale;
  Claim claim = statistical_claim(fmt::format("layers/batch/joint/{}", dtype_name<T>()),
                                  "Y = XWᵀ, given X: Σ yᵢᵀ(XXᵀ)⁻¹yᵢ/σ² ~ χ²(rows·outputs)", "laws.md §6",
                                  to_string(Engine::ars), effect);
  claim.uses_blas = true;
  const std::size_t outputs = statistics::degrees_of_freedom_for_chi_squared(effect) / 2;
  const std::size_t n_tasks = outputs / (fan_out * draws_per_task) + 1;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& run) {
    const auto one = [&](std::size_t task) {
      Matrix<T> w(fan_out, fan_in), x(2, fan_in), y(2, fan_out);
      const Stream weights{Engine::ars, run.seed, random::stream_of(id), 0};
      const Stream inputs{Engine::ars, run.seed, ~random::stream_of(id), 0};
      double sum = 0;
      for (std::size_t draw = task * draws_per_task; draw < (task + 1) * draws_per_task; ++draw) {
        draw_weight(subject, weights.skip(draw * fan_out * fan_in), w);
        random::fill_normal<T>(inputs.skip(draw * 2 * fan_in), x.storage(), 0, 1);
        blas::gemm<T>(subject.products, blas::Op::none, blas::Op::transpose, T(1), x.view(), w.view(), T(0), y.view());
        sum += joint_form<T>(x.view(), y.view(), 1.0 / fan_in);
      }
      return sum;
    };
    const double sum = *parallel_reduce(n_tasks, run.threads, one, [](double& p, double q) { p += q; });
    return judge(
        statistics::chi_squared_test(sum, 2.0 * static_cast<double>(n_tasks * draws_per_task * fan_out), rates.alpha),
        1);
  };
  return claim;
}

/// ln(‖W^k x‖/‖x‖)/k, the scale taken out after each step.
double growth_per_step(const Subject& subject, Matrix<double>& w, const Stream& stream, std::size_t steps) {
  Buffer<double> x(w.cols()), y(w.cols());
  random::fill_normal<double>(stream, x.span(), 0, 1);
  double log_growth = 0;
  for (std::size_t step = 0; step <= steps; ++step) {
    double norm = 0;
    for (const double value : x.span()) norm += value * value;
    norm = std::sqrt(norm);
    for (double& value : x.span()) value /= norm;
    if (step > 0) log_growth += std::log(norm);
    blas::gemv<double>(subject.products, blas::Op::none, 1, w.view(), std::span<const double>(x.span()), 0, y.span());
    std::swap(x, y);
  }
  return log_growth / static_cast<double>(steps);
}

/// One matrix reused grows by its own spectral radius. W^k x = Σ λ^k cᵢvᵢ, so that after k steps the rate
/// is off by at most ln(κ/c)/k, with κ the condition of the leading eigenvalue and c the share of x in
/// it. (In double, because float's rounding would itself shift the rate by κu.) P(κ > K) falls as n/K² for Gaussian
/// matrices and P(c < ε) as ε: 35/k is passed less than once in 1e9 seeds. Source: Chalker and Mehlig, Phys. Rev. Lett.
/// 81 (1998) 3367; Fyodorov, Commun. Math. Phys. 363 (2018) 579.
Claim radius_claim() {
  Claim claim = exact_claim("chains/shared/spectral_radius/f64", "ln(‖W^k x‖/‖x‖)/k = ln max |λ| of this very W",
                            "laws.md §7", to_string(Engine::ars));
  claim.uses_blas = true;
  claim.check = [id = claim.id](const Subject& subject, const Settings& settings) {
    constexpr std::size_t n = 64, steps = 40'000;
    Matrix<double> w(n, n);
    const Stream stream{Engine::ars, settings.seed, random::stream_of(id), 0};
    draw_weight(subject, stream, w);
    const double expected = std::log(init::spectral_radius<double>(w.view()));
    const double observed = growth_per_step(subject, w, stream.skip(n * n), steps),
                 off = std::fabs(observed - expected);
    Outcome outcome = exact_outcome(
        off <= 35.0 / steps ? "" : fmt::format("the rate is off by {:.3g}, more than 35/k = {:.3g}", off, 35.0 / steps),
        steps);
    outcome.observed = observed;
    outcome.expected = expected;
    return outcome;
  };
  return claim;
}

}  // namespace

std::vector<Claim> reuse_claims(const Settings& settings) {
  return {batch_claim<float>(settings), batch_claim<double>(settings), radius_claim()};
}

}  // namespace sqrtn::claims
