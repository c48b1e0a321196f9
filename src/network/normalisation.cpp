#include "sqrtn/network/normalisation.hpp"

#include <cmath>

namespace sqrtn::network {
namespace {

/// The values that share one mean and variance: `blocks` runs of `length`, `stride` elements apart.
template <class T>
struct Strip {
  T* data;
  std::size_t blocks, length, stride;

  [[nodiscard]] double count() const { return static_cast<double>(blocks * length); }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t b = 0; b < blocks; ++b) {
      for (std::size_t i = 0; i < length; ++i) visit(data[b * stride + i], i);
    }
  }
};

struct Statistics {
  double mean, variance;
};

/// Mean and biased variance. The second pass also finds what rounding left in the first one's mean.
template <class T>
Statistics statistics_of(const Strip<T>& strip) {
  double sum = 0, rest = 0, squares = 0;
  strip.for_each([&](T& x, std::size_t) { sum += static_cast<double>(x); });
  const double mean = sum / strip.count();
  strip.for_each([&](T& x, std::size_t) {
    const double d = static_cast<double>(x) - mean;
    rest += d;
    squares += d * d;
  });
  rest /= strip.count();
  return {mean + rest, squares / strip.count() - rest * rest};
}

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
  const std::size_t inner = x.size() / (x.shape[0] * channels), count = x.shape[0] * inner;
  require(
      !state.training || count >= 2,
      "batch norm in training mode needs more than one value a channel, got an input of {}; take a larger batch, or "
      "evaluation mode",
      to_string(x.shape));
  for (std::size_t c = 0; c < channels; ++c) {
    const Strip<T> strip{x.values.data() + c * inner, x.shape[0], inner, channels * inner};
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

#define SQRTN_INSTANTIATE(T)                                          \
  template Tensor<T> batch_norm(Tensor<T>, const BatchNormState<T>&); \
  template Tensor<T> layer_norm(Tensor<T>, std::span<const T>, std::span<const T>, double);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
