#pragma once

#include <cstddef>
#include <cstdint>

#include "random/transform.hpp"
#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/half.hpp"

namespace sqrtn::random {

/// The fills of one SIMD target. Each writes n elements from element stream.offset on, `past_caches` by
/// non-temporal stores where there are such and `out` is aligned.
template <class T>
struct KernelsFor {
  using Bits = typename transform::Constants<T>::Bits;
  void (*bits)(const Stream&, const transform::Words<Bits>&, Bits* out, std::size_t n, bool past_caches);
  void (*uniform)(const Stream&, const transform::Uniform<T>&, T* out, std::size_t n, bool past_caches);
  void (*normal)(const Stream&, const transform::Normal<T>&, T* out, std::size_t n, bool past_caches);
  void (*truncated)(const Stream&, const transform::Truncated<T>&, T* out, std::size_t n, bool past_caches);
  /// The same of given words; n is a multiple of twice the pair_distance.
  void (*normal_of)(const Bits* words, const transform::Normal<T>&, T* out, std::size_t n);
  void (*truncated_of)(const Bits* words, const transform::Truncated<T>&, T* out, std::size_t n);
};

/// The same in 16 bits: the draws of float, to nearest, ties to even, as they leave the registers.
template <Half T>
struct HalfKernels {
  void (*uniform)(const Stream&, const transform::Uniform<float>&, T* out, std::size_t n, bool past_caches);
  void (*normal)(const Stream&, const transform::Normal<float>&, T* out, std::size_t n, bool past_caches);
  void (*truncated)(const Stream&, const transform::Truncated<float>&, T* out, std::size_t n, bool past_caches);
  /// n numbers that are not NaN.
  void (*round_to)(const float*, T* out, std::size_t n);
};

struct Kernels {
  KernelsFor<float> f32;
  KernelsFor<double> f64;
  HalfKernels<Float16> f16;
  HalfKernels<Bfloat16> bf16;

  template <class T>
  [[nodiscard]] const auto& of() const {
    if constexpr (std::is_same_v<T, Float16>)
      return f16;
    else if constexpr (std::is_same_v<T, Bfloat16>)
      return bf16;
    else if constexpr (sizeof(T) == 4)
      return f32;
    else
      return f64;
  }
};

/// The kernels of the preferred target, or of the one chosen by use_simd_target.
const Kernels& kernels();

}  // namespace sqrtn::random
