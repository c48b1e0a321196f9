#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "experiment/propagation.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "sqrtn/support/parallel.hpp"

/// What a chain does to a batch beside its products, there and back.
namespace sqrtn::experiment {

/// To mean 0 (but for rms) and variance v/(v + ε) of what the view runs over. Returns: 1/√(v + ε).
template <class T>
double normalise(VectorView<T> values, bool centred) {
  statistics::Moments moments;
  for (std::size_t i = 0; i < values.size; ++i) moments.add(static_cast<double>(values[i]));
  const double mean = centred ? *moments.mean() : 0;
  const double scale = 1 / std::sqrt((centred ? *moments.variance() : *moments.mean_square()) + norm_epsilon);
  for (std::size_t i = 0; i < values.size; ++i) {
    values[i] = static_cast<T>((static_cast<double>(values[i]) - mean) * scale);
  }
  return scale;
}

/// What a norm takes together: a unit's column or a row.
template <class T>
std::vector<VectorView<T>> groups_of(Norm norm, MatrixView<T> y) {
  std::vector<VectorView<T>> groups;
  if (norm == Norm::batch) {
    for (std::size_t unit = 0; unit < y.cols; ++unit) groups.push_back({y.data + unit, y.rows, y.ld});
  } else if (norm != Norm::none) {
    for (std::size_t row = 0; row < y.rows; ++row) groups.push_back(y.row(row));
  }
  return groups;
}

/// Returns: what each group was multiplied by.
template <class T>
std::vector<double> apply_norm(Norm norm, MatrixView<T> y) {
  std::vector<double> scales;
  for (const VectorView<T>& group : groups_of(norm, y)) scales.push_back(normalise<T>(group, norm != Norm::rms));
  return scales;
}

/// δ ← scale·(δ − mean δ − z·mean(δz)), the adjoint of the norm's derivative where it gave z; no mean δ for rms.
template <class T>
void norm_gradient(Norm norm, MatrixView<T> z, std::span<const double> scales, MatrixView<T> delta) {
  const auto outputs = groups_of(norm, z), gradients = groups_of(norm, delta);
  for (std::size_t g = 0; g < outputs.size(); ++g) {
    const double count = static_cast<double>(outputs[g].size);
    double mean = 0, product = 0;
    for (std::size_t i = 0; i < outputs[g].size; ++i) {
      const double d = static_cast<double>(gradients[g][i]);
      if (norm != Norm::rms) mean += d / count;
      product += d * static_cast<double>(outputs[g][i]) / count;
    }
    for (std::size_t i = 0; i < outputs[g].size; ++i) {
      const double d = static_cast<double>(gradients[g][i]), at = static_cast<double>(outputs[g][i]);
      gradients[g][i] = static_cast<T>(scales[g] * (d - mean - at * product));
    }
  }
}

inline constexpr double flat_below = 0.01;

/// y = φ(y), and the share of entries where φ is flat, if it is to be counted.
template <class T>
double activate(const init::Activation& activation, std::span<T> y, bool counted) {
  std::size_t flat = 0;
  for (T& value : y) {
    const double z = static_cast<double>(value);
    if (counted) flat += std::fabs(activation.derivative(z)) < flat_below;
    value = static_cast<T>(activation.value(z));
  }
  return static_cast<double>(flat) / static_cast<double>(y.size());
}

/// Runs `one(r)` for every run, in parallel.
template <class One>
std::vector<std::vector<LayerState>> all_runs(std::size_t n_runs, unsigned threads, One one) {
  std::vector<std::vector<LayerState>> runs(n_runs);
  parallel_for(n_runs, threads, [&](std::size_t run) { runs[run] = one(run); });
  return runs;
}

/// Streams of a run beside its weights: the input x₀, and the gradient that its way back begins with.
inline random::Stream beside(const random::Stream& stream, std::uint64_t number, const Chain& chain, std::size_t run) {
  return random::Stream{stream.engine, stream.seed, number, stream.offset}.skip(run * chain.batch * chain.width);
}

inline random::Stream input_of(const random::Stream& stream, const Chain& chain, std::size_t run) {
  return beside(stream, ~stream.stream, chain, run);
}

inline random::Stream gradient_at(const random::Stream& input) {
  return {input.engine, input.seed, input.stream ^ random::stream_of("gradient"), input.offset};
}

}  // namespace sqrtn::experiment
