#include "experiment/layer_state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "sqrtn/statistics/moments.hpp"

namespace sqrtn::experiment {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

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

/// Mean cosine between rows: (‖Σu‖² − R)/(R(R − 1)) of the R unit vectors u.
template <class T>
double correlation_of(MatrixView<const T> x, std::span<const double> log_rms) {
  std::vector<double> sum(x.cols);
  double rows = 0, square = 0;
  for (std::size_t r = 0; r < x.rows; ++r) {
    if (!std::isfinite(log_rms[r])) continue;
    const double scale = std::exp(-log_rms[r]) / std::sqrt(static_cast<double>(x.cols));
    for (std::size_t i = 0; i < x.cols; ++i) sum[i] += static_cast<double>(x(r, i)) * scale;
    ++rows;
  }
  for (const double s : sum) square += s * s;
  return rows < 2 ? nan : (square - rows) / (rows * (rows - 1));
}

template <class T>
LayerState sizes_of(MatrixView<const T> x, std::vector<double>& log_rms_of_rows) {
  LayerState state;
  for (const T value : std::span<const T>(x.data, x.rows * x.cols)) {
    state.finite &= std::isfinite(value);
    state.max = std::fmax(state.max, std::fabs(static_cast<double>(value)));
  }
  if (!state.finite) {
    state.log_rms = nan;
    return state;
  }
  double alive = 0;
  for (std::size_t row = 0; row < x.rows; ++row) {
    log_rms_of_rows.push_back(log_rms<T>(x.row(row)));
    if (std::isinf(log_rms_of_rows.back())) continue;
    state.log_rms += log_rms_of_rows.back();
    ++alive;
  }
  state.log_rms = alive > 0 ? state.log_rms / alive : -std::numeric_limits<double>::infinity();
  state.dead = 1 - alive / static_cast<double>(x.rows);
  return state;
}

}  // namespace

template <class T>
LayerState state_of(MatrixView<const T> x, bool sizes_only) {
  std::vector<double> log_rms_of_rows;
  LayerState state = sizes_of(x, log_rms_of_rows);
  if (sizes_only) return state;
  const std::span<const T> all(x.data, x.rows * x.cols);
  state.zeros = static_cast<double>(std::ranges::count(all, T(0))) / static_cast<double>(all.size());
  if (!state.finite) {
    state.mean = state.stddev = nan;
    return state;
  }
  const auto moments = statistics::Moments::of<T>(all);
  state.mean = *moments.mean();
  state.stddev = std::sqrt(moments.unbiased_variance().value_or(0));
  if (x.rows > 1) state.correlation = correlation_of(x, log_rms_of_rows);
  return state;
}

template <class T>
double rescale(std::span<T> values, double log_rms) {
  if (!std::isfinite(log_rms)) return 0;
  const int exponent = static_cast<int>(std::lround(log_rms / std::numbers::ln2));
  for (T& value : values) value = std::ldexp(value, -exponent);
  return exponent * std::numbers::ln2;
}

#define SQRTN_INSTANTIATE(T)                                  \
  template LayerState state_of<T>(MatrixView<const T>, bool); \
  template double rescale<T>(std::span<T>, double);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::experiment
