#include "network/softmax.hpp"
#include "sqrtn/network/attention.hpp"
#include "sqrtn/network/elementwise.hpp"
#include "sqrtn/network/layers.hpp"

namespace sqrtn::network {
namespace {

template <class T>
Children<T> linear_children(std::initializer_list<const char*> names, std::size_t fan_in, std::size_t fan_out) {
  Children<T> children;
  for (const char* name : names) children.push_back({name, std::make_shared<Linear<T>>(fan_in, fan_out, false)});
  return children;
}

}  // namespace

template <class T>
SelfAttention<T>::SelfAttention(std::size_t width, const Attention& attention)
    : Layer<T>("SelfAttention", {}, linear_children<T>({"q_proj", "k_proj", "v_proj", "out_proj"}, width, width)),
      attention_(attention) {
  require(attention.heads >= 1 && width % attention.heads == 0, "heads must divide the width {}, got {}", width,
          attention.heads);
}

template <class T>
Tensor<T> SelfAttention<T>::apply(const blas::Functions& blas, Tensor<T> x,
                                  const typename Layer<T>::Observer& observe) {
  Tensor<T> projected[3];
  for (std::size_t i = 0; i < 3; ++i) {
    projected[i] = this->children_[i].layer->forward(blas, x.copy(), observe);
    this->keep(projected[i]);
  }
  return this->children_[3].layer->forward(blas, attend(blas, projected[0], projected[1], projected[2], attention_),
                                           observe);
}

template <class T>
Tensor<T> SelfAttention<T>::apply_backward(const blas::Functions& blas, Tensor<T> gradient) {
  const Tensor<T> v = this->take_kept(), k = this->take_kept(), q = this->take_kept();
  gradient = this->children_[3].layer->backward(blas, std::move(gradient));
  AttentionGradient<T> inner = attend_gradient(blas, gradient, q, k, v, attention_);
  Tensor<T> sum = this->children_[2].layer->backward(blas, std::move(inner.v));
  sum = add(std::move(sum), this->children_[1].layer->backward(blas, std::move(inner.k)));
  return add(std::move(sum), this->children_[0].layer->backward(blas, std::move(inner.q)));
}

template <class T>
GatedLinear<T>::GatedLinear(std::size_t fan_in, std::size_t fan_out, const init::Activation& activation)
    : Layer<T>("GatedLinear", {}, linear_children<T>({"gate_proj", "up_proj"}, fan_in, fan_out)),
      activation_(activation) {}

template <class T>
Tensor<T> GatedLinear<T>::apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer& observe) {
  Tensor<T> gate = this->children_[0].layer->forward(blas, x.copy(), observe);
  const Tensor<T> up = this->children_[1].layer->forward(blas, std::move(x), observe);
  this->keep(gate);
  this->keep(up);
  return multiply(activate(activation_, std::move(gate)), up);
}

template <class T>
Tensor<T> GatedLinear<T>::apply_backward(const blas::Functions& blas, Tensor<T> gradient) {
  const Tensor<T> up = this->take_kept(), gate = this->take_kept();
  Tensor<T> to_up = multiply(activate(activation_, gate.copy()), gradient);
  Tensor<T> to_gate = activation_gradient(activation_, multiply(std::move(gradient), up), gate);
  Tensor<T> sum = this->children_[1].layer->backward(blas, std::move(to_up));
  return add(std::move(sum), this->children_[0].layer->backward(blas, std::move(to_gate)));
}

template <class T>
Softmax<T>::Softmax() : Layer<T>("Softmax", "dim=-1") {}

template <class T>
Tensor<T> Softmax<T>::apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) {
  const std::size_t row = x.shape.back();
  for (std::size_t i = 0; i < x.size(); i += row) softmax(x.values.span().subspan(i, row));
  this->keep(x);
  return x;
}

template <class T>
Tensor<T> Softmax<T>::apply_backward(const blas::Functions&, Tensor<T> gradient) {
  const Tensor<T> p = this->take_kept();
  const std::size_t row = p.shape.back();
  for (std::size_t i = 0; i < p.size(); i += row) {
    softmax_gradient(p.values.span().subspan(i, row), gradient.values.span().subspan(i, row));
  }
  return gradient;
}

#define SQRTN_INSTANTIATE(T)       \
  template class SelfAttention<T>; \
  template class GatedLinear<T>;   \
  template class Softmax<T>;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
