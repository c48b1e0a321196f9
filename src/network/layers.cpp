#include "sqrtn/network/layers.hpp"

#include "network/python_text.hpp"
#include "sqrtn/network/elementwise.hpp"
#include "sqrtn/network/linear.hpp"

namespace sqrtn::network {
namespace {

std::string pair(const Size2d& size) { return fmt::format("({}, {})", size.height, size.width); }
std::string number_or_pair(const Size2d& size) {
  return size.height == size.width ? fmt::format("{}", size.height) : pair(size);
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
Tensor<T> Linear<T>::apply_backward(const blas::Functions& blas, Tensor<T> gradient) {
  return linear_input_gradient(blas, gradient, this->parameters_[0].value);
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
  this->keep(x);
  return conv2d(blas, x, this->parameters_[0].value, bias_of(this->parameters_), convolution_);
}

template <class T>
Tensor<T> Conv2d<T>::apply_backward(const blas::Functions& blas, Tensor<T> gradient) {
  const Size2d image = image_size(this->take_kept().shape, "conv2d");
  return conv2d_input_gradient(blas, gradient, this->parameters_[0].value, image, convolution_);
}

template <class T>
ActivationLayer<T>::ActivationLayer(const init::Activation& activation, bool in_place)
    : Layer<T>(std::string(printed(activation).type), activation_arguments(activation, in_place)),
      activation_(activation) {}

template <class T>
Tensor<T> ActivationLayer<T>::apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) {
  this->keep(x);
  return activate(activation_, std::move(x));
}

template <class T>
Tensor<T> ActivationLayer<T>::apply_backward(const blas::Functions&, Tensor<T> gradient) {
  return activation_gradient(activation_, std::move(gradient), this->take_kept());
}

template <class T>
Scale<T>::Scale(double scale) : Layer<T>("Scale", python_float(scale)), scale_(static_cast<T>(scale)) {}

template <class T>
Tensor<T> Scale<T>::apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) {
  for (T& value : x.values.span()) value *= scale_;
  return x;
}

template <class T>
Tensor<T> Scale<T>::apply_backward(const blas::Functions& blas, Tensor<T> gradient) {
  return apply(blas, std::move(gradient), {});
}

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

#define SQRTN_INSTANTIATE(T)              \
  template class Linear<T>;               \
  template class Conv2d<T>;               \
  template class ActivationLayer<T>;      \
  template class Scale<T>;                \
  template struct MaxPool2d<T>;           \
  template struct AveragePool2d<T>;       \
  template struct GlobalAveragePool2d<T>; \
  template struct Flatten<T>;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
