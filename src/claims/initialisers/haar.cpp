#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "claims/initialisers/determinant.hpp"
#include "claims/initialisers/structured.hpp"
#include "claims/judge.hpp"
#include "sqrtn/laws/matrix.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

/// Entries of one matrix depend on each other, so every claim takes one number a matrix, and its draws
/// are independent. The trace of Q in O(8) has the first eight moments of N(0,1), so that four cumulants
/// of Σ(tr Q)² are those of χ². Source: Diaconis and Shahshahani, J. Appl. Probab. 31A (1994) 49.
namespace sqrtn::claims {
namespace {

using random::Engine;

constexpr double trace_effect = 0.1;        ///< of the trace's deviation, or its variance
constexpr double cdf_effect = 0.05;         ///< largest distance between distribution functions
constexpr double determinant_effect = 0.1;  ///< of the probability ½
const Shape square{8, 8}, tall{12, 5}, wide{5, 12};

/// One number of one matrix, which may be overwritten.
using Statistic = double (*)(std::size_t index, Matrix<double>& q);

/// The statistic of n_matrices, each from the next part of one stream.
template <class T>
std::vector<double> statistics_of(const Subject& subject, const Settings& settings, std::uint64_t stream,
                                  const Shape& shape, std::size_t n_matrices, Statistic statistic) {
  constexpr std::size_t task_matrices = 256;
  const init::StructuredRule& rule = *init::find_structured("orthogonal");
  std::vector<double> values(n_matrices);
  parallel_for((n_matrices + task_matrices - 1) / task_matrices, settings.threads, [&](std::size_t task) {
    Matrix<double> q(shape[0], shape[1]);
    Buffer<T> w(q.storage().size());
    const std::size_t first = task * task_matrices, last = std::min(first + task_matrices, n_matrices);
    for (std::size_t i = first; i < last; ++i) {
      subject.of<T>().structured(rule, shape, 1, 1, {Engine::ars, settings.seed, stream, i * w.size()}, w.span());
      std::copy(w.span().begin(), w.span().end(), q.storage().begin());
      values[i] = statistic(i, q);
    }
  });
  return values;
}

double trace(std::size_t, Matrix<double>& q) {
  double sum = 0;
  for (std::size_t i = 0; i < q.rows(); ++i) sum += q(i, i);
  return sum;
}

/// tr(QV) with V = I − (2/n)·11ᵀ, a reflector: the law of tr Q if QV is distributed as Q.
double reflected_trace(std::size_t, Matrix<double>& q) {
  double sum = 0;
  for (const double entry : q.storage()) sum += entry;
  return trace(0, q) - 2 * sum / static_cast<double>(q.rows());
}

/// Each entry of the diagonal in turn.
double diagonal_entry(std::size_t index, Matrix<double>& q) {
  const std::size_t i = index % std::min(q.rows(), q.cols());
  return q(i, i);
}

/// Of det Q = ±1; overwrites q.
double sign_of_determinant(std::size_t, Matrix<double>& q) { return determinant(q).positive ? 1 : -1; }

using Test = Outcome (*)(std::vector<double>& values, const Shape& shape);

template <class T>
Claim haar_claim(const char* what, const char* statement, double effect, const Shape& shape, std::size_t n_matrices,
                 Statistic statistic, Test test) {
  Claim claim = statistical_claim(fmt::format("initialisers/orthogonal/{}/{}", dtype_name<T>(), what), statement,
                                  "laws.md §4", to_string(Engine::ars), effect);
  claim.check = [=, stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    std::vector<double> values = statistics_of<T>(subject, settings, stream, shape, n_matrices, statistic);
    return test(values, shape);
  };
  return claim;
}

Outcome judge_trace_mean(std::vector<double>& traces, const Shape&) {
  double sum = 0;
  for (const double value : traces) sum += value;
  const double mean = sum / static_cast<double>(traces.size());
  return judge(statistics::normal_mean_test(mean, 0, 1, traces.size(), rates.alpha), 0);
}

Outcome judge_trace_square(std::vector<double>& traces, const Shape&) {
  double sum = 0;
  for (const double value : traces) sum += value * value;
  return judge(statistics::chi_squared_test(sum, static_cast<double>(traces.size()), rates.alpha), 1);
}

Outcome judge_entries(std::vector<double>& entries, const Shape& shape) {
  // NaN has no place in an order; the largest value of all still counts as a wrong entry.
  for (double& x : entries) x = std::isnan(x) ? std::numeric_limits<double>::infinity() : x;
  std::sort(entries.begin(), entries.end());
  const auto cdf = [n = std::max(shape[0], shape[1])](double x) { return laws::haar_entry_cdf(n, x); };
  return judge(statistics::kolmogorov_smirnov_test<double>(entries, cdf, rates.alpha), 0);
}

Outcome judge_determinants(std::vector<double>& determinants, const Shape&) {
  const auto n_positive = std::ranges::count_if(determinants, [](double det) { return det > 0; });
  return judge(statistics::binomial_test(static_cast<std::size_t>(n_positive), determinants.size(), 0.5, rates.alpha),
               0.5);
}

template <class T>
void add_claims(const Settings& settings, std::vector<Claim>& claims) {
  const double scale = settings.effect_scale, cdf = std::min(0.5, cdf_effect * scale);
  const double mean = std::min(0.5, trace_effect * scale), variance = std::min(0.3, trace_effect * scale);
  const double positive = std::min(0.9, determinant_effect * scale);
  const std::size_t for_variance = statistics::degrees_of_freedom_for_chi_squared(variance);
  claims.push_back(haar_claim<T>("trace_mean", "E tr Q = 0, deviation 1, Q in O(8)", mean, square,
                                 statistics::n_samples_for_mean(mean), trace, judge_trace_mean));
  claims.push_back(haar_claim<T>("trace_square", "E (tr Q)² = 1, Σ(tr Q)² ~ χ² to four cumulants, Q in O(8)", variance,
                                 square, for_variance, trace, judge_trace_square));
  claims.push_back(haar_claim<T>("right_invariance", "tr QV has the law of tr Q for a fixed reflector V, Q in O(8)",
                                 variance, square, for_variance, reflected_trace, judge_trace_square));
  claims.push_back(haar_claim<T>("determinant", "det Q = ±1 with probability 1/2 each, Q in O(8)", positive, square,
                                 statistics::n_samples_for_probability(0.5, positive), sign_of_determinant,
                                 judge_determinants));
  for (const auto& [name, shape] :
       {std::pair("diagonal_square", square), std::pair("diagonal_tall", tall), std::pair("diagonal_wide", wide)}) {
    claims.push_back(haar_claim<T>(name, "Q_ii symmetric, Q_ii² ~ Beta(1/2, (n − 1)/2), n the longer side", cdf, shape,
                                   statistics::n_samples_for_cdf(cdf), diagonal_entry, judge_entries));
  }
}

}  // namespace

std::vector<Claim> haar_claims(const Settings& settings) {
  std::vector<Claim> claims;
  add_claims<float>(settings, claims);
  add_claims<double>(settings, claims);
  return claims;
}

}  // namespace sqrtn::claims
