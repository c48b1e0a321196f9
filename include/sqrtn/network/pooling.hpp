#pragma once

#include "sqrtn/network/window.hpp"

/// Pooling of images, batch × channels × height × width, window by window. T is float or double.
/// Throws: std::invalid_argument if shapes do not fit, or for padding above half the kernel, where a
/// window would lie in the padding alone.
namespace sqrtn::network {

/// The largest value of each window; the padding counts as −∞. A NaN in a window is its maximum.
template <class T>
Tensor<T> max_pool2d(const Tensor<T>& x, const Window& window);

/// Σ/(kh·kw) of each window; the padding counts as zeros, and in the divisor too (PyTorch's default).
/// Error: kh·kw additions and one division in T.
template <class T>
Tensor<T> average_pool2d(const Tensor<T>& x, const Window& window);

/// The mean of each whole image: batch × channels × 1 × 1.
template <class T>
Tensor<T> global_average_pool2d(const Tensor<T>& x);

}  // namespace sqrtn::network
