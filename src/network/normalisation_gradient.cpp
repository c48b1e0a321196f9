#include <cmath>

#include "network/strip.hpp"
#include "sqrtn/network/normalisation.hpp"

namespace sqrtn::network {
namespace {

template <class T>
void check_shapes(const Tensor<T>& gradient, const Tensor<T>& x) {
  require(gradient.shape == x.shape, "a norm's gradient must have its input's shape {}, got {}", to_string(x.shape),
          to_string(gradient.shape));
}

/// d ← s·(γd − mean(γd) − z·mean(γd·z)) over one strip of x and the same of the gradient; gain(i) = γ of the i-th value
/// of a run.
template <class T, class Gain>
void push_back(const Strip<const T>& x, const Strip<T>& gradient, double eps, bool centred, Gain gain) {
  const auto [m, v] = statistics_of(x, centred);
  const double scale = 1 / std::sqrt(v + eps);
  double mean = 0, product = 0;
  const auto for_each = [&, m = m](auto visit) {
    for (std::size_t b = 0; b < x.blocks; ++b) {
      for (std::size_t i = 0; i < x.length; ++i) {
        T& d = gradient.data[b * x.stride + i];
        visit(d, gain(i) * static_cast<double>(d), (static_cast<double>(x.data[b * x.stride + i]) - m) * scale);
      }
    }
  };
  for_each([&](T&, double d, double z) {
    if (centred) mean += d / x.count();
    product += d * z / x.count();
  });
  for_each([&](T& out, double d, double z) { out = static_cast<T>(scale * (d - mean - z * product)); });
}

template <class T>
Tensor<T> by_rows(Tensor<T> gradient, const Tensor<T>& x, std::span<const T> weight, double eps, bool centred) {
  check_shapes(gradient, x);
  const std::size_t row = row_length(x.shape, weight.size());
  for (std::size_t r = 0; r < x.size() / row; ++r) {
    push_back<T>({x.values.data() + r * row, 1, row, row}, {gradient.values.data() + r * row, 1, row, row}, eps,
                 centred, [&](std::size_t i) { return static_cast<double>(weight[i]); });
  }
  return gradient;
}

template <class T>
void check_channels(const Tensor<T>& x, std::size_t channels) {
  require(x.shape.size() >= 2 && x.shape[1] == channels,
          "the gradient of a batch norm of {} channels has batch x {} x ..., got {}", channels, channels,
          to_string(x.shape));
}

}  // namespace

template <class T>
Tensor<T> layer_norm_gradient(Tensor<T> gradient, const Tensor<T>& x, std::span<const T> weight, double eps) {
  return by_rows(std::move(gradient), x, weight, eps, true);
}

template <class T>
Tensor<T> rms_norm_gradient(Tensor<T> gradient, const Tensor<T>& x, std::span<const T> weight, double eps) {
  return by_rows(std::move(gradient), x, weight, eps, false);
}

template <class T>
Tensor<T> batch_norm_gradient(Tensor<T> gradient, const Tensor<T>& x, std::span<const T> weight, double eps) {
  check_shapes(gradient, x);
  check_channels(x, weight.size());
  for (std::size_t c = 0; c < weight.size(); ++c) {
    push_back<T>(channel_of(x.values.data(), x.shape, c), channel_of(gradient.values.data(), x.shape, c), eps, true,
                 [&](std::size_t) { return static_cast<double>(weight[c]); });
  }
  return gradient;
}

template <class T>
Tensor<T> frozen_norm_gradient(Tensor<T> gradient, std::span<const T> weight, std::span<const T> running_variance,
                               double eps) {
  check_channels(gradient, weight.size());
  require(running_variance.size() == weight.size(), "batch norm: {} running variances for {} channels",
          running_variance.size(), weight.size());
  for (std::size_t c = 0; c < weight.size(); ++c) {
    const double scale = static_cast<double>(weight[c]) / std::sqrt(static_cast<double>(running_variance[c]) + eps);
    channel_of(gradient.values.data(), gradient.shape, c).for_each([&](T& d, std::size_t) {
      d = static_cast<T>(static_cast<double>(d) * scale);
    });
  }
  return gradient;
}

#define SQRTN_INSTANTIATE(T)                                                                       \
  template Tensor<T> layer_norm_gradient(Tensor<T>, const Tensor<T>&, std::span<const T>, double); \
  template Tensor<T> rms_norm_gradient(Tensor<T>, const Tensor<T>&, std::span<const T>, double);   \
  template Tensor<T> batch_norm_gradient(Tensor<T>, const Tensor<T>&, std::span<const T>, double); \
  template Tensor<T> frozen_norm_gradient(Tensor<T>, std::span<const T>, std::span<const T>, double);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
