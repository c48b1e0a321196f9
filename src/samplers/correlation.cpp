#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "claims/judge.hpp"
#include "samplers/claims.hpp"
#include "samplers/small.hpp"
#include "sqrtn/support/tensor.hpp"

/// Tensors that a program gives in one answer, two by two.
namespace sqrtn::samplers {
namespace {

using claims::Claim;
using claims::Outcome;
using claims::Settings;
using claims::Subject;

constexpr std::size_t n_tensors = 32;
constexpr double n_pairs = n_tensors * (n_tensors - 1) / 2.0;

/// Given y, |⟨x, y⟩|/‖y‖ of independent entries of variance 1 passes t with probability 2·exp(−t²/2) at most: the laws
/// of all rules are sub-Gaussian with their own variance.
double p_value_of(double along) {
  return std::isnan(along) ? 0 : std::min(1.0, 2 * n_pairs * std::exp(-along * along / 2));
}

/// Of two tensors of this size, with the run's power: as in judge_addresses, ⟨x, y⟩/‖y‖ ≥ ρ‖y‖ − s and ‖y‖ ≥ √n − s.
double resolvable_correlation(std::size_t size) {
  const double threshold = std::sqrt(2 * std::log(2 * n_pairs / claims::rates.alpha)),
               slack = std::sqrt(2 * std::log(2 / claims::rates.miss));
  return (threshold + slack) / (std::sqrt(static_cast<double>(size)) - slack);
}

double product_of(const Matrix<double>& tensors, std::size_t i, std::size_t j) {
  double sum = 0;
  for (std::size_t k = 0; k < tensors.cols(); ++k) sum += tensors(i, k) * tensors(j, k);
  return sum;
}

struct Pair {
  std::size_t first = 0, second = 0;
  double along = 0, correlation = 0;
};

Pair most_correlated(const Matrix<double>& tensors) {
  Pair most;
  std::vector<double> norms;
  for (std::size_t i = 0; i < n_tensors; ++i) {
    norms.push_back(std::sqrt(product_of(tensors, i, i)));
    for (std::size_t j = 0; j < i; ++j) {
      const double product = product_of(tensors, i, j);
      const double along = std::abs(product) / std::max(norms[i], norms[j]);
      if (!(along <= most.along)) most = {j, i, along, product / norms[i] / norms[j]};
      if (std::isnan(along)) return most;
    }
  }
  return most;
}

Outcome judge_pair(const Pair& pair, std::size_t size) {
  Outcome outcome;
  outcome.n_samples = n_tensors * size;
  outcome.statistic = pair.along;
  outcome.observed = pair.correlation;
  outcome.expected = 0;
  outcome.p_value = p_value_of(pair.along);
  outcome.verdict = *outcome.p_value < claims::rates.alpha ? claims::Verdict::fail : claims::Verdict::pass;
  if (outcome.verdict == claims::Verdict::fail) {
    outcome.reason = fmt::format("tensors {} and {} of one answer are correlated by {:.3g}", pair.first + 1,
                                 pair.second + 1, pair.correlation);
  }
  return outcome;
}

/// From the tensor of number n_tensors on as many come in one answer.
template <class T>
Matrix<double> standardised(Draws& draws, const Question& question, double stddev, std::uint64_t seed) {
  const std::size_t size = element_count(question.shape);
  Matrix<double> tensors(n_tensors, size);
  Buffer<T> tensor(size);
  const random::Stream stream{random::Engine::ars, seed, random::stream_of("correlation"), n_tensors * size};
  for (std::size_t i = 0; i < n_tensors; ++i) {
    draws.draw<T>(question, stream.skip(i * size), tensor.span());
    for (std::size_t k = 0; k < size; ++k) tensors(i, k) = static_cast<double>(tensor[k]) / stddev;
  }
  return tensors;
}

Claim correlation_claim(const std::shared_ptr<Draws>& draws, const Question& question) {
  Claim claim = claims::statistical_claim(
      id_of(question, "correlation"), "|⟨w, w'⟩| ≤ tσ‖w'‖ for any two tensors of one answer",
      "Hoeffding 1963; laws.md §11", {}, resolvable_correlation(element_count(question.shape)));
  claim.check = [=](const Subject&, const Settings& settings) {
    const double stddev = law_of(question).stddev();
    const auto tensors = question.dtype == Element::f64 ? standardised<double> : standardised<float>;
    return judge_pair(most_correlated(tensors(*draws, question, stddev, settings.seed)), element_count(question.shape));
  };
  return claim;
}

}  // namespace

std::vector<Claim> correlation_claims(const std::shared_ptr<Draws>& draws, Element dtype) {
  std::vector<Claim> claims;
  if (dtype == Element::u32) return claims;
  for (const init::Rule& rule : init::rules()) {
    if (!draws->known().knows_rule(rule.name)) continue;
    Question question = small(std::string(rule.name), draws->known(), dtype);
    if (question.shape.size() == 2) question.shape = {64, 96};
    claims.push_back(correlation_claim(draws, question));
  }
  return claims;
}

}  // namespace sqrtn::samplers
