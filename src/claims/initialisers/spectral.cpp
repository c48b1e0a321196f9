#include <fmt/format.h>

#include <cmath>

#include "claims/initialisers/structured.hpp"
#include "claims/judge.hpp"
#include "claims/products/findings.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/laws/matrix.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::claims {
namespace {

using random::Engine;
using random::Stream;

constexpr double contraction_effect = 0.05;  ///< of the norm
constexpr double gaussian_effect = 0.6;      ///< of the norm: what the bounds, not the law, tell for sure
constexpr std::size_t rows = 48, cols = 32;

template <class T>
constexpr double roundoff = std::numeric_limits<T>::epsilon() / 2;

/// (I − 2vvᵀ/vᵀv)·A, in place.
void reflect(std::span<const double> v, Matrix<double>& a, bool from_left) {
  double square = 0;
  for (const double x : v) square += x * x;
  const std::size_t n_lines = from_left ? a.cols() : a.rows();
  for (std::size_t line = 0; line < n_lines; ++line) {
    const auto entry = [&](std::size_t i) -> double& { return from_left ? a(i, line) : a(line, i); };
    double along = 0;
    for (std::size_t i = 0; i < v.size(); ++i) along += v[i] * entry(i);
    for (std::size_t i = 0; i < v.size(); ++i) entry(i) -= 2 * along / square * v[i];
  }
}

/// H₁·D·H₂ with reflectors H and D = norm·diag(1, 0.98, 0.98², …): slow to tell apart for an iteration.
template <class T>
Matrix<T> with_known_norm(std::size_t m, std::size_t n, double norm, const Stream& stream) {
  Matrix<double> a(m, n, n, 0.0);
  for (std::size_t i = 0; i < std::min(m, n); ++i) a(i, i) = norm * std::pow(0.98, static_cast<double>(i));
  Buffer<double> v(m + n);
  random::fill_normal<double>(stream, v.span(), 0, 1);
  reflect(v.span().first(m), a, true);
  reflect(v.span().last(n), a, false);
  Matrix<T> w(m, n);
  for (std::size_t i = 0; i < a.storage().size(); ++i) w.storage()[i] = static_cast<T>(a.storage()[i]);
  return w;
}

/// What the norm may be off by: rounding to T turns entries by u each, ‖·‖_F ≤ √min·‖·‖₂; making the
/// matrix and taking its norm stay below 4·m·n and 2·m·n roundoffs of double.
template <class T>
double norm_bound(std::size_t m, std::size_t n) {
  return std::sqrt(static_cast<double>(std::min(m, n))) * roundoff<T> +
         6 * static_cast<double>(m * n) * roundoff<double>;
}

template <class T>
Claim known_norm_claim() {
  Claim claim = exact_claim(fmt::format("initialisers/spectral/{}/known_norm", dtype_name<T>()),
                            "‖H₁DH₂‖₂ = max D for reflectors H, and each entry is divided by it", "laws.md §4",
                            to_string(Engine::ars));
  claim.check = [stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    Findings found;
    for (const Shape& shape : {Shape{24, 40}, {40, 24}, {33, 33}, {2, 2}, {9, 1}, {1, 9}}) {
      // The squares of 1e25 and 1e-25 leave float.
      for (const double norm : {1.0, 3.0, 0.01, 1e25, 1e-25}) {
        Matrix<T> w = with_known_norm<T>(shape[0], shape[1], norm, {Engine::ars, settings.seed, stream});
        const Buffer<T> before = [&] {
          Buffer<T> copy(w.storage().size());
          std::copy(w.storage().begin(), w.storage().end(), copy.data());
          return copy;
        }();
        const double bound = norm_bound<T>(shape[0], shape[1]);
        const double divisor = subject.of<T>().normalise_spectrally(w.view());
        const auto where = [&] { return fmt::format("{} of norm {}", sqrtn::to_string(shape), norm); };
        found.compare<double>(divisor / norm, 1, bound, where);
        for (std::size_t i = 0; i < before.size(); ++i) {
          const double quotient = static_cast<double>(before[i]) / norm;
          found.compare<double>(static_cast<double>(w.storage()[i]), quotient,
                                (bound + roundoff<T>)*std::abs(quotient) + std::numeric_limits<T>::min(), where);
        }
      }
    }
    return bound_outcome(found);
  };
  return claim;
}

/// max ‖Wx‖/‖x‖ over the steps of power iteration x ← WᵀWx from a random start, products by the BLAS.
template <class T>
double largest_stretch(const blas::Functions& blas, const Matrix<T>& w, std::size_t steps, const Stream& stream) {
  Buffer<T> x(w.cols()), y(w.rows());
  random::fill_normal<T>(stream, x.span(), 0, 1);
  const auto norm = [](std::span<const T> v) {
    double sum = 0;
    for (const T value : v) sum += static_cast<double>(value) * static_cast<double>(value);
    return std::sqrt(sum);
  };
  double largest = 0;
  for (std::size_t step = 0; step <= steps; ++step) {
    const double length = norm(x.span());
    for (T& value : x.span()) value = static_cast<T>(static_cast<double>(value) / length);
    blas::gemv<T>(blas, blas::Op::none, T(1), w.view(), std::span<const T>(x.span()), T(0), y.span());
    const double stretch = norm(y.span()) / norm(x.span());
    if (!(stretch <= largest)) largest = stretch;  // NaN too
    blas::gemv<T>(blas, blas::Op::transpose, T(1), w.view(), std::span<const T>(y.span()), T(0), x.span());
  }
  return largest;
}

/// ‖W‖₂ is off 1 by norm_bound, and a product by at most γ_n‖|W|‖₂‖x‖ ≤ γ_n·√n·‖x‖, n = cols < rows.
template <class T>
double stretch_bound() {
  return norm_bound<T>(rows, cols) + static_cast<double>(gamma<T>(cols + 1)) * std::sqrt(double{cols}) * 1.001;
}

template <class T>
Claim contraction_claim(const Settings& settings) {
  const double effect = contraction_effect * settings.effect_scale;
  Claim claim = statistical_claim(fmt::format("initialisers/spectral/{}/contraction", dtype_name<T>()),
                                  "‖Wx‖ ≤ ‖x‖ for W/‖W‖₂ and every x, attained along x ← WᵀWx", "laws.md §4",
                                  to_string(Engine::ars), effect);
  claim.uses_blas = true;
  // A norm too small by the effect leaves this deficit for sure; half of alpha covers the rounding.
  std::size_t steps = 1;
  while (laws::power_iteration_deficit(cols, steps, rates.alpha / 2) > 1 - (1 - effect) * (1 - effect)) ++steps;
  claim.check = [=, stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    Matrix<T> w(rows, cols);
    const Stream address{Engine::ars, settings.seed, stream};
    subject.of<T>().initialise(init::find_rule("he_normal"), init::Layer::linear, {rows, cols}, 1, address,
                               w.storage());
    subject.of<T>().normalise_spectrally(w.view());
    const double stretch = largest_stretch(subject.products, w, steps, {Engine::ars, settings.seed, ~stream});
    const double bound = stretch_bound<T>(), reached = std::min(stretch / (1 - bound), 1.0);
    const double missed = laws::power_iteration_deficit(cols, steps, rates.alpha);
    Outcome outcome;
    outcome.n_samples = steps;
    outcome.observed = stretch;
    outcome.expected = 1;
    outcome.confidence_interval = {stretch / (1 + bound), stretch / (1 - bound) / std::sqrt(1 - missed)};
    outcome.p_value = !(stretch <= 1 + bound) ? 0
                      : reached == 1          ? 1
                                              : laws::power_iteration_miss(cols, steps, 1 - reached * reached);
    outcome.verdict = *outcome.p_value < rates.alpha ? Verdict::fail : Verdict::pass;
    return outcome;
  };
  return claim;
}

/// √(mean of ‖W‖₂²/σ²) over Gaussian matrices against bounds that hold at every size.
template <class T>
Claim gaussian_norm_claim(const Settings&) {
  // The bounds are a factor √2 apart for a square matrix, however many are drawn: the effect has no scale.
  Claim claim = statistical_claim(fmt::format("initialisers/spectral/{}/gaussian_norm", dtype_name<T>()),
                                  "‖W‖₂² ≥ σ²χ²(m + n − 1) in law, E‖W‖₂ ≤ σ(√m + √n), concentrated to σ",
                                  "Davidson and Szarek 2001, theorem II.13", to_string(Engine::ars), gaussian_effect);
  const std::size_t n_matrices = laws::matrices_for_gaussian_norm(rows, cols, gaussian_effect);
  claim.check = [=, stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    Matrix<T> w(rows, cols);
    const double variance = 2.0 / cols;
    double sum = 0;
    for (std::size_t i = 0; i < n_matrices; ++i) {
      subject.of<T>().initialise(init::find_rule("he_normal"), init::Layer::linear, {rows, cols}, 1,
                                 {Engine::ars, settings.seed, stream, i * rows * cols}, w.storage());
      const double norm = subject.of<T>().normalise_spectrally(w.view());
      sum += norm * norm / variance;
    }
    Outcome outcome;
    outcome.n_samples = n_matrices;
    outcome.observed = std::sqrt(sum / static_cast<double>(n_matrices));
    outcome.expected = std::sqrt(double{rows}) + std::sqrt(double{cols});
    const statistics::Interval bounds = laws::gaussian_norm_bounds(rows, cols, n_matrices, rates.alpha);
    outcome.verdict = bounds.contains(*outcome.observed) ? Verdict::pass : Verdict::fail;
    if (outcome.verdict == Verdict::fail) {
      outcome.reason = fmt::format("outside [{:.6g}, {:.6g}]", bounds.low, bounds.high);
    }
    return outcome;
  };
  return claim;
}

}  // namespace

std::vector<Claim> spectral_claims(const Settings& settings) {
  return {
      known_norm_claim<float>(),           known_norm_claim<double>(),           contraction_claim<float>(settings),
      contraction_claim<double>(settings), gaussian_norm_claim<float>(settings), gaussian_norm_claim<double>(settings)};
}

}  // namespace sqrtn::claims
