#include "sqrtn/network/containers.hpp"

#include <span>

#include "sqrtn/network/elementwise.hpp"

namespace sqrtn::network {
namespace {

template <class T>
Tensor<T> run(std::span<const Child<T>> layers, const blas::Functions& blas, Tensor<T> x,
              const typename Layer<T>::Observer& observe) {
  for (const Child<T>& child : layers) x = child.layer->forward(blas, std::move(x), observe);
  return x;
}

/// From the last to the first.
template <class T>
Tensor<T> run_back(std::span<const Child<T>> layers, const blas::Functions& blas, Tensor<T> gradient) {
  for (std::size_t i = layers.size(); i-- > 0;) gradient = layers[i].layer->backward(blas, std::move(gradient));
  return gradient;
}

template <class T>
Children<T> numbered(const std::vector<LayerPtr<T>>& layers) {
  Children<T> children;
  for (const LayerPtr<T>& layer : layers) children.push_back({fmt::format("{}", children.size()), layer});
  return children;
}

template <class T>
Children<T> joined(Children<T> first, const Children<T>& second, const Children<T>& third) {
  for (const Children<T>* more : {&second, &third}) first.insert(first.end(), more->begin(), more->end());
  return first;
}

}  // namespace

template <class T>
Sequential<T>::Sequential(const std::vector<LayerPtr<T>>& layers) : Sequential("Sequential", numbered(layers)) {}

template <class T>
Sequential<T>::Sequential(std::string type, Children<T> layers) : Layer<T>(std::move(type), {}, std::move(layers)) {}

template <class T>
Tensor<T> Sequential<T>::apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer& observe) {
  return run<T>(this->children_, blas, std::move(x), observe);
}

template <class T>
Tensor<T> Sequential<T>::apply_backward(const blas::Functions& blas, Tensor<T> gradient) {
  return run_back<T>(this->children_, blas, std::move(gradient));
}

template <class T>
Residual<T>::Residual(std::string type, Children<T> body, Children<T> shortcut, Children<T> after)
    : Layer<T>(std::move(type), {}, joined(body, after, shortcut)),
      body_end_(body.size()),
      after_end_(body.size() + after.size()) {}

template <class T>
Residual<T>::Residual(LayerPtr<T> residual) : Residual("ResBlock", {{"residual", std::move(residual)}}) {}

template <class T>
Tensor<T> Residual<T>::apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer& observe) {
  const std::span<const Child<T>> all = this->children_;
  Tensor<T> branch = run<T>(all.first(body_end_), blas, x.copy(), observe);
  Tensor<T> sum = add(run<T>(all.subspan(after_end_), blas, std::move(x), observe), branch);
  return run<T>(all.subspan(body_end_, after_end_ - body_end_), blas, std::move(sum), observe);
}

/// In the reverse of apply's order: a layer that stands in two places keeps one input for each.
template <class T>
Tensor<T> Residual<T>::apply_backward(const blas::Functions& blas, Tensor<T> gradient) {
  const std::span<const Child<T>> all = this->children_;
  gradient = run_back<T>(all.subspan(body_end_, after_end_ - body_end_), blas, std::move(gradient));
  Tensor<T> shortcut = run_back<T>(all.subspan(after_end_), blas, gradient.copy());
  return add(std::move(shortcut), run_back<T>(all.first(body_end_), blas, std::move(gradient)));
}

template class Sequential<float>;
template class Sequential<double>;
template class Residual<float>;
template class Residual<double>;

}  // namespace sqrtn::network
