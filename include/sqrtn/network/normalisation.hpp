#pragma once

#include <span>

#include "sqrtn/network/tensor.hpp"

/// Statistics are taken in double, in two passes; each output is computed in double and rounded once.
/// T is float or double. Source: laws.md §8.
namespace sqrtn::network {

/// What a batch norm holds: one entry a channel each, and its settings.
template <class T>
struct BatchNormState {
  std::span<const T> weight, bias;              ///< gain γ and shift β
  std::span<T> running_mean, running_variance;  ///< moved in training mode, read in evaluation mode
  double eps = 1e-5;
  double momentum = 0.1;
  bool training = true;
};

/// y = γ·(x − m)/√(v + ε) + β, channel by channel. Training: m and v are the batch's mean and biased
/// variance, and running ← (1 − momentum)·running + momentum·(m, unbiased variance). Evaluation: m and v are
/// the running statistics, which stay as they are.
/// **Shapes** x batch × channels × …, over all axes but the second.
/// Throws: std::invalid_argument if shapes do not fit, or in training mode for one value a channel, which
/// has no variance.
/// Source: Ioffe and Szegedy, ICML 2015, algorithms 1 and 2.
template <class T>
Tensor<T> batch_norm(Tensor<T> x, const BatchNormState<T>& state);

/// y = γ·(x − m)/√(v + ε) + β with the mean and biased variance of each row.
/// **Shapes** weight and bias as long as a row: the last axes of x, as many as multiply to that length.
/// Throws: std::invalid_argument if shapes do not fit.
/// Source: Ba, Kiros and Hinton, "Layer normalization", 2016, eq. 4.
template <class T>
Tensor<T> layer_norm(Tensor<T> x, std::span<const T> weight, std::span<const T> bias, double eps = 1e-5);

/// y = γ·x/√(mean x² + ε), row by row. Shapes and errors as layer_norm's.
/// Source: Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019, eq. 4.
template <class T>
Tensor<T> rms_norm(Tensor<T> x, std::span<const T> weight, double eps = 1e-5);

/// The gradients with respect to x of Σ y·gradient: with s = 1/√(v + ε), z = (x − m)·s and d = γ·gradient,
///   s·(d − mean d − z·mean(d·z)), means over what shares m and v; for rms_norm without m and mean d.
///   frozen: γ·gradient/√(running variance + ε), batch norm in evaluation mode
/// **Shapes** gradient as x.
/// Throws: as the norms, and if the shapes differ.
template <class T>
Tensor<T> layer_norm_gradient(Tensor<T> gradient, const Tensor<T>& x, std::span<const T> weight, double eps = 1e-5);
template <class T>
Tensor<T> rms_norm_gradient(Tensor<T> gradient, const Tensor<T>& x, std::span<const T> weight, double eps = 1e-5);
template <class T>
Tensor<T> batch_norm_gradient(Tensor<T> gradient, const Tensor<T>& x, std::span<const T> weight, double eps = 1e-5);
template <class T>
Tensor<T> frozen_norm_gradient(Tensor<T> gradient, std::span<const T> weight, std::span<const T> running_variance,
                               double eps = 1e-5);

}  // namespace sqrtn::network
