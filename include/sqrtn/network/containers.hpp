#pragma once

#include "sqrtn/network/layer.hpp"

/// Layers made of layers.
namespace sqrtn::network {

/// One layer after the other.
template <class T>
class Sequential : public Layer<T> {
 public:
  /// Numbered from 0: "(0)", "(1)", …
  explicit Sequential(const std::vector<LayerPtr<T>>& layers);
  /// Named, under a type name of its own.
  Sequential(std::string type, Children<T> layers);

 private:
  Tensor<T> apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer& observe) override;
  Tensor<T> apply_backward(const blas::Functions& blas, Tensor<T> gradient) override;
};

/// after(shortcut(x) + body(x)): each a list of layers, one after the other; an empty one is the identity.
/// Printed in the order body, after, shortcut, as in torchvision's blocks.
template <class T>
class Residual : public Layer<T> {
 public:
  Residual(std::string type, Children<T> body, Children<T> shortcut = {}, Children<T> after = {});
  /// x + residual(x), as ResBlock(residual).
  explicit Residual(LayerPtr<T> residual);

 private:
  Tensor<T> apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer& observe) override;
  Tensor<T> apply_backward(const blas::Functions& blas, Tensor<T> gradient) override;
  std::size_t body_end_, after_end_;
};

}  // namespace sqrtn::network
