#include "experiment/propagation.hpp"

#include <algorithm>
#include <optional>

#include "experiment/chain_steps.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::experiment {
namespace {

void check(const Chain& chain) {
  require(chain.width >= 1 && chain.depth >= 1 && chain.batch >= 1,
          "a chain needs width, depth and batch >= 1, got {}, {} and {}", chain.width, chain.depth, chain.batch);
  require(chain.norm != Norm::batch || chain.batch >= 2,
          "batch norm needs a batch of at least 2 rows, got {}: one row would always become 0", chain.batch);
}

/// One layer after the product: norm, activation, sum.
template <class T>
LayerState finish_layer(const Chain& chain, MatrixView<const T> x, MatrixView<T> y, bool sizes_only) {
  apply_norm(chain.norm, y);
  const std::span<T> all(y.data, y.rows * y.cols);
  const double saturated = chain.activation == nullptr ? 0 : activate(*chain.activation, all, !sizes_only);
  if (chain.residual) {
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += x.data[i];
  }
  LayerState state = state_of<T>(y, sizes_only);
  state.saturated = saturated;
  return state;
}

/// What the way back needs of each layer: its input x and y = x·Wᵀ.
template <class T>
struct Tape {
  std::vector<Matrix<T>> x, y;
};

template <class T>
Matrix<T> copy_of(const Matrix<T>& matrix) {
  Matrix<T> copy(matrix.rows(), matrix.cols());
  std::ranges::copy(matrix.storage(), copy.storage().begin());
  return copy;
}

/// δ at y of one layer, from the gradient at its output.
template <class T>
Matrix<T> delta_of(const Chain& chain, const Matrix<T>& y, const Matrix<T>& gradient) {
  Matrix<T> z = copy_of(y), delta = copy_of(gradient);
  const std::vector<double> scales = apply_norm(chain.norm, z.view());
  if (chain.activation != nullptr) {
    for (std::size_t i = 0; i < z.storage().size(); ++i) {
      delta.storage()[i] *= static_cast<T>(chain.activation->derivative(static_cast<double>(z.storage()[i])));
    }
  }
  norm_gradient<T>(chain.norm, z.view(), scales, delta.view());
  return delta;
}

/// Nothing is said of gradients where the signal is lost: not finite, or 0.
template <class T>
void trace_back(const Chain& chain, const random::Stream& stream, const Tape<T>& tape, const Products<T>& products,
                std::vector<LayerState>& states) {
  Matrix<T> gradient(chain.batch, chain.width), before(chain.batch, chain.width);
  const auto lost = [](const LayerState& state) { return !std::isfinite(state.log_rms); };
  if (std::ranges::any_of(states, lost)) return;
  random::fill_normal<T>(stream, gradient.storage(), T(0), T(1));
  const auto log_rms_now = [&] { return state_of<T>(gradient.view(), true).log_rms; };
  const double top = log_rms_now();
  double taken = 0;
  states[chain.depth].log_gradient = 0;
  for (std::size_t layer = chain.depth; layer-- > 0;) {
    const Matrix<T> delta = delta_of(chain, tape.y[layer], gradient);
    products.backward(layer, tape.x[layer].view(), tape.y[layer].view(), delta.view(), before.view());
    if (chain.residual) {
      for (std::size_t i = 0; i < before.storage().size(); ++i) before.storage()[i] += gradient.storage()[i];
    }
    std::swap(gradient, before);
    const double log_rms = log_rms_now();
    states[layer].log_gradient = log_rms + taken - top;
    taken += rescale(gradient.storage(), log_rms);
  }
}

/// The weights of one run, one at a time.
template <class T>
class Weights {
 public:
  Weights(const Chain& chain, const random::Stream& stream, std::size_t run, const WeightDraw<T>& draw)
      : chain_(chain), stream_(stream), first_(run * chain.depth), draw_(draw), values_(chain.width, chain.width) {}

  MatrixView<const T> at(std::size_t layer) {
    const std::size_t wanted = chain_.shared ? 0 : layer;
    if (held_ != wanted) {
      const random::Stream from = stream_.skip((first_ + wanted) * values_.storage().size());
      draw_ ? draw_(from, values_.storage()) : init::initialise<T>(chain_.weights, from, values_.storage());
      held_ = wanted;
    }
    return values_.view();
  }

 private:
  const Chain& chain_;
  random::Stream stream_;
  std::size_t first_;
  const WeightDraw<T>& draw_;
  Matrix<T> values_;
  std::optional<std::size_t> held_;
};

/// out = in·op(W)
template <class T>
void multiply(const blas::Functions& blas, MatrixView<const T> in, MatrixView<const T> weights, bool transposed,
              MatrixView<T> out) {
  using blas::Op;
  if (in.rows == 1) {
    blas::gemv<T>(blas, transposed ? Op::none : Op::transpose, T(1), weights, in.row(0), T(0), out.row(0));
  } else {
    blas::gemm<T>(blas, Op::none, transposed ? Op::transpose : Op::none, T(1), in, weights, T(0), out);
  }
}

}  // namespace

template <class T>
std::vector<LayerState> run_chain(const Chain& chain, const random::Stream& input, const Products<T>& products) {
  check(chain);
  Matrix<T> x(chain.batch, chain.width), y(chain.batch, chain.width);
  Tape<T> tape;
  random::fill_normal<T>(input, x.storage(), T(0), T(1));
  std::vector<LayerState> states{state_of<T>(x.view(), products.sizes_only)};
  for (std::size_t layer = 0; layer < chain.depth; ++layer) {
    products.forward(layer, x.view(), y.view());
    if (chain.gradients) {
      tape.x.push_back(copy_of(x));
      tape.y.push_back(copy_of(y));
    }
    states.push_back(finish_layer<T>(chain, x.view(), y.view(), products.sizes_only));
    std::swap(x, y);
  }
  if (chain.gradients) trace_back<T>(chain, gradient_at(input), tape, products, states);
  return states;
}

template <class T>
std::vector<std::vector<LayerState>> run_chains(const Chain& chain, const blas::Functions& blas,
                                                const random::Stream& stream, std::size_t n_runs, unsigned threads,
                                                const WeightDraw<T>& draw) {
  check(chain);
  return all_runs(n_runs, threads, [&](std::size_t run) {
    Weights<T> weights(chain, stream, run, draw);
    const Products<T> products{
        [&](std::size_t layer, MatrixView<const T> x, MatrixView<T> y) {
          multiply<T>(blas, x, weights.at(layer), true, y);
        },
        [&](std::size_t layer, MatrixView<const T>, MatrixView<const T>, MatrixView<const T> delta,
            MatrixView<T> gradient) { multiply<T>(blas, delta, weights.at(layer), false, gradient); }};
    return run_chain<T>(chain, input_of(stream, chain, run), products);
  });
}

template std::vector<LayerState> run_chain<float>(const Chain&, const random::Stream&, const Products<float>&);
template std::vector<LayerState> run_chain<double>(const Chain&, const random::Stream&, const Products<double>&);
template std::vector<std::vector<LayerState>> run_chains<float>(const Chain&, const blas::Functions&,
                                                                const random::Stream&, std::size_t, unsigned,
                                                                const WeightDraw<float>&);
template std::vector<std::vector<LayerState>> run_chains<double>(const Chain&, const blas::Functions&,
                                                                 const random::Stream&, std::size_t, unsigned,
                                                                 const WeightDraw<double>&);

}  // namespace sqrtn::experiment
