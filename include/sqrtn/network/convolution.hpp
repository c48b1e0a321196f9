#pragma once

#include <span>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/network/window.hpp"

/// Convolutions as frameworks mean them (cross-correlations), by im2col and the library's gemm.
/// T is float or double.
namespace sqrtn::network {

struct Convolution {
  Size2d stride = 1;
  Size2d padding = 0;      ///< zeros on each side
  std::size_t groups = 1;  ///< output channels of group g see the input channels of group g only
};

/// y[n,c,o,p] = bias[c] + Σ_{i,k,l} weight[c,i,k,l]·x[n, g(c) + i, o·stride + k − padding, …].
/// **Shapes** x batch × c_in × h × w; weight c_out × c_in/groups × kh × kw; bias c_out, or empty for none;
/// y batch × c_out × output_size.
/// Error: that of one gemm with inner dimension c_in/groups·kh·kw, and one addition of the bias.
/// Throws: std::invalid_argument if shapes do not fit or groups do not divide both channels.
template <class T>
Tensor<T> conv2d(const blas::Functions& blas, const Tensor<T>& x, const Tensor<T>& weight, std::span<const T> bias = {},
                 const Convolution& convolution = {});

/// The gradient with respect to x of Σ y·gradient, conv2d's adjoint: Wᵀ and the reverse of im2col.
/// **Shapes** gradient as conv2d's y for an input `image` high and wide; result as x.
/// Error: that of one gemm with inner dimension c_out/groups, and a sum of up to kh·kw of its results.
/// Throws: as conv2d.
template <class T>
Tensor<T> conv2d_input_gradient(const blas::Functions& blas, const Tensor<T>& gradient, const Tensor<T>& weight,
                                Size2d image, const Convolution& convolution = {});

}  // namespace sqrtn::network
