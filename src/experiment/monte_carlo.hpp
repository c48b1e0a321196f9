#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/statistics/moments.hpp"

/// The notebooks' loop: x ~ N(0,1)ⁿ, W fresh, y = φ(W x), many times.
namespace sqrtn::experiment {

/// Replicates of one task; a constant, because the tree of sums depends on it.
inline constexpr std::size_t task_replicates = 64;

enum class Direction {
  forward,   ///< y = W x, x of fan_in entries
  backward,  ///< y = Wᵀ x, x of fan_out entries
};

/// One layer of the loop. W has fan_out × fan_in entries drawn from `weights`.
struct LayerExperiment {
  std::size_t fan_out = 512;
  std::size_t fan_in = 512;
  init::Distribution weights;
  Direction direction = Direction::forward;
  bool rectified = false;  ///< y = max(0, ·)
};

/// Sums over replicates, enough for every law of laws.md §2 and §3.
struct LayerSums {
  std::size_t n_replicates = 0;
  std::size_t n_outputs = 0;        ///< over all replicates
  std::size_t n_positive = 0;       ///< outputs > 0
  double pivot = 0;                 ///< Σ y²/(σ²‖x‖²)
  double pivot_variance = 0;        ///< Σ over replicates of Var[Σᵢ yᵢ²/(σ²‖x‖²) | x], kurtosis included
  statistics::Moments mean;         ///< of the replicates' mean of y
  statistics::Moments mean_square;  ///< of the replicates' mean of y²
  void merge(const LayerSums& other);
};

/// Fills consecutive entries of a weight, row-major fan_out × fan_in, from the stream at the first of them.
template <class T>
using WeightDraw = std::function<void(const random::Stream&, std::span<T>)>;

/// Runs `n_replicates` replicates. Replicate r draws W from elements r·fan_out·fan_in … of `stream`
/// and x from a stream of its own (number ~stream), so that the number of threads changes no bit.
/// The library is called from `threads` threads at once and should be set to one thread itself.
/// W is never whole in memory: rows are drawn and multiplied a block at a time, in the caches.
/// `draw` fills W; empty: init::initialise of experiment.weights. T is float or double.
/// Throws: std::invalid_argument for a dimension of 0.
template <class T>
LayerSums run_layer(const LayerExperiment& experiment, const blas::Functions& blas, const random::Stream& stream,
                    std::size_t n_replicates, unsigned threads = 0, const WeightDraw<T>& draw = {});

/// How many tasks a run has.
std::size_t n_tasks_of(std::size_t n_replicates);

/// The sums of the tasks first, first + 1, …, before last of such a run, the same wherever they are computed with the
/// same kernels of the library.
std::vector<LayerSums> layer_tasks(const LayerExperiment& experiment, const blas::Functions& blas,
                                   const random::Stream& stream, std::size_t n_replicates, std::size_t first,
                                   std::size_t last);

/// The sums of all tasks of a run, in their order.
using AllTasks = std::function<std::vector<LayerSums>(const LayerExperiment&, const blas::Functions&,
                                                      const random::Stream&, std::size_t n_replicates)>;

/// From now on run_layer<float> without a draw of its own has its tasks computed by `tasks`; none: by itself.
void compute_tasks_by(AllTasks tasks);

}  // namespace sqrtn::experiment
