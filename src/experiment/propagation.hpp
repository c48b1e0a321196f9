#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "experiment/layer_state.hpp"
#include "experiment/monte_carlo.hpp"
#include "sqrtn/blas/functions.hpp"
#include "sqrtn/init/activation.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/tensor.hpp"

/// A deep chain of square layers, x_l = φ(norm(W_l x_{l−1})), plus x_{l−1} if residual, and what
/// becomes of the signal layer by layer, and of a gradient on its way back.
namespace sqrtn::experiment {

enum class Norm {
  none,
  batch,  ///< each unit over the batch, to mean 0 and variance 1, without running statistics
  layer,  ///< each row over its units
  rms,    ///< each row to mean square 1; no mean is taken out
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
  bool gradients = false;  ///< a backward pass too
};

/// The ε that norms add to the variance.
inline constexpr double norm_epsilon = 1e-5;

/// What W_l does to a batch, batch × width.
template <class T>
struct Products {
  /// y = x·W_lᵀ.
  std::function<void(std::size_t layer, MatrixView<const T> x, MatrixView<T> y)> forward;
  /// gradient = delta·W_l, where y was x·W_lᵀ.
  std::function<void(std::size_t layer, MatrixView<const T> x, MatrixView<const T> y, MatrixView<const T> delta,
                     MatrixView<T> gradient)>
      backward;
  bool sizes_only = false;  ///< of LayerState, log_rms, max, finite, dead and log_gradient alone
};

/// Layers 0 (the input) to depth of one run. `input` gives x₀, N(0,1) entries; W_l only enters through
/// `products`. Throws: std::invalid_argument for a dimension of 0, or batch norm on one row.
template <class T>
std::vector<LayerState> run_chain(const Chain& chain, const random::Stream& input, const Products<T>& products);

/// run_chain with matrices: run r of `n_runs` draws W_l from elements (r·depth + l)·width² … of
/// `stream` (shared: l = 0) and x₀ from a stream of its own (number ~stream). One element of the
/// result a run. The number of threads changes no bit; the library should be set to one thread.
/// `draw` fills W; empty: init::initialise of chain.weights. T is float or double.
template <class T>
std::vector<std::vector<LayerState>> run_chains(const Chain& chain, const blas::Functions& blas,
                                                const random::Stream& stream, std::size_t n_runs, unsigned threads = 0,
                                                const WeightDraw<T>& draw = {});

/// The law itself, simulated without any matrix: given x, Gaussian W_l make W_l x n iid draws of
/// N(0, σ²‖x‖²), and orthogonal ones a uniform direction of norm σ√n‖x‖. On the way back, given W x = y,
/// Wᵀδ = x·(yᵀδ)/‖x‖² + a part across x that is as new: N(0, σ²‖δ‖²) a direction (orthogonal: of norm
/// σ√n·‖δ − y·(yᵀδ)/‖y‖²‖). Exact in law for fresh Gaussian or orthogonal weights and one row, to leading
/// order in 1/n for others. `sizes_only`: of each state, what Products::sizes_only says.
/// Beyond 1e154, where ‖x‖² leaves double's range, layers are not finite.
/// Throws: std::invalid_argument for shared weights, batch norm or more than one row.
std::vector<std::vector<LayerState>> simulate_field(const Chain& chain, const random::Stream& stream,
                                                    std::size_t n_runs, unsigned threads = 0, bool sizes_only = false);

}  // namespace sqrtn::experiment
