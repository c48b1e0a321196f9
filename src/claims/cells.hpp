#pragma once

#include <functional>
#include <string>
#include <vector>

#include "claims/judge.hpp"
#include "sqrtn/laws/log_sum.hpp"

/// One claim that covers many cells, positions or layers say: each gives a number whose law is known exactly, turned
/// into the standard normal deviate of its tail, so that cells of any law are judged together.
namespace sqrtn::claims {

struct Cell {
  double deviate = 0;                 ///< N(0,1) under the law
  double observed = 0, expected = 1;  ///< what is shown of the cell
};

/// The rates at which one of n_cells is judged where the worst of them decides.
inline statistics::ErrorRates rates_among(std::size_t n_cells) {
  return {rates.alpha / static_cast<double>(n_cells), rates.miss};
}

/// The worst cell decides: p = n_cells·P(|Z| ≥ largest), which holds however the cells depend on each other. A failure
/// says what `name_of` calls the cell. A NaN is the worst of all. No cell: inconclusive.
Outcome judge_worst(const std::vector<Cell>& cells, const std::function<std::string(std::size_t)>& name_of,
                    std::size_t n_samples);

/// All of them decide, which finds what is a little wrong in many: Σ deviate² ~ χ²(cells), of independent cells.
Outcome judge_all(const std::vector<Cell>& cells, std::size_t n_samples);

/// A sum of logarithms of χ² variables against its exact law; shown as e^((sum − mean)/n_samples), for terms n_samples
/// in number the geometric mean of their ratio to the law's.
Outcome judge_log_sum(const laws::LogSum& law, double sum, std::size_t n_samples);

}  // namespace sqrtn::claims
