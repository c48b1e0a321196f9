#pragma once

#include "sqrtn/init/activation.hpp"
#include "sqrtn/network/tensor.hpp"

/// T is float or double.
namespace sqrtn::network {

/// y = φ(x), entry by entry, computed in double and rounded once. NaN stays NaN.
template <class T>
Tensor<T> activate(const init::Activation& activation, Tensor<T> x);

/// gradient·φ'(x), entry by entry: the gradient with respect to x of Σ φ(x)·gradient.
/// Throws: std::invalid_argument unless the shapes are equal.
template <class T>
Tensor<T> activation_gradient(const init::Activation& activation, Tensor<T> gradient, const Tensor<T>& x);

/// x·y, entry by entry. Throws: std::invalid_argument unless the shapes are equal.
template <class T>
Tensor<T> multiply(Tensor<T> x, const Tensor<T>& y);

/// All axes but the first in one: batch × (the rest). Throws: std::invalid_argument for no axes.
template <class T>
Tensor<T> flatten(Tensor<T> x);

/// x + y, entry by entry. Throws: std::invalid_argument unless the shapes are equal.
template <class T>
Tensor<T> add(Tensor<T> x, const Tensor<T>& y);

}  // namespace sqrtn::network
