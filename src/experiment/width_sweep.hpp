#pragma once

#include <functional>

#include "experiment/verdict.hpp"

/// How a network of several widths scales: y ∝ width^exponent.
namespace sqrtn::experiment {

struct Exponent {
  double value = 0;
  statistics::Interval interval;  ///< 99 %
};

/// An exponent that holds lies between −this and this: a factor 2^0.05 at twice the width is 3.5 %.
inline constexpr double default_exponent = 0.05;

/// The least-squares slope of y against ln width. Throws: as exponent_of.
double slope_of(const std::vector<std::size_t>& widths, const std::vector<double>& y);

/// The least-squares slope of y against ln width in each run r, Σ cᵢ·y_{r,i} with cᵢ = (ln wᵢ − mean)/Σ(ln w − mean)²:
/// their mean, and Student's interval over the runs, whatever each width's spread is. runs[i] belongs to widths[i]; a
/// run with a y that is not finite is left out. `y` sees the states of one run.
/// Assumes: slopes that are about normal. NaN with fewer than two runs, or if all slopes are equal.
/// Throws: std::invalid_argument for fewer than two different widths.
Exponent exponent_of(const std::vector<std::size_t>& widths, const std::vector<Runs>& runs,
                     const std::function<double(const std::vector<LayerState>&)>& y);

}  // namespace sqrtn::experiment
