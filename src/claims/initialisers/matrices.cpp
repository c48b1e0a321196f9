#include <fmt/format.h>

#include <array>
#include <cmath>

#include "claims/cells.hpp"
#include "claims/initialisers/determinant.hpp"
#include "claims/initialisers/promises.hpp"

/// What entries have to do with each other inside one matrix, by the Cholesky factor L of WWᵀ/σ². For Gaussian W
/// its entries are independent: N(0,1) below the diagonal, L_ii² ~ χ²(n − i) on it (Bartlett). For other laws L_ik
/// still has mean 0 and variance 1 given the rows before i, and its kurtosis is below 3 by (3 − κ)·3/n: their
/// squares vary less, by 0.3 % at n = 4,000, so that alpha is at most what is stated and at least 0.9 times that.
/// Source: Bartlett, Proc. R. Soc. Edinburgh 53 (1933) 260; laws.md §11.
namespace sqrtn::claims {
namespace {

using random::Stream;

constexpr double spike_effect = 0.01;  ///< share of the variance that all rows have in common, up to a sign
constexpr double shrink_effect = 0.5;  ///< by which one direction is shortened

constexpr std::size_t short_side = 16, long_side = 4000, pairs = short_side * (short_side - 1) / 2;
static_assert(long_side % 4 == 0);

/// L of A·Aᵀ, A of short_side rows and long_side columns, whose entries a(i, j) are handed out. Computed in double; NaN
/// where A has lost rank.
template <class Entry>
std::array<double, short_side * short_side> gram_factor(Entry a) {
  constexpr std::size_t rows = short_side, cols = long_side;
  std::array<double, rows * rows> l{};
  constexpr std::size_t step = 4;  // columns at once: one sum's load and store for four products
  std::array<std::array<double, rows>, step> c;
  for (std::size_t j = 0; j < cols; j += step) {
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t s = 0; s < step; ++s) c[s][i] = a(i, j + s);
    }
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k < rows; ++k) {
        l[i * rows + k] += (c[0][i] * c[0][k] + c[1][i] * c[1][k]) + (c[2][i] * c[2][k] + c[3][i] * c[3][k]);
      }
    }
  }
  for (std::size_t k = 0; k < rows; ++k) {
    for (std::size_t i = k; i < rows; ++i) {
      double& entry = l[i * rows + k];
      for (std::size_t p = 0; p < k; ++p) entry -= l[i * rows + p] * l[k * rows + p];
      entry = i == k ? std::sqrt(entry) : entry / l[k * rows + k];
    }
  }
  return l;
}

const Weight wide{"linear", init::Layer::linear, {short_side, long_side}, 1, long_side, short_side},
    tall{"linear", init::Layer::linear, {long_side, short_side}, 1, short_side, long_side};

/// Σ L_ik² below the diagonal under a covariance 1 of each row with itself and `shared` with each other, less that
/// under the law: n·C_ik², C the Cholesky factor of that covariance, by its closed form.
double spike_per_matrix(double shared) {
  double sum = 0;
  for (std::size_t k = 0; k < short_side; ++k) {
    const double before = static_cast<double>(k), rest = 1 + (before - 1) * shared;
    const double diagonal = 1 - (k == 0 ? 0 : before * shared * shared / rest);
    const double below = shared - (k == 0 ? 0 : before * shared * shared / rest);
    sum += static_cast<double>(short_side - 1 - k) * below * below / diagonal;
  }
  return sum * static_cast<double>(long_side);
}

/// The smallest number of matrices at which a spike in one of n_parts equal parts is found.
std::size_t matrices_for_spike(double effect, std::size_t n_parts) {
  std::size_t n = 1;
  const auto found = [&] {
    const auto dof = static_cast<double>(n * n_parts * pairs);
    return statistics::n_samples_for_non_centrality(dof, spike_per_matrix(effect)) <= n;
  };
  while (!found()) ++n;
  return n;
}

/// Σ L_ik² below the diagonal over the matrices of a sample.
template <class T>
double sum_below_diagonal(const Subject& subject, const Sample& sample, double variance) {
  const std::size_t cols = sample.weight.shape[1];
  const bool by_row = cols == long_side;
  const auto sum_one = [&](std::size_t i) {
    Buffer<T> weight(element_count(sample.weight.shape));
    draw<T>(subject, sample, i, weight.span());
    const auto entry = [&](std::size_t row, std::size_t col) {
      return static_cast<double>(by_row ? weight[row * cols + col] : weight[col * cols + row]);
    };
    const auto l = gram_factor(entry);
    double sum = 0;
    for (std::size_t r = 0; r < short_side; ++r) {
      for (std::size_t k = 0; k < r; ++k) sum += l[r * short_side + k] * l[r * short_side + k];
    }
    return sum / variance;
  };
  return *parallel_reduce(sample.n_weights, sample.threads, sum_one, [](double& a, double b) { a += b; });
}

template <class T>
Claim spike_claim(const RuleCase& row) {
  const double effect = std::min(0.3, spike_effect * row.effect_scale);
  Claim claim =
      row.claim<T>("spike", "rows, and columns, are independent: Σ L_ik² ~ χ² for i > k, LLᵀ = WWᵀ/σ²", effect);
  claim.source = "Bartlett 1933; laws.md §11";
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const std::size_t n_parts = 2 * std::size(engines), n_matrices = matrices_for_spike(effect, n_parts);
    double sum = 0;
    for (const random::Engine engine : engines) {
      for (const Weight* weight : {&wide, &tall}) {
        const Stream stream{engine, settings.seed, random::stream_of(id) + (weight == &tall)};
        const Sample sample = row.sample(*weight, stream, n_matrices * element_count(weight->shape), settings.threads);
        sum += sum_below_diagonal<T>(subject, sample, row.promise.of(*weight).variance);
      }
    }
    const std::size_t n_squares = n_parts * n_matrices * pairs;
    return judge(statistics::chi_squared_test(sum, static_cast<double>(n_squares), rates.alpha), 1);
  };
  return claim;
}

constexpr std::size_t side = 32;
const Weight square{"linear", init::Layer::linear, {side, side}, 1, side, side};

/// Σ ln det(WWᵀ/σ²) over the matrices of a sample.
template <class T>
double sum_log_determinants(const Subject& subject, const Sample& sample, double variance) {
  const auto sum_one = [&](std::size_t i) {
    Buffer<T> weight(side * side);
    draw<T>(subject, sample, i, weight.span());
    Matrix<double> matrix(side, side);
    for (std::size_t e = 0; e < side * side; ++e) matrix(e / side, e % side) = static_cast<double>(weight[e]);
    return 2 * determinant(matrix).log - static_cast<double>(side) * std::log(variance);
  };
  return *parallel_reduce(sample.n_weights, sample.threads, sum_one, [](double& a, double b) { a += b; });
}

laws::LogSum determinant_law(std::size_t n_matrices) {
  laws::LogSum law;
  for (std::size_t i = 0; i < side; ++i) law.add_chi_squared(static_cast<double>(side - i), n_matrices);
  return law;
}

template <class T>
Claim determinant_claim(const RuleCase& row) {
  const double effect = std::min(0.9, shrink_effect * row.effect_scale);
  Claim claim = row.claim<T>("determinant", "ln det(WWᵀ/σ²) = Σ ln χ²(n − i), i < n, W of n x n", effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    // Shortening one direction in the matrices of one engine moves their sum, and both engines' draws spread it.
    const double shift = -2 * std::log1p(-effect), spread = std::sqrt(2.0) * determinant_law(1).stddev();
    const std::size_t n_matrices = statistics::n_samples_for_mean(shift / spread);
    double sum = 0;
    for (const random::Engine engine : engines) {
      const Stream stream{engine, settings.seed, random::stream_of(id)};
      const Sample sample = row.sample(square, stream, n_matrices * side * side, settings.threads);
      sum += sum_log_determinants<T>(subject, sample, row.promise.of(square).variance);
    }
    return judge_log_sum(determinant_law(2 * n_matrices), sum, 2 * n_matrices * side);
  };
  return claim;
}

}  // namespace

template <class T>
void add_matrix_claims(const RuleCase& row, std::vector<Claim>& claims) {
  claims.push_back(spike_claim<T>(row));
  if (row.promise.law == init::Law::normal) claims.push_back(determinant_claim<T>(row));
}

template void add_matrix_claims<float>(const RuleCase&, std::vector<Claim>&);
template void add_matrix_claims<double>(const RuleCase&, std::vector<Claim>&);

}  // namespace sqrtn::claims
