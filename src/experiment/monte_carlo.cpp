#include "experiment/monte_carlo.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "sqrtn/blas/products.hpp"
#include "sqrtn/laws/initialiser.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::experiment {
namespace {

/// Σx² and Σx⁴.
template <class T>
struct Norms {
  double squared = 0, fourth = 0;
  explicit Norms(std::span<const T> x) {
    for (const T value : x) {
      const double square = static_cast<double>(value) * static_cast<double>(value);
      squared += square;
      fourth += square * square;
    }
  }
};

/// Rows of W that are drawn and multiplied at a time, so that they stay in the caches in between.
constexpr std::size_t block_bytes = std::size_t{1} << 17;

/// A part of the matrix, the vectors and the product of one replicate after the other.
template <class T>
class Replicates {
 public:
  Replicates(const LayerExperiment& layer, const blas::Functions& blas, const random::Stream& stream,
             const WeightDraw<T>& draw)
      : layer_(layer),
        blas_(blas),
        stream_(stream),
        draw_(draw),
        weights_(std::min(layer.fan_out, std::max<std::size_t>(block_bytes / sizeof(T) / layer.fan_in, 1)),
                 layer.fan_in),
        x_(layer.direction == Direction::forward ? layer.fan_in : layer.fan_out),
        y_(layer.direction == Direction::forward ? layer.fan_out : layer.fan_in) {}

  void add(std::size_t replicate, LayerSums& sums) {
    const random::Stream inputs{stream_.engine, stream_.seed, ~stream_.stream, stream_.offset};
    random::fill_normal<T>(inputs.skip(replicate * x_.size()), x_.span(), T(0), T(1));
    multiply(stream_.skip(replicate * layer_.fan_out * layer_.fan_in));

    double sum = 0, sum_square = 0;
    for (const T value : y_.span()) {
      const double y = layer_.rectified && value < 0 ? 0.0 : static_cast<double>(value);
      sums.n_positive += y > 0;
      sum += y;
      sum_square += y * y;
    }
    const Norms<T> norms(x_.span());
    const double n_outputs = static_cast<double>(y_.size()), kurtosis = laws::kurtosis(layer_.weights.law);
    ++sums.n_replicates;
    sums.n_outputs += y_.size();
    sums.pivot += sum_square / (layer_.weights.variance * norms.squared);
    sums.pivot_variance += n_outputs * (2 + (kurtosis - 3) * norms.fourth / (norms.squared * norms.squared));
    sums.mean.add(sum / n_outputs);
    sums.mean_square.add(sum_square / n_outputs);
  }

 private:
  /// y = W x or Wᵀ x, W drawn from `weights` on, a block of rows after the other.
  void multiply(const random::Stream& weights) {
    const std::span<const T> x = x_.span();
    for (std::size_t first = 0; first < layer_.fan_out; first += weights_.view().rows) {
      const std::size_t n_rows = std::min(weights_.view().rows, layer_.fan_out - first);
      draw_(weights.skip(first * layer_.fan_in), weights_.storage().first(n_rows * layer_.fan_in));
      const MatrixView<const T> rows{weights_.view().data, n_rows, layer_.fan_in, layer_.fan_in};
      if (layer_.direction == Direction::forward) {
        blas::gemv<T>(blas_, blas::Op::none, T(1), rows, x, T(0), y_.span().subspan(first, n_rows));
      } else {
        blas::gemv<T>(blas_, blas::Op::transpose, T(1), rows, x.subspan(first, n_rows), T(first == 0 ? 0 : 1),
                      y_.span());
      }
    }
  }

  const LayerExperiment& layer_;
  const blas::Functions& blas_;
  random::Stream stream_;
  const WeightDraw<T>& draw_;
  Matrix<T> weights_;
  Buffer<T> x_, y_;
};

/// W by the law of the experiment, which outlives it.
template <class T>
WeightDraw<T> by_law(const LayerExperiment& experiment) {
  return [&experiment](const random::Stream& stream, std::span<T> out) {
    init::initialise<T>(experiment.weights, stream, out);
  };
}

template <class T>
LayerSums run_task(const LayerExperiment& experiment, const blas::Functions& blas, const random::Stream& stream,
                   std::size_t n_replicates, const WeightDraw<T>& draw, std::size_t task) {
  Replicates<T> replicates(experiment, blas, stream, draw);
  LayerSums sums;
  const std::size_t first = task * task_replicates, last = std::min(first + task_replicates, n_replicates);
  for (std::size_t r = first; r < last; ++r) replicates.add(r, sums);
  return sums;
}

AllTasks& elsewhere() {
  static AllTasks tasks;
  return tasks;
}

}  // namespace

void LayerSums::merge(const LayerSums& other) {
  n_replicates += other.n_replicates;
  n_outputs += other.n_outputs;
  n_positive += other.n_positive;
  pivot += other.pivot;
  pivot_variance += other.pivot_variance;
  mean.merge(other.mean);
  mean_square.merge(other.mean_square);
}

std::size_t n_tasks_of(std::size_t n_replicates) { return (n_replicates + task_replicates - 1) / task_replicates; }

std::vector<LayerSums> layer_tasks(const LayerExperiment& experiment, const blas::Functions& blas,
                                   const random::Stream& stream, std::size_t n_replicates, std::size_t first,
                                   std::size_t last) {
  const WeightDraw<float> draw = by_law<float>(experiment);
  std::vector<LayerSums> tasks;
  for (std::size_t task = first; task < last; ++task) {
    tasks.push_back(run_task<float>(experiment, blas, stream, n_replicates, draw, task));
  }
  return tasks;
}

void compute_tasks_by(AllTasks tasks) { elsewhere() = std::move(tasks); }

template <class T>
LayerSums run_layer(const LayerExperiment& experiment, const blas::Functions& blas, const random::Stream& stream,
                    std::size_t n_replicates, unsigned threads, const WeightDraw<T>& draw) {
  require(experiment.fan_in > 0 && experiment.fan_out > 0, "a layer needs fan_in and fan_out >= 1, got {} and {}",
          experiment.fan_in, experiment.fan_out);
  const auto merge = [](LayerSums& into, const LayerSums& from) { into.merge(from); };
  const std::size_t n_tasks = n_tasks_of(n_replicates);
  if (std::is_same_v<T, float> && !draw && elsewhere()) {
    const std::vector<LayerSums> tasks = elsewhere()(experiment, blas, stream, n_replicates);
    return parallel_reduce(
               n_tasks, 1, [&](std::size_t task) { return tasks.at(task); }, merge)
        .value_or(LayerSums{});
  }
  const WeightDraw<T> fill = draw ? draw : by_law<T>(experiment);
  const auto run = [&](std::size_t task) { return run_task<T>(experiment, blas, stream, n_replicates, fill, task); };
  return parallel_reduce(n_tasks, threads, run, merge).value_or(LayerSums{});
}

template LayerSums run_layer<float>(const LayerExperiment&, const blas::Functions&, const random::Stream&, std::size_t,
                                    unsigned, const WeightDraw<float>&);
template LayerSums run_layer<double>(const LayerExperiment&, const blas::Functions&, const random::Stream&, std::size_t,
                                     unsigned, const WeightDraw<double>&);

}  // namespace sqrtn::experiment
