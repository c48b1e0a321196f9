#pragma once

#include <limits>
#include <span>

#include "sqrtn/support/tensor.hpp"

namespace sqrtn::experiment {

/// The signal at one layer: all entries of the batch.
struct LayerState {
  double log_rms = 0;    ///< mean over rows that are not 0 of ln √(Σx²/width); −∞: all are; NaN: not finite
  double mean = 0;       ///< of all entries
  double stddev = 0;     ///< of all entries, centred, divisor count − 1; NaN as soon as one entry is not finite
  double max = 0;        ///< largest magnitude
  double zeros = 0;      ///< share of entries that are 0
  double saturated = 0;  ///< share with |φ'(z)| < 0.01, the zeros of a ReLU included
  bool finite = true;    ///< no NaN or infinity in it
  double dead = 0;       ///< share of rows that are 0 throughout
  /// Mean cosine of the angles between rows that are not 0; NaN for fewer than two of them.
  double correlation = std::numeric_limits<double>::quiet_NaN();
  /// ln of the RMS of ∂E/∂x_l over that of ∂E/∂x_depth, entries of which are iid N(0,1); as log_rms. The pass is
  /// rescaled by powers of two, so that it neither overflows nor vanishes by itself.
  double log_gradient = std::numeric_limits<double>::quiet_NaN();
};

/// Of a batch: a row a sample or a token. `sizes_only`: log_rms, max, finite and dead alone.
template <class T>
LayerState state_of(MatrixView<const T> x, bool sizes_only = false);

/// Divides by a power of two, so that e^log_rms, the RMS of the values, comes near 1; nothing if it is 0 or not finite.
/// Returns: the logarithm of what they were divided by.
template <class T>
double rescale(std::span<T> values, double log_rms);

}  // namespace sqrtn::experiment
