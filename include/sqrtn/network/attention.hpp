#pragma once

#include "sqrtn/init/activation.hpp"
#include "sqrtn/network/layer.hpp"

/// Attention of tokens to each other, and gated layers. T is float or double.
namespace sqrtn::network {

struct Attention {
  std::size_t heads = 1;             ///< divides the width
  bool causal = false;               ///< token t sees tokens 0 … t alone
  std::optional<double> scale = {};  ///< of the products of queries and keys; else 1/√(width/heads)
};

/// Of queries, keys and values, a head at a time: O = P·V, P = softmax(scale·Q·Kᵀ) by rows.
/// **Shapes** q, k, v and result batch × tokens × width.
/// Error: two gemms of inner dimension width/heads and tokens; the softmax is computed in double.
/// Throws: std::invalid_argument if shapes do not fit or heads do not divide the width.
/// Source: Vaswani and others, "Attention is all you need", NeurIPS 2017, eq. 1.
template <class T>
Tensor<T> attend(const blas::Functions& blas, const Tensor<T>& q, const Tensor<T>& k, const Tensor<T>& v,
                 const Attention& attention = {});

/// The gradients with respect to q, k and v of Σ attend(q, k, v)·gradient:
///   dV = Pᵀ·dO, dP = dO·Vᵀ, dS = P∘(dP − Σⱼ P∘dP), dQ = scale·dS·K, dK = scale·dSᵀ·Q
/// **Shapes** and errors as attend's.
template <class T>
struct AttentionGradient {
  Tensor<T> q, k, v;
};
template <class T>
AttentionGradient<T> attend_gradient(const blas::Functions& blas, const Tensor<T>& gradient, const Tensor<T>& q,
                                     const Tensor<T>& k, const Tensor<T>& v, const Attention& attention = {});

/// x to attend(W_q x, W_k x, W_v x), then W_o, each W width × width without bias.
/// **Shapes** batch × tokens × width.
template <class T>
class SelfAttention : public Layer<T> {
 public:
  /// Children q_proj, k_proj, v_proj and out_proj. Throws: std::invalid_argument unless heads divide the width.
  SelfAttention(std::size_t width, const Attention& attention);

 private:
  Tensor<T> apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer& observe) override;
  Tensor<T> apply_backward(const blas::Functions& blas, Tensor<T> gradient) override;
  Attention attention_;
};

/// y = φ(W_g x)∘(W_u x), both W fan_out × fan_in without bias: SwiGLU with φ = silu, GEGLU with gelu.
/// Source: Shazeer, "GLU variants improve transformer", 2020, eq. 5.
template <class T>
class GatedLinear : public Layer<T> {
 public:
  /// Children gate_proj and up_proj.
  GatedLinear(std::size_t fan_in, std::size_t fan_out, const init::Activation& activation);

 private:
  Tensor<T> apply(const blas::Functions& blas, Tensor<T> x, const typename Layer<T>::Observer& observe) override;
  Tensor<T> apply_backward(const blas::Functions& blas, Tensor<T> gradient) override;
  init::Activation activation_;
};

/// e^x over its sum, on the last axis.
template <class T>
class Softmax : public Layer<T> {
 public:
  Softmax();

 private:
  Tensor<T> apply(const blas::Functions&, Tensor<T> x, const typename Layer<T>::Observer&) override;
  Tensor<T> apply_backward(const blas::Functions&, Tensor<T> gradient) override;
};

}  // namespace sqrtn::network
