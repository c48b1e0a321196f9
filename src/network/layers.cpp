#include "sqrtn/network/layers.hpp"

#include <fmt/ranges.h>

#include "sqrtn/network/elementwise.hpp"
#include "sqrtn/network/linear.hpp"
#include "sqrtn/network/normalisation.hpp"

namespace sqrtn::network {
namespace {

std::string pair(const Size2d& size) { return fmt::format("({}, {})", size.height, size.width); }
std::string number_or_pair(const Size2d& size) {
  return size.height == size.width ? fmt::format("{}", size.height) : pair(size);
}

/// A number as Python prints it: 1e-05, 0.1, 1.0.
std::string python_float(double x) {
  const std::string text = fmt::format("{}", x);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

std::string convolution_text(std::size_t c_in, std::size_t c_out, Size2d kernel, const Convolution& c, bool bias) {
  std::string text = fmt::format("{}, {}, kernel_size={}, stride={}", c_in, c_out, pair(kernel), pair(c.stride));
  if (c.padding != Size2d(0)) text += ", padding=" + pair(c.padding);
  if (c.groups != 1) text += fmt::format(", groups={}", c.groups);
  return bias ? text : text + ", bias=False";
}

std::string window_text(const Window& window) {
  return fmt::format("kernel_size={}, stride={}, padding={}", number_or_pair(window.kernel),
                     number_or_pair(window.stride), number_or_pair(window.padding));
}

/// PyTorch's class of each activation and what it prints of its settings.
struct Printed {
  std::string_view name, type, arguments;
};
constexpr Printed printed_activations[] = {
    {"identity", "Identity", ""},
    {"relu", "ReLU", ""},
    {"leaky_relu", "LeakyReLU", "negative_slope=0.01"},
    {"tanh", "Tanh", ""},
    {"sigmoid", "Sigmoid", ""},
    {"gelu", "GELU", ""},
    {"silu", "SiLU", ""},
    {"softplus", "Softplus", "beta=1, threshold=20"},
    {"elu", "ELU", "alpha=1.0"},
    {"selu", "SELU", ""},
    {"hardtanh", "Hardtanh", "min_val=-1.0, max_val=1.0"},
    {"softsign", "Softsign", ""},
    {"mish", "Mish", ""},
};

Printed printed(const init::Activation& activation) {
  for (const Printed& each : printed_activations) {
    if (each.name == activation.name) return each;
  }
  return {activation.name, activation.name, ""};
}

std::string activation_arguments(const init::Activation& activation, bool in_place) {
  std::string text(printed(activation).arguments);
  if (in_place) text.append(text.empty() ? "" : ", ").append("inplace=True");
  return text;
}

std::string shape_text(const Shape& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

template <class T>
std::span<const T> bias_of(std::vector<Parameter<T>>& parameters) {
  if (parameters.size() < 2) return {};
  return parameters[1].value.values.span();
}

}  // namespace

template <class T>
Linear<T>::Linear(std::size_t fan_in, std::size_t fan_out, bool bias)
    : Layer<T>("Linear", fmt::format("in_features={}, out_features={}, bias={}", fan_in, fan_out, python_bool(bias))) {
  this->add_weight(init::Layer::linear, {fan_out, fan_in}, 1, bias);
}

template <class T>
Tensor<T> Linear<T>::apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer&) {
  return linear(blas, x, this->parameters_[0].value, bias_of(this->parameters_));
}

template <class T>
Conv2d<T>::Conv2d(std::size_t c_in, std::size_t c_out, Size2d kernel, const Convolution& convolution, bool bias)
    : Layer<T>("Conv2d", convolution_text(c_in, c_out, kernel, convolution, bias)), convolution_(convolution) {
  const std::size_t groups = convolution.groups;
  require(groups >= 1 && c_in % groups == 0 && c_out % groups == 0,
          "groups must divide the {} input and the {} output channels, got {}", c_in, c_out, groups);
  this->add_weight(init::Layer::conv, {c_out, c_in / groups, kernel.height, kernel.width}, groups, bias);
}

template <class T>
Tensor<T> Conv2d<T>::apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer&) {
  return conv2d(blas, x, this->parameters_[0].value, bias_of(this->parameters_), convolution_);
}

template <class T>
BatchNorm<T>::BatchNorm(unsigned dimensions, std::size_t channels, double eps, double momentum)
    : Layer<T>(fmt::format("BatchNorm{}d", dimensions),
               fmt::format("{}, eps={}, momentum={}, affine=True, track_running_stats=True", channels,
                           python_float(eps), python_float(momentum))),
      dimensions_(dimensions),
      eps_(eps),
      momentum_(momentum) {
  require(dimensions == 1 || dimensions == 2, "batch norm: dimensions must be 1 or 2, got {}", dimensions);
  require(eps >= 0 && momentum >= 0 && momentum <= 1,
          "batch norm: eps must be at least 0 and momentum in [0, 1], got {} and {}", eps, momentum);
  this->parameters_.push_back(this->constant("weight", {channels}, 1));
  this->parameters_.push_back(this->constant("bias", {channels}, 0));
  this->statistics_.push_back(this->constant("running_mean", {channels}, 0));
  this->statistics_.push_back(this->constant("running_var", {channels}, 1));
}

template <class T>
Tensor<T> BatchNorm<T>::apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) {
  const std::size_t axes = x.shape.size();
  require(dimensions_ == 2 ? axes == 4 : axes == 2 || axes == 3, "BatchNorm{}d takes {}, but the input is {}",
          dimensions_,
          dimensions_ == 2 ? "batch x channels x height x width" : "batch x channels or batch x channels x length",
          to_string(x.shape));
  return batch_norm<T>(std::move(x), {.weight = this->parameters_[0].value.values.span(),
                                      .bias = this->parameters_[1].value.values.span(),
                                      .running_mean = this->statistics_[0].value.values.span(),
                                      .running_variance = this->statistics_[1].value.values.span(),
                                      .eps = eps_,
                                      .momentum = momentum_,
                                      .training = this->training_});
}

template <class T>
LayerNorm<T>::LayerNorm(const Shape& normalised, double eps)
    : Layer<T>("LayerNorm",
               fmt::format("{}, eps={}, elementwise_affine=True", shape_text(normalised), python_float(eps))),
      eps_(eps) {
  require(eps >= 0, "layer norm: eps must be at least 0, got {}", eps);
  this->parameters_.push_back(this->constant("weight", normalised, 1));
  this->parameters_.push_back(this->constant("bias", normalised, 0));
}

template <class T>
Tensor<T> LayerNorm<T>::apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) {
  return layer_norm<T>(std::move(x), this->parameters_[0].value.values.span(), this->parameters_[1].value.values.span(),
                       eps_);
}

template <class T>
ActivationLayer<T>::ActivationLayer(const init::Activation& activation, bool in_place)
    : Function<T>(std::string(printed(activation).type), activation_arguments(activation, in_place),
                  [activation](Tensor<T> x) { return activate(activation, std::move(x)); }) {}

template <class T>
MaxPool2d<T>::MaxPool2d(const Window& window)
    : Function<T>("MaxPool2d", window_text(window) + ", dilation=1, ceil_mode=False",
                  [window](const Tensor<T>& x) { return max_pool2d(x, window); }) {}

template <class T>
AveragePool2d<T>::AveragePool2d(const Window& window)
    : Function<T>("AvgPool2d", window_text(window),
                  [window](const Tensor<T>& x) { return average_pool2d(x, window); }) {}

template <class T>
GlobalAveragePool2d<T>::GlobalAveragePool2d()
    : Function<T>("AdaptiveAvgPool2d", "output_size=(1, 1)", global_average_pool2d<T>) {}

template <class T>
Flatten<T>::Flatten() : Function<T>("Flatten", "start_dim=1, end_dim=-1", flatten<T>) {}

#define SQRTN_INSTANTIATE(T)             \
  template class Linear<T>;              \
  template class Conv2d<T>;              \
  template class ActivationLayer<T>;     \
  template class BatchNorm<T>;           \
  template class LayerNorm<T>;           \
  template class MaxPool2d<T>;           \
  template class AveragePool2d<T>;       \
  template class GlobalAveragePool2d<T>; \
  template class Flatten<T>;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
