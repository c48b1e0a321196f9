#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/init/activation.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::claims {

/// The draws of one element type that are judged.
template <class T>
struct Draws {
  std::function<void(const random::Stream&, std::span<T>, T low, T high)> uniform;
  std::function<void(const random::Stream&, std::span<T>, T mean, T stddev)> normal;
  std::function<void(const random::Stream&, std::span<T>, T mean, T stddev, double cut)> truncated_normal;
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

/// What the claims judge: by default sqrtn's own generator and initialisers and one BLAS. Replace a
/// member to judge another implementation, or to plant a fault and see which claim catches it.
struct Subject {
  std::function<void(const random::Stream&, std::span<std::uint32_t>)> bits;
  Draws<float> f32;
  Draws<double> f64;
  std::function<double(const init::Activation&)> gain;  ///< that an initialiser is given for an activation
  blas::Functions products;                             ///< empty entries: claims that use the BLAS are skipped
  std::string blas_name;                                ///< as results show it, "libopenblasp-r0.3.21.so"

  template <class T>
  [[nodiscard]] const Draws<T>& of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
  template <class T>
  [[nodiscard]] Draws<T>& of() {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
};

/// sqrtn's own generator and initialisers, and these products.
Subject default_subject(const blas::Functions& products, std::string blas_name);

}  // namespace sqrtn::claims
