#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "claims/cells.hpp"
#include "claims/initialisers/promises.hpp"
#include "sqrtn/laws/initialiser.hpp"

/// Where in a weight an entry stands changes nothing: not in vectors of any width and what is left over behind them,
/// not in rows and columns.
namespace sqrtn::claims {
namespace {

using random::Stream;

constexpr double position_effect = 0.5;  ///< of the variance, at one place of one shape
constexpr double profile_effect = 0.01;  ///< of the deviation of every column, or row, up and down in turn

/// Sums of (w/σ)² by cells: each entry of a weight counts in some.
using CellSums = std::vector<double>;

/// add(sums, weight) of every weight of the sample.
template <class T, class Add>
CellSums sum_by_cell(const Subject& subject, const Sample& sample, std::size_t n_cells, Add add) {
  const auto sum_one = [&](std::size_t i) {
    Buffer<T> weight(element_count(sample.weight.shape));
    draw<T>(subject, sample, i, weight.span());
    CellSums sums(n_cells, 0.0);
    add(sums, std::span<const T>(weight.span()));
    return sums;
  };
  const auto merge = [](CellSums& into, const CellSums& from) {
    for (std::size_t cell = 0; cell < into.size(); ++cell) into[cell] += from[cell];
  };
  return *parallel_reduce(sample.n_weights, sample.threads, sum_one, merge);
}

/// Sizes that no vector's width divides: 13 and 7 entries are left over by 16.
const Weight odd_weights[] = {{"linear", init::Layer::linear, {37, 41}, 1, 41, 37},
                              {"conv", init::Layer::conv, {5, 3, 3, 3}, 1, 27, 45}};

/// The cells of a weight: 64 residues of the index, then the first and the last entries one by one.
constexpr std::size_t residues = 64, ends = 16, cells_of_weight = residues + 2 * ends;

template <class T>
void add_positions(CellSums& sums, std::span<const T> weight) {
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double square = static_cast<double>(weight[i]) * static_cast<double>(weight[i]);
    sums[i % residues] += square;
    if (i < ends) sums[residues + i] += square;
    if (weight.size() - 1 - i < ends) sums[residues + ends + (weight.size() - 1 - i)] += square;
  }
}

std::size_t entries_in(std::size_t cell, std::size_t size) {
  return cell < residues ? size / residues + (cell < size % residues) : 1;
}

std::string position_name(std::size_t cell) {
  if (cell < residues) return fmt::format("entries {} modulo {}", cell, residues);
  cell -= residues;
  return cell < ends ? fmt::format("entry {}", cell) : fmt::format("entry {} from the end", cell - ends);
}

template <class T>
Claim position_claim(const RuleCase& row) {
  const double effect = std::min(0.9, position_effect * row.effect_scale);
  Claim claim = row.claim<T>(
      "positions", "Var w is the same at each index modulo 64, and at the first and last 16, of odd sizes", effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const std::size_t n_parts = std::size(odd_weights) * std::size(engines);
    const std::size_t n_weights = n_samples_for_square(row.promise.law, effect, rates_among(n_parts * cells_of_weight));
    std::vector<Cell> cells;
    std::vector<std::string> parts;
    std::size_t n_drawn = 0;
    for (const random::Engine engine : engines) {
      for (const Weight& weight : odd_weights) {
        const std::size_t size = element_count(weight.shape);
        const Stream stream{engine, settings.seed, random::stream_of(id) + parts.size()};
        const Sample sample = row.sample(weight, stream, n_weights * size, settings.threads);
        const CellSums sums = sum_by_cell<T>(subject, sample, cells_of_weight, add_positions<T>);
        for (std::size_t cell = 0; cell < sums.size(); ++cell) {
          const std::size_t n = sample.n_weights * entries_in(cell, size);
          const double ratio = sums[cell] / row.promise.of(weight).variance;
          cells.push_back({laws::square_sum_deviate(row.promise.law, ratio, n), ratio / static_cast<double>(n)});
        }
        parts.push_back(fmt::format("{}, {}", sqrtn::to_string(weight.shape), to_string(engine)));
        n_drawn += sample.n_samples();
      }
    }
    const auto name = [&](std::size_t i) {
      return fmt::format("{}, {}, variance", parts[i / cells_of_weight], position_name(i % cells_of_weight));
    };
    return judge_worst(cells, name, n_drawn);
  };
  return claim;
}

const Weight table{"linear", init::Layer::linear, {48, 80}, 1, 80, 48};

/// Each row's, or each column's, Σ(w/σ)² as a deviate.
template <class T>
std::vector<Cell> profile(const RuleCase& row, bool by_row, const Subject& subject, const Sample& sample) {
  const std::size_t rows = table.shape[0], cols = table.shape[1], n_cells = by_row ? rows : cols;
  const auto add = [&](CellSums& sums, std::span<const T> weight) {
    for (std::size_t i = 0; i < weight.size(); ++i) {
      sums[by_row ? i / cols : i % cols] += static_cast<double>(weight[i]) * static_cast<double>(weight[i]);
    }
  };
  const CellSums sums = sum_by_cell<T>(subject, sample, n_cells, add);
  const std::size_t n = sample.n_samples() / n_cells;
  std::vector<Cell> cells;
  for (const double sum : sums) {
    cells.push_back({laws::square_sum_deviate(row.promise.law, sum / row.promise.of(table).variance, n)});
  }
  return cells;
}

/// Rows and columns are summed over weights of their own, so that all sums are independent.
template <class T>
Claim profile_claim(const RuleCase& row) {
  const double effect = std::min(0.1, profile_effect * row.effect_scale);
  Claim claim = row.claim<T>("profile", "Σ z² ~ χ², z the deviates of Σw² in each row and in each column", effect);
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const auto dof = static_cast<double>(std::size(engines) * (table.shape[0] + table.shape[1]));
    // A deviation of 1 ± effect moves the mean of n squares by 2·effect, their own deviation being √((κ − 1)/n).
    const double per_draw = 4 * effect * effect / (laws::kurtosis(row.promise.law) - 1);
    const std::size_t n_samples = statistics::n_samples_for_non_centrality(dof, per_draw);
    std::vector<Cell> cells;
    std::size_t n_drawn = 0;
    for (const random::Engine engine : engines) {
      for (const bool by_row : {true, false}) {
        const Stream stream{engine, settings.seed, random::stream_of(id) + by_row};
        const Sample sample = row.sample(table, stream, n_samples, settings.threads);
        const std::vector<Cell> more = profile<T>(row, by_row, subject, sample);
        cells.insert(cells.end(), more.begin(), more.end());
        n_drawn += sample.n_samples();
      }
    }
    return judge_all(cells, n_drawn);
  };
  return claim;
}

}  // namespace

template <class T>
void add_position_claims(const RuleCase& row, std::vector<Claim>& claims) {
  claims.push_back(position_claim<T>(row));
  claims.push_back(profile_claim<T>(row));
}

template void add_position_claims<float>(const RuleCase&, std::vector<Claim>&);
template void add_position_claims<double>(const RuleCase&, std::vector<Claim>&);

}  // namespace sqrtn::claims
