#include <fmt/format.h>

#include <cmath>

#include "claims/cells.hpp"
#include "claims/initialisers/addresses.hpp"
#include "claims/initialisers/promises.hpp"
#include "claims/initialisers/structured.hpp"
#include "sqrtn/laws/matrix.hpp"
#include "sqrtn/laws/saddlepoint.hpp"

/// Haar matrices as large as layers are, alone, as a flattened kernel and at a kernel's centre, with both engines: what
/// an optimised QR does in blocks shows from some ten columns on, and the last column is made otherwise than the
/// others.
namespace sqrtn::claims {
namespace {

using random::Stream;

/// A weight of n × n as a matrix, by what it is called in ids. Effect: shift of tr Q, in its deviations.
struct HaarCase {
  const char *rule, *name;
  Shape shape;
  double effect;

  [[nodiscard]] std::size_t side() const { return shape[0]; }
  /// Entries between two that belong to the matrix, and the first of them.
  [[nodiscard]] std::size_t step() const { return is_centre() ? shape[2] * shape[3] : 1; }
  [[nodiscard]] std::size_t first() const { return step() / 2; }
  [[nodiscard]] bool is_centre() const { return rule == std::string_view("delta_orthogonal"); }
};

const HaarCase cases[] = {{"orthogonal", "large", {64, 64}, 1},
                          {"orthogonal", "largest", {256, 256}, 4},
                          {"orthogonal", "kernel", {36, 4, 3, 3}, 1},
                          {"delta_orthogonal", "centre", {48, 48, 3, 3}, 1}};
/// Effect: correlation of two addresses, as when half of the rows are the same.
const HaarCase addressed_cases[] = {{"orthogonal", "addresses", {36, 36}, 0.5},
                                    {"orthogonal", "kernel_addresses", {36, 4, 3, 3}, 0.5},
                                    {"delta_orthogonal", "addresses", {36, 36, 3, 3}, 0.5}};

template <class T>
Matrix<double> draw(const HaarCase& row, const Subject& subject, const Stream& stream) {
  Buffer<T> weight(element_count(row.shape), std::numeric_limits<T>::quiet_NaN());
  subject.of<T>().structured(*init::find_structured(row.rule), row.shape, 1, 1, stream, weight.span());
  const std::size_t n = row.side();
  Matrix<double> q(n, n);
  for (std::size_t i = 0; i < n * n; ++i) q(i / n, i % n) = static_cast<double>(weight[row.first() + i * row.step()]);
  return q;
}

/// Of one matrix: its trace, and the deviate of its last entry.
struct Numbers {
  double trace = 0, last = 0, last_square = 0;
};

template <class T>
Numbers sum_numbers(const HaarCase& row, const Subject& subject, const Settings& settings, const Stream& stream,
                    std::size_t n_matrices) {
  const std::size_t n = row.side(), size = element_count(row.shape);
  const auto numbers = [&](std::size_t matrix) {
    const Matrix<double> q = draw<T>(row, subject, stream.skip(matrix * size));
    Numbers found;
    for (std::size_t i = 0; i < n; ++i) found.trace += q(i, i);
    const double last = q(n - 1, n - 1);
    found.last =
        std::isnan(last) ? last : laws::normal_deviate(laws::haar_entry_cdf(n, last), laws::haar_entry_cdf(n, -last));
    found.last_square = found.last * found.last;
    return found;
  };
  return *parallel_reduce(n_matrices, settings.threads, numbers, [](Numbers& into, const Numbers& from) {
    into.trace += from.trace;
    into.last += from.last;
    into.last_square += from.last_square;
  });
}

template <class T>
Claim large_claim(const HaarCase& row, const Settings& settings) {
  const double effect = row.effect * settings.effect_scale;
  Claim claim = statistical_claim(
      fmt::format("initialisers/{}/{}/{}", row.rule, dtype_name<T>(), row.name),
      fmt::format("tr Q ~ N(0,1) in its first n moments, Q_nn² ~ Beta(1/2, (n − 1)/2), Q in O({})", row.side()),
      "laws.md §11", {}, effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    constexpr const char* names[] = {"tr Q", "Q_nn's deviate", "its square"};
    const std::size_t n_cells = std::size(names) * std::size(engines);
    const std::size_t n_matrices = statistics::n_samples_for_mean(effect, rates_among(n_cells));
    const auto n = static_cast<double>(n_matrices);
    std::vector<Cell> cells;
    for (const random::Engine engine : engines) {
      const Stream stream{engine, settings.seed, random::stream_of(id)};
      const Numbers sums = sum_numbers<T>(row, subject, settings, stream, n_matrices);
      cells.push_back({sums.trace / std::sqrt(n), sums.trace / n, 0});
      cells.push_back({sums.last / std::sqrt(n), sums.last / n, 0});
      cells.push_back({laws::chi_squared_deviate(sums.last_square, n), sums.last_square / n, 1});
    }
    const auto name = [&](std::size_t i) {
      return fmt::format("{}, mean of {}", to_string(engines[i / std::size(names)]), names[i % std::size(names)]);
    };
    return judge_worst(cells, name, n_matrices * std::size(engines));
  };
  return claim;
}

/// ⟨Q, Q'⟩/(σ‖Q‖), σ² = 1/n, is tr QᵀQ', which has the law of tr Q.
template <class T>
Claim address_claim(const HaarCase& row, const Settings& settings) {
  const double effect = std::min(1.0, row.effect * settings.effect_scale);
  Claim claim =
      statistical_claim(fmt::format("initialisers/{}/{}/{}", row.rule, dtype_name<T>(), row.name),
                        "|tr QᵀQ'| ≤ t for any two seeds or streams ± 2ᵏ, the law of tr Q", "laws.md §11", {}, effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const std::size_t n = row.side(), n_draws = n * n;
    const auto draw_one = [&](const Subject& judged, const Stream& address, std::span<double> out) {
      const Matrix<double> q = draw<T>(row, judged, address);
      for (std::size_t i = 0; i < n_draws; ++i) out[i] = q.storage()[i] * std::sqrt(static_cast<double>(n));
    };
    return judge_addresses(subject, settings, random::stream_of(id), n_draws, draw_one);
  };
  return claim;
}

}  // namespace

std::vector<Claim> large_haar_claims(const Settings& settings) {
  std::vector<Claim> claims;
  for (const HaarCase& row : cases) {
    claims.push_back(large_claim<float>(row, settings));
    claims.push_back(large_claim<double>(row, settings));
  }
  for (const HaarCase& row : addressed_cases) {
    claims.push_back(address_claim<float>(row, settings));
    claims.push_back(address_claim<double>(row, settings));
  }
  return claims;
}

}  // namespace sqrtn::claims
