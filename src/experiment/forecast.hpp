#pragma once

#include <string>
#include <vector>

#include "experiment/band.hpp"
#include "experiment/propagation.hpp"
#include "experiment/verdict.hpp"

/// What theory says of a chain, layer by layer, before any matrix is drawn.
namespace sqrtn::experiment {

/// A logarithm over runs: of those whose signal is neither 0 nor infinite at that layer.
struct LogForecast {
  double mean = 0;
  double stddev = 0;
  Band band;  ///< of one run
};

struct LayerForecast {
  LogForecast log_rms;       ///< of one row; for a batch, the spread bounds that of the rows' mean
  LogForecast log_gradient;  ///< LayerState::log_gradient; always simulated, at this width
  double slope = 0;  ///< χ₁: what an infinitely wide layer does to the square of a gradient; NaN: no law (batch norm)
  double dead = 0;   ///< P(a row is 0 throughout at this layer)
};

struct Forecast {
  std::vector<LayerForecast> layers;  ///< 0 (the input) to depth
  std::string basis;                  ///< "exact law", "law of one row, simulated 799 times", …
  std::size_t n_runs = 0;             ///< that it was simulated with; 0: exact
};

/// Exact for fresh Gaussian weights without norm or residual if φ is the identity or the ReLU, given that
/// the row is not 0: P(dead at l) = 1 − (1 − 2⁻ⁿ)^l under a ReLU. Else the law of one row, simulated
/// without matrices (simulate_field); for shared weights and batch norm the chain itself in double with
/// other matrices, as many as a few seconds allow: each band says what it covers. Gradients are simulated
/// in every case. `draw` as for run_chains<double>. The number of threads changes no bit.
Forecast forecast(const Chain& chain, const blas::Functions& blas, const random::Stream& stream, unsigned threads = 0,
                  const WeightDraw<double>& draw = {});

/// The standard deviation of fresh weights that keeps the second moment of pre-activations of such a
/// chain at 1: gain(φ)/√n. With a residual sum, so much that the whole depth grows the signal by a factor
/// e at most: gain(φ)/√(n·depth), or gain(φ)/(√n·depth) where E φ(z) ≠ 0 and the branches add coherently.
double holding_stddev(const Chain& chain);

/// d ln q'/d ln q of the variance map at that deviation and q = 1: above 1 a deviation grows from layer to
/// layer and no gain holds the signal for long (gelu, silu, mish); 1 for homogeneous activations.
double holding_stability(const Chain& chain);

/// χ₁ at that deviation and q = 1, without norm: what a layer that keeps the signal does to a gradient's square.
double holding_slope(const Chain& chain);

}  // namespace sqrtn::experiment
