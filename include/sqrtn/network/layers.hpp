#pragma once

#include <functional>
#include <string>
#include <utility>

#include "sqrtn/init/activation.hpp"
#include "sqrtn/network/convolution.hpp"
#include "sqrtn/network/layer.hpp"
#include "sqrtn/network/pooling.hpp"

/// The layers that hold no others. Weights and biases of Linear and Conv2d start as PyTorch's, U(±1/√fan_in);
/// norms with weight 1 and bias 0. Constructors throw std::invalid_argument for a size of 0.
namespace sqrtn::network {

/// y = W x + b on the last axis.
template <class T>
class Linear : public Layer<T> {
 public:
  Linear(std::size_t fan_in, std::size_t fan_out, bool bias = true);

 private:
  Tensor<T> apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions& blas, Tensor<T> gradient) override;
};

template <class T>
class Conv2d : public Layer<T> {
 public:
  /// Throws also if groups do not divide both channels.
  Conv2d(std::size_t c_in, std::size_t c_out, Size2d kernel, const Convolution& convolution = {}, bool bias = true);

 private:
  Tensor<T> apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions& blas, Tensor<T> gradient) override;
  Convolution convolution_;
};

/// Over batch × channels (1d) or images (2d); the running variance is called "running_var", as PyTorch does.
template <class T>
class BatchNorm : public Layer<T> {
 public:
  /// `dimensions`: 1 or 2. Throws also for eps < 0 or momentum outside [0, 1].
  BatchNorm(unsigned dimensions, std::size_t channels, double eps = 1e-5, double momentum = 0.1);

 private:
  Tensor<T> apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions&, Tensor<T> gradient) override;
  unsigned dimensions_;
  double eps_, momentum_;
};

/// Over the last axes, whose shape is given.
template <class T>
class LayerNorm : public Layer<T> {
 public:
  explicit LayerNorm(const Shape& normalised, double eps = 1e-5);

 private:
  Tensor<T> apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions&, Tensor<T> gradient) override;
  double eps_;
};

/// Over the last axes, whose shape is given; a weight and no bias.
template <class T>
class RmsNorm : public Layer<T> {
 public:
  explicit RmsNorm(const Shape& normalised, double eps = 1e-5);

 private:
  Tensor<T> apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions&, Tensor<T> gradient) override;
  double eps_;
};

/// A layer without parameters: a function of its input.
template <class T>
class Function : public Layer<T> {
 public:
  using Map = std::function<Tensor<T>(Tensor<T>)>;
  Function(std::string type, std::string arguments, Map map)
      : Layer<T>(std::move(type), std::move(arguments)), map_(std::move(map)) {}

 private:
  Tensor<T> apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) override {
    return map_(std::move(x));
  }
  Map map_;
};

/// φ, entry by entry. `in_place` is printed and changes nothing else: every activation here is.
template <class T>
class ActivationLayer : public Layer<T> {
 public:
  explicit ActivationLayer(const init::Activation& activation, bool in_place = false);

 private:
  Tensor<T> apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions&, Tensor<T> gradient) override;
  init::Activation activation_;
};

/// y = scale·x.
template <class T>
class Scale : public Layer<T> {
 public:
  explicit Scale(double scale);

 private:
  Tensor<T> apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions&, Tensor<T> gradient) override;
  T scale_;
};

template <class T>
struct MaxPool2d : Function<T> {
  explicit MaxPool2d(const Window& window);
};

template <class T>
struct AveragePool2d : Function<T> {
  explicit AveragePool2d(const Window& window);
};

/// The mean of each image, one pixel: AdaptiveAvgPool2d(output_size=(1, 1)).
template <class T>
struct GlobalAveragePool2d : Function<T> {
  GlobalAveragePool2d();
};

template <class T>
struct Flatten : Function<T> {
  Flatten();
};

}  // namespace sqrtn::network
