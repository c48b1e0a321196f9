#include "experiment/propagation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sqrtn/blas/products.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/statistics/moments.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::experiment {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double saturation = 0.01;

void check(const Chain& chain) {
  require(chain.width >= 1 && chain.depth >= 1 && chain.batch >= 1,
          "a chain needs width, depth and batch >= 1, got {}, {} and {}", chain.width, chain.depth, chain.batch);
  require(chain.norm != Norm::batch || chain.batch >= 2,
          "batch norm needs a batch of at least 2 rows, got {}: one row would always become 0", chain.batch);
}

/// ln √(mean x²), with the largest magnitude taken out so that squares neither overflow nor vanish.
template <class T>
double log_rms(VectorView<const T> row) {
  double max = 0, sum = 0;
  // Not std::fmax, on which GCC 12 for AArch64 stops with an internal error.
  for (std::size_t i = 0; i < row.size; ++i) max = std::max(max, std::fabs(static_cast<double>(row[i])));
  if (max == 0) return -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < row.size; ++i) {
    const double x = static_cast<double>(row[i]) / max;
    sum += x * x;
  }
  return std::log(max) + std::log(sum / static_cast<double>(row.size)) / 2;
}

template <class T>
LayerState state_of(MatrixView<const T> x) {
  LayerState state;
  const std::span<const T> all(x.data, x.rows * x.cols);
  std::size_t zeros = 0;
  for (const T value : all) {
    zeros += value == 0;
    state.finite &= std::isfinite(value);
    state.max = std::fmax(state.max, std::fabs(static_cast<double>(value)));
  }
  state.zeros = static_cast<double>(zeros) / static_cast<double>(all.size());
  if (!state.finite) {
    state.log_rms = state.mean = state.stddev = nan;
    return state;
  }
  const auto moments = statistics::Moments::of<T>(all);
  state.mean = *moments.mean();
  state.stddev = std::sqrt(moments.unbiased_variance().value_or(0));
  for (std::size_t row = 0; row < x.rows; ++row) state.log_rms += log_rms<T>(x.row(row));
  state.log_rms /= static_cast<double>(x.rows);
  return state;
}

/// To mean 0 and variance v/(v + ε) of what the view runs over.
template <class T>
void normalise(VectorView<T> values) {
  statistics::Moments moments;
  for (std::size_t i = 0; i < values.size; ++i) moments.add(static_cast<double>(values[i]));
  const double mean = *moments.mean(), scale = 1 / std::sqrt(*moments.variance() + norm_epsilon);
  for (std::size_t i = 0; i < values.size; ++i) {
    values[i] = static_cast<T>((static_cast<double>(values[i]) - mean) * scale);
  }
}

template <class T>
void apply_norm(Norm norm, MatrixView<T> y) {
  if (norm == Norm::layer) {
    for (std::size_t row = 0; row < y.rows; ++row) normalise<T>(y.row(row));
  } else if (norm == Norm::batch) {
    for (std::size_t unit = 0; unit < y.cols; ++unit) normalise<T>({y.data + unit, y.rows, y.ld});
  }
}

/// y = φ(y), and the share of entries where φ is flat.
template <class T>
double activate(const init::Activation& activation, std::span<T> y) {
  std::size_t flat = 0;
  for (T& value : y) {
    const double z = static_cast<double>(value);
    flat += std::fabs(activation.derivative(z)) < saturation;
    value = static_cast<T>(activation.value(z));
  }
  return static_cast<double>(flat) / static_cast<double>(y.size());
}

/// One layer after the product: norm, activation, sum.
template <class T>
LayerState finish_layer(const Chain& chain, MatrixView<const T> x, MatrixView<T> y) {
  apply_norm(chain.norm, y);
  const std::span<T> all(y.data, y.rows * y.cols);
  const double saturated = chain.activation == nullptr ? 0 : activate(*chain.activation, all);
  if (chain.residual) {
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += x.data[i];
  }
  LayerState state = state_of<T>(y);
  state.saturated = saturated;
  return state;
}

double squared_norm(VectorView<const double> x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size; ++i) sum += x[i] * x[i];
  return sum;
}

/// Runs `one(r)` for every run, in parallel.
template <class One>
std::vector<std::vector<LayerState>> all_runs(std::size_t n_runs, unsigned threads, One one) {
  std::vector<std::vector<LayerState>> runs(n_runs);
  parallel_for(n_runs, threads, [&](std::size_t run) { runs[run] = one(run); });
  return runs;
}

random::Stream input_of(const random::Stream& stream, const Chain& chain, std::size_t run) {
  const random::Stream inputs{stream.engine, stream.seed, ~stream.stream, stream.offset};
  return inputs.skip(run * chain.batch * chain.width);
}

}  // namespace

template <class T>
std::vector<LayerState> run_chain(const Chain& chain, const random::Stream& input, const Product<T>& product) {
  check(chain);
  Matrix<T> x(chain.batch, chain.width), y(chain.batch, chain.width);
  random::fill_normal<T>(input, x.storage(), T(0), T(1));
  std::vector<LayerState> states{state_of<T>(x.view())};
  for (std::size_t layer = 0; layer < chain.depth; ++layer) {
    product(layer, x.view(), y.view());
    states.push_back(finish_layer<T>(chain, x.view(), y.view()));
    std::swap(x, y);
  }
  return states;
}

template <class T>
std::vector<std::vector<LayerState>> run_chains(const Chain& chain, const blas::Functions& blas,
                                                const random::Stream& stream, std::size_t n_runs, unsigned threads,
                                                const WeightDraw<T>& draw) {
  check(chain);
  return all_runs(n_runs, threads, [&](std::size_t run) {
    Matrix<T> weights(chain.width, chain.width);
    const auto fill = [&](std::size_t layer) {
      const random::Stream at = stream.skip((run * chain.depth + layer) * weights.storage().size());
      draw ? draw(at, weights.storage()) : init::initialise<T>(chain.weights, at, weights.storage());
    };
    if (chain.shared) fill(0);
    return run_chain<T>(chain, input_of(stream, chain, run),
                        [&](std::size_t layer, MatrixView<const T> x, MatrixView<T> y) {
                          if (!chain.shared) fill(layer);
                          if (x.rows == 1) {
                            blas::gemv<T>(blas, blas::Op::none, T(1), weights.view(), x.row(0), T(0), y.row(0));
                          } else {
                            blas::gemm<T>(blas, blas::Op::none, blas::Op::transpose, T(1), x, weights.view(), T(0), y);
                          }
                        });
  });
}

std::vector<std::vector<LayerState>> simulate_field(const Chain& chain, const random::Stream& stream,
                                                    std::size_t n_runs, unsigned threads) {
  check(chain);
  require(!chain.shared && chain.norm != Norm::batch && chain.batch == 1,
          "the law of one row with fresh weights is simulated; got {} rows, {} weights", chain.batch,
          chain.shared ? "shared" : "fresh");
  return all_runs(n_runs, threads, [&](std::size_t run) {
    const auto draw = [&](std::size_t layer, MatrixView<const double> x, MatrixView<double> y) {
      const double scale = std::sqrt(chain.weights.variance * squared_norm(x.row(0)));
      const std::span<double> out(y.data, y.cols);
      if (!std::isfinite(scale)) return std::fill(out.begin(), out.end(), nan);
      random::fill_normal<double>(stream.skip((run * chain.depth + layer) * chain.width), out, 0, scale);
      if (!chain.orthogonal || scale == 0) return;
      const double rescale = scale * std::sqrt(static_cast<double>(chain.width) / squared_norm(y.row(0)));
      for (double& value : out) value *= rescale;
    };
    return run_chain<double>(chain, input_of(stream, chain, run), draw);
  });
}

template std::vector<LayerState> run_chain<float>(const Chain&, const random::Stream&, const Product<float>&);
template std::vector<LayerState> run_chain<double>(const Chain&, const random::Stream&, const Product<double>&);
template std::vector<std::vector<LayerState>> run_chains<float>(const Chain&, const blas::Functions&,
                                                                const random::Stream&, std::size_t, unsigned,
                                                                const WeightDraw<float>&);
template std::vector<std::vector<LayerState>> run_chains<double>(const Chain&, const blas::Functions&,
                                                                 const random::Stream&, std::size_t, unsigned,
                                                                 const WeightDraw<double>&);

}  // namespace sqrtn::experiment
