#include <algorithm>
#include <cmath>
#include <limits>

#include "experiment/chain_steps.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::experiment {
namespace {

double dot_of(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::span<const double> entries(MatrixView<const double> x) { return {x.data, x.cols}; }

/// a ← a − b·(bᵀa)/‖b‖²
void project_out(std::span<double> a, std::span<const double> b) {
  const double square = dot_of(b, b);
  if (square == 0) return;
  const double share = dot_of(a, b) / square;
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= share * b[i];
}

/// Wᵀδ given W x = y, into `out`, which holds N(0,1) draws before.
void back_through(const Chain& chain, std::span<const double> x, std::span<const double> y,
                  std::span<const double> delta, std::span<double> out) {
  const double x_square = dot_of(x, x), n = static_cast<double>(x.size());
  project_out(out, x);
  double scale = std::sqrt(chain.weights.variance * dot_of(delta, delta));
  if (chain.orthogonal) {
    std::vector<double> across(delta.begin(), delta.end());
    project_out(across, y);
    const double drawn = dot_of(out, out);
    // Of one unit nothing lies across.
    scale = drawn > 0 && n > 1 ? std::sqrt(chain.weights.variance * n * dot_of(across, across) / drawn) : 0;
  }
  const double along = x_square > 0 ? dot_of(y, delta) / x_square : 0;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = scale * out[i] + along * x[i];
}

}  // namespace

std::vector<std::vector<LayerState>> simulate_field(const Chain& chain, const random::Stream& stream,
                                                    std::size_t n_runs, unsigned threads, bool sizes_only) {
  require(!chain.shared && chain.norm != Norm::batch && chain.batch == 1,
          "the law of one row with fresh weights is simulated; got {} rows, {} weights", chain.batch,
          chain.shared ? "shared" : "fresh");
  return all_runs(n_runs, threads, [&](std::size_t run) {
    const auto draws = [&](const random::Stream& from, std::size_t layer) {
      return from.skip((run * chain.depth + layer) * chain.width);
    };
    const auto forward = [&](std::size_t layer, MatrixView<const double> x, MatrixView<double> y) {
      const double scale = std::sqrt(chain.weights.variance * dot_of(entries(x), entries(x)));
      const std::span<double> out(y.data, y.cols);
      if (!std::isfinite(scale)) return std::fill(out.begin(), out.end(), std::numeric_limits<double>::quiet_NaN());
      random::fill_normal<double>(draws(stream, layer), out, 0, scale);
      if (!chain.orthogonal || scale == 0) return;
      const double rescale = scale * std::sqrt(static_cast<double>(chain.width) / dot_of(out, out));
      for (double& value : out) value *= rescale;
    };
    const auto backward = [&](std::size_t layer, MatrixView<const double> x, MatrixView<const double> y,
                              MatrixView<const double> delta, MatrixView<double> gradient) {
      const std::span<double> out(gradient.data, gradient.cols);
      random::fill_normal<double>(draws(gradient_at(stream), layer), out, 0, 1);
      back_through(chain, entries(x), entries(y), entries(delta), out);
    };
    return run_chain<double>(chain, input_of(stream, chain, run), {forward, backward, sizes_only});
  });
}

}  // namespace sqrtn::experiment
