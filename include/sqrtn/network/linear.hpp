#pragma once

#include <span>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/network/tensor.hpp"

namespace sqrtn::network {

/// y = x Wᵀ + bias, row by row y = W x + bias; one gemm. T is float or double.
/// **Shapes** x … × fan_in, W fan_out × fan_in, bias fan_out or empty for none; y … × fan_out.
/// Error: that of one gemm with inner dimension fan_in, and one addition of the bias.
/// Throws: std::invalid_argument if shapes do not fit.
template <class T>
Tensor<T> linear(const blas::Functions& blas, const Tensor<T>& x, const Tensor<T>& weight,
                 std::span<const T> bias = {});

/// The gradient with respect to x of Σ y·gradient, linear's adjoint: gradient·W, row by row Wᵀ gradient.
/// **Shapes** gradient … × fan_out, W fan_out × fan_in; result … × fan_in.
/// Throws: std::invalid_argument if shapes do not fit.
template <class T>
Tensor<T> linear_input_gradient(const blas::Functions& blas, const Tensor<T>& gradient, const Tensor<T>& weight);

}  // namespace sqrtn::network
