#pragma once

#include <string>
#include <vector>

#include "experiment/propagation.hpp"
#include "sqrtn/statistics/hypothesis.hpp"

/// What theory says of a chain, layer by layer, before any matrix is drawn.
namespace sqrtn::experiment {

struct LayerForecast {
  double mean_log_rms = 0;       ///< of one row
  double stddev_log_rms = 0;     ///< over runs; for a batch, an upper bound of the rows' mean
  statistics::Interval log_rms;  ///< of one run, 99 %
  double slope = 0;              ///< χ₁: what the layer does to the square of a gradient; NaN: no law (batch norm)
};

struct Forecast {
  std::vector<LayerForecast> layers;  ///< 0 (the input) to depth
  std::string basis;                  ///< "exact law", "law of one row, simulated 400 times", …
  std::size_t n_runs = 0;             ///< that it was simulated with; 0: exact
};

/// Exact for fresh Gaussian weights without norm or residual if φ is the identity or the ReLU; else the
/// law of one row, simulated without matrices (simulate_field); for shared weights and batch norm the
/// chain itself in double with other matrices. `draw` as for run_chains<double>.
/// The number of threads changes no bit.
Forecast forecast(const Chain& chain, const blas::Functions& blas, const random::Stream& stream, unsigned threads = 0,
                  const WeightDraw<double>& draw = {});

/// How a chain ends.
enum class Fate {
  holds,
  explodes,  ///< the RMS passes 1000 times the input's, or is no longer finite
  vanishes,  ///< the RMS falls below 1/1000 of the input's, or is 0
};

struct Course {
  Fate fate = Fate::holds;
  std::size_t layer = 0;  ///< the first at which it is so; depth if it holds
};

/// From the logarithms of the RMS of layers 0, 1, …; NaN means not finite.
Course course(const std::vector<double>& log_rms);

/// The standard deviation of fresh weights that keeps the second moment of pre-activations of such a
/// chain at 1: gain(φ)/√n. With a residual sum, so much that the whole depth grows the signal by a factor
/// e at most: gain(φ)/√(n·depth), or gain(φ)/(√n·depth) where E φ(z) ≠ 0 and the branches add coherently.
double holding_stddev(const Chain& chain);

/// d ln q'/d ln q of the variance map at that deviation and q = 1: above 1 a deviation grows from layer to
/// layer and no gain holds the signal for long (gelu, silu, mish); 1 for homogeneous activations.
double holding_stability(const Chain& chain);

}  // namespace sqrtn::experiment
