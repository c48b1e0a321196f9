#include "network/python_text.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/network/normalisation.hpp"

namespace sqrtn::network {

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
  this->keep(x);
  return batch_norm<T>(std::move(x), {.weight = this->parameters_[0].value.values.span(),
                                      .bias = this->parameters_[1].value.values.span(),
                                      .running_mean = this->statistics_[0].value.values.span(),
                                      .running_variance = this->statistics_[1].value.values.span(),
                                      .eps = eps_,
                                      .momentum = momentum_,
                                      .training = this->training_});
}

template <class T>
Tensor<T> BatchNorm<T>::apply_backward(const blas::Functions&, Tensor<T> gradient) {
  const std::span<const T> weight = this->parameters_[0].value.values.span();
  const Tensor<T> x = this->take_kept();
  if (this->training_) return batch_norm_gradient<T>(std::move(gradient), x, weight, eps_);
  return frozen_norm_gradient<T>(std::move(gradient), weight, this->statistics_[1].value.values.span(), eps_);
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
  this->keep(x);
  return layer_norm<T>(std::move(x), this->parameters_[0].value.values.span(), this->parameters_[1].value.values.span(),
                       eps_);
}

template <class T>
Tensor<T> LayerNorm<T>::apply_backward(const blas::Functions&, Tensor<T> gradient) {
  return layer_norm_gradient<T>(std::move(gradient), this->take_kept(), this->parameters_[0].value.values.span(), eps_);
}

template <class T>
RmsNorm<T>::RmsNorm(const Shape& normalised, double eps)
    : Layer<T>("RMSNorm",
               fmt::format("{}, eps={}, elementwise_affine=True", shape_text(normalised), python_float(eps))),
      eps_(eps) {
  require(eps >= 0, "RMS norm: eps must be at least 0, got {}", eps);
  this->parameters_.push_back(this->constant("weight", normalised, 1));
}

template <class T>
Tensor<T> RmsNorm<T>::apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) {
  this->keep(x);
  return rms_norm<T>(std::move(x), this->parameters_[0].value.values.span(), eps_);
}

template <class T>
Tensor<T> RmsNorm<T>::apply_backward(const blas::Functions&, Tensor<T> gradient) {
  return rms_norm_gradient<T>(std::move(gradient), this->take_kept(), this->parameters_[0].value.values.span(), eps_);
}

#define SQRTN_INSTANTIATE(T)   \
  template class BatchNorm<T>; \
  template class LayerNorm<T>; \
  template class RmsNorm<T>;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
