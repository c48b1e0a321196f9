#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/blas/interface.hpp"
#include "sqrtn/init/activation.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/network/convolution.hpp"
#include "sqrtn/network/lsuv.hpp"
#include "sqrtn/network/normalisation.hpp"
#include "sqrtn/network/resnet.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn {
struct ProcessState;
}

namespace sqrtn::claims {

/// The draws of one element type that are judged.
template <class T>
struct Draws {
  std::function<void(const random::Stream&, std::span<T>, T low, T high)> uniform;
  std::function<void(const random::Stream&, std::span<T>, T mean, T stddev)> normal;
  std::function<void(const random::Stream&, std::span<T>, T mean, T stddev, double cut)> truncated_normal;
  /// U(−1, 1), N(0,1), or that cut at 2, on so many threads.
  std::function<void(init::Law, const random::Stream&, std::span<T>, unsigned threads)> on_threads;
  /// A weight of this shape by rule; the whole of fans, law and draw is judged.
  std::function<void(const init::Rule&, init::Layer, const Shape&, std::size_t groups, const random::Stream&,
                     std::span<T>)>
      initialise;
  /// A whole weight whose entries are not independent, and the division by ‖W‖₂, which it returns.
  std::function<void(const init::StructuredRule&, const Shape&, std::size_t groups, double gain, const random::Stream&,
                     std::span<T>)>
      structured;
  std::function<double(MatrixView<T>)> normalise_spectrally;
};

/// The operations and networks of one element type that are judged, with the contracts of network/.
template <class T>
struct NetworkParts {
  using Tensor = network::Tensor<T>;
  using Vector = std::span<const T>;
  std::function<Tensor(const blas::Functions&, const Tensor& x, const Tensor& weight, Vector bias)> linear;
  std::function<Tensor(const blas::Functions&, const Tensor& gradient, const Tensor& weight)> linear_input_gradient;
  std::function<Tensor(const blas::Functions&, const Tensor& x, const Tensor& weight, Vector bias,
                       const network::Convolution&)>
      conv2d;
  std::function<Tensor(const blas::Functions&, const Tensor& gradient, const Tensor& weight, network::Size2d image,
                       const network::Convolution&)>
      conv2d_input_gradient;
  std::function<Tensor(Tensor x, const network::BatchNormState<T>&)> batch_norm;
  std::function<Tensor(Tensor x, Vector weight, Vector bias, double eps)> layer_norm;
  std::function<Tensor(const Tensor&x, const network::Window&)> max_pool2d, average_pool2d;
  /// x + body(x).
  std::function<network::LayerPtr<T>(network::LayerPtr<T> body)> residual;
  std::function<network::LayerPtr<T>(unsigned depth, const network::ResnetOptions&)> resnet;
  std::function<std::optional<unsigned>(network::Layer<T>&, const blas::Functions&, const Tensor& batch,
                                        const network::LsuvOptions&)>
      lsuv;
};

/// What the claims judge: by default sqrtn's own generator and initialisers and one BLAS. Replace a
/// member to judge another implementation, or to plant a fault and see which claim catches it.
struct Subject {
  std::function<void(const random::Stream&, std::span<std::uint32_t>)> bits;
  Draws<float> f32;
  Draws<double> f64;
  NetworkParts<float> network_f32;
  NetworkParts<double> network_f64;
  std::function<init::Fans(init::Layer, const Shape&, std::size_t groups)> fans;  ///< that an initialiser counts
  std::function<double(const init::Activation&)> gain;  ///< that an initialiser is given for an activation
  blas::Functions products;                             ///< empty entries: claims that use the BLAS are skipped
  std::vector<blas::Interface> interfaces;              ///< to all routines, C's and Fortran's; empty: skipped too
  /// Asks the library for so many threads and returns what it reads back; empty if it cannot be asked.
  std::function<int(int)> set_blas_threads;
  /// Of this process before the library was loaded; null: what loading changed is skipped.
  std::shared_ptr<const ProcessState> before_loading;
  std::string blas_name;  ///< as results show it, "libopenblasp-r0.3.21.so"

  template <class T>
  [[nodiscard]] const Draws<T>& of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
  template <class T>
  [[nodiscard]] const NetworkParts<T>& network_of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return network_f32;
    else
      return network_f64;
  }
  template <class T>
  [[nodiscard]] Draws<T>& of() {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
};

/// sqrtn's own generator, initialisers and networks, and these products.
Subject default_subject(const blas::Functions& products, std::string blas_name,
                        std::function<int(int)> set_blas_threads = {});

}  // namespace sqrtn::claims
