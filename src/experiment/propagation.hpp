#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "experiment/monte_carlo.hpp"
#include "sqrtn/blas/functions.hpp"
#include "sqrtn/init/activation.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/tensor.hpp"

/// A deep chain of square layers, x_l = φ(norm(W_l x_{l−1})), plus x_{l−1} if residual, and what
/// becomes of the signal layer by layer.
namespace sqrtn::experiment {

enum class Norm {
  none,
  batch,  ///< each unit over the batch, to mean 0 and variance 1, without running statistics
  layer,  ///< each row over its units
};

struct Chain {
  std::size_t width = 512;
  std::size_t depth = 100;
  std::size_t batch = 1;  ///< rows of iid N(0,1) that share every W_l
  init::Distribution weights;
  const init::Activation* activation = nullptr;  ///< nullptr: identity
  bool orthogonal = false;                       ///< W is σ√n times a Haar matrix, in simulate_field
  bool shared = false;                           ///< one W for all layers
  Norm norm = Norm::none;
  bool residual = false;
};

/// The signal at one layer: all entries of the batch.
struct LayerState {
  double log_rms = 0;    ///< mean over rows of ln √(Σx²/width); −∞: a row of zeros; NaN: not finite
  double mean = 0;       ///< of all entries
  double stddev = 0;     ///< of all entries, centred, divisor count − 1; NaN as soon as one entry is not finite
  double max = 0;        ///< largest magnitude
  double zeros = 0;      ///< share of entries that are 0
  double saturated = 0;  ///< share with |φ'(z)| < 0.01, the zeros of a ReLU included
  bool finite = true;    ///< no NaN or infinity in it
};

/// The ε that norms add to the variance.
inline constexpr double norm_epsilon = 1e-5;

/// y = x·W_lᵀ for layer l of one run; batch × width.
template <class T>
using Product = std::function<void(std::size_t layer, MatrixView<const T> x, MatrixView<T> y)>;

/// Layers 0 (the input) to depth of one run. `input` gives x₀, N(0,1) entries; W_l only enters through
/// `product`. Throws: std::invalid_argument for a dimension of 0, or batch norm on one row.
template <class T>
std::vector<LayerState> run_chain(const Chain& chain, const random::Stream& input, const Product<T>& product);

/// run_chain with matrices: run r of `n_runs` draws W_l from elements (r·depth + l)·width² … of
/// `stream` (shared: l = 0) and x₀ from a stream of its own (number ~stream). One element of the
/// result a run. The number of threads changes no bit; the library should be set to one thread.
/// `draw` fills W; empty: init::initialise of chain.weights. T is float or double.
template <class T>
std::vector<std::vector<LayerState>> run_chains(const Chain& chain, const blas::Functions& blas,
                                                const random::Stream& stream, std::size_t n_runs, unsigned threads = 0,
                                                const WeightDraw<T>& draw = {});

/// The law itself, simulated without any matrix: given x, Gaussian W_l make W_l x n iid draws of
/// N(0, σ²‖x‖²), and orthogonal ones a uniform direction of norm σ√n‖x‖. Exact in law for fresh
/// Gaussian or orthogonal weights and one row, to leading order in 1/n for others.
/// Beyond 1e154, where ‖x‖² leaves double's range, layers are not finite.
/// Throws: std::invalid_argument for shared weights, batch norm or more than one row.
std::vector<std::vector<LayerState>> simulate_field(const Chain& chain, const random::Stream& stream,
                                                    std::size_t n_runs, unsigned threads = 0);

}  // namespace sqrtn::experiment
