#include "sqrtn/network/elementwise.hpp"

namespace sqrtn::network {

template <class T>
Tensor<T> activate(const init::Activation& activation, Tensor<T> x) {
  for (T& value : x.values.span()) value = static_cast<T>(activation.value(static_cast<double>(value)));
  return x;
}

template <class T>
Tensor<T> activation_gradient(const init::Activation& activation, Tensor<T> gradient, const Tensor<T>& x) {
  require(x.shape == gradient.shape, "an activation's gradient must have its input's shape {}, got {}",
          to_string(x.shape), to_string(gradient.shape));
  for (std::size_t i = 0; i < x.size(); ++i) {
    gradient.values[i] = static_cast<T>(static_cast<double>(gradient.values[i]) *
                                        activation.derivative(static_cast<double>(x.values[i])));
  }
  return gradient;
}

template <class T>
Tensor<T> multiply(Tensor<T> x, const Tensor<T>& y) {
  require(x.shape == y.shape, "tensors that are multiplied must have equal shapes, got {} and {}", to_string(x.shape),
          to_string(y.shape));
  for (std::size_t i = 0; i < x.size(); ++i) x.values[i] *= y.values[i];
  return x;
}

template <class T>
Tensor<T> flatten(Tensor<T> x) {
  require(!x.shape.empty(), "flatten takes a batch, got a tensor without axes");
  x.shape = {x.shape[0], x.size() / x.shape[0]};
  return x;
}

template <class T>
Tensor<T> add(Tensor<T> x, const Tensor<T>& y) {
  require(x.shape == y.shape, "tensors that are added must have equal shapes, got {} and {}", to_string(x.shape),
          to_string(y.shape));
  for (std::size_t i = 0; i < x.size(); ++i) x.values[i] += y.values[i];
  return x;
}

#define SQRTN_INSTANTIATE(T)                                                                    \
  template Tensor<T> activation_gradient(const init::Activation&, Tensor<T>, const Tensor<T>&); \
  template Tensor<T> multiply(Tensor<T>, const Tensor<T>&);                                     \
  template Tensor<T> activate(const init::Activation&, Tensor<T>);                              \
  template Tensor<T> flatten(Tensor<T>);                                                        \
  template Tensor<T> add(Tensor<T>, const Tensor<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
