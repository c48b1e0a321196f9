#include "sqrtn/network/normalisation.hpp"

#include <cmath>

#include "network/strip.hpp"

namespace sqrtn::network {
namespace {

/// x ← γ·(x − m)/√(v + ε) + β, with affine(i) = {γ, β} of the i-th value of a run.
template <class T, class Affine>
void normalise(const Strip<T>& strip, const Statistics& statistics, double eps, Affine affine) {
  const double scale = 1 / std::sqrt(statistics.variance + eps);
  strip.for_each([&](T& x, std::size_t i) {
    const auto [gain, shift] = affine(i);
    x = static_cast<T>((static_cast<double>(x) - statistics.mean) * scale * gain + shift);
  });
}

template <class T>
void move_towards(T& running, double value, double momentum) {
  running = static_cast<T>((1 - momentum) * static_cast<double>(running) + momentum * value);
}

struct Affine {
  double gain, shift;
};

}  // namespace

template <class T>
Tensor<T> batch_norm(Tensor<T> x, const BatchNormState<T>& state) {
  const std::size_t channels = state.weight.size();
  require(x.shape.size() >= 2 && x.shape[1] == channels,
          "a batch norm of {} channels takes batch x {} x ..., but the input is {}", channels, channels,
          to_string(x.shape));
  require(state.bias.size() == channels && state.running_mean.size() == channels &&
              state.running_variance.size() == channels,
          "batch norm: bias and running statistics need {} entries each, as the weight has", channels);
  const std::size_t count = x.size() / channels;
  require(
      !state.training || count >= 2,
      "batch norm in training mode needs more than one value a channel, got an input of {}; take a larger batch, or "
      "evaluation mode",
      to_string(x.shape));
  for (std::size_t c = 0; c < channels; ++c) {
    const Strip<T> strip = channel_of(x.values.data(), x.shape, c);
    Statistics statistics{static_cast<double>(state.running_mean[c]), static_cast<double>(state.running_variance[c])};
    if (state.training) {
      statistics = statistics_of(strip);
      const double unbiased = statistics.variance * strip.count() / (strip.count() - 1);
      move_towards(state.running_mean[c], statistics.mean, state.momentum);
      move_towards(state.running_variance[c], unbiased, state.momentum);
    }
    const Affine affine{static_cast<double>(state.weight[c]), static_cast<double>(state.bias[c])};
    normalise(strip, statistics, state.eps, [&](std::size_t) { return affine; });
  }
  return x;
}

template <class T>
Tensor<T> layer_norm(Tensor<T> x, std::span<const T> weight, std::span<const T> bias, double eps) {
  std::size_t row = 1;
  for (std::size_t axis = x.shape.size(); axis > 0 && row < weight.size();) row *= x.shape[--axis];
  require(!x.shape.empty() && row == weight.size() && bias.size() == row,
          "a layer norm with {} weights and {} biases does not fit the last axes of {}", weight.size(), bias.size(),
          to_string(x.shape));
  for (std::size_t r = 0; r < x.size() / row; ++r) {
    const Strip<T> strip{x.values.data() + r * row, 1, row, row};
    normalise(strip, statistics_of(strip), eps, [&](std::size_t i) {
      return Affine{static_cast<double>(weight[i]), static_cast<double>(bias[i])};
    });
  }
  return x;
}

template <class T>
Tensor<T> rms_norm(Tensor<T> x, std::span<const T> weight, double eps) {
  const std::size_t row = row_length(x.shape, weight.size());
  for (std::size_t r = 0; r < x.size() / row; ++r) {
    const Strip<T> strip{x.values.data() + r * row, 1, row, row};
    normalise(strip, statistics_of(strip, false), eps, [&](std::size_t i) {
      return Affine{static_cast<double>(weight[i]), 0};
    });
  }
  return x;
}

#define SQRTN_INSTANTIATE(T)                                          \
  template Tensor<T> batch_norm(Tensor<T>, const BatchNormState<T>&); \
  template Tensor<T> rms_norm(Tensor<T>, std::span<const T>, double); \
  template Tensor<T> layer_norm(Tensor<T>, std::span<const T>, std::span<const T>, double);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
