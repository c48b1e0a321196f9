#pragma once

#include <cstddef>
#include <cstdint>

/// The checks that touch every entry of a matrix, for each SIMD target. Matrices are row-major without padding.
namespace sqrtn::screen {

/// The largest matrix whose sums below are exact.
inline constexpr std::size_t most_cols = 1024;
/// Weights are odd whole numbers of less than this.
inline constexpr double most_weight = 65536;

template <class T>
struct ChecksFor {
  /// sums[i] = Σ_j c[i, j]·weights[j] modulo 2⁶⁴, exactly.
  /// Entries of float are whole numbers up to 2²⁴, of double up to 2⁵³.
  /// Returns: false if one is no whole number, NaN or infinite, or so large that its row's sum is out of range; where
  /// one entry alone is beyond its bound, either this or the sum tells.
  bool (*row_sums)(const T* c, std::size_t rows, std::size_t cols, const double* weights, std::uint64_t* sums);
  /// sums[j] += weight·a[j] modulo 2⁶⁴ for whole numbers.
  void (*add_row)(const T* a, std::size_t cols, std::uint64_t weight, std::uint64_t* sums);
  /// How many of got[j] are not the correctly rounded factor·b[j], by integer arithmetic alone. Neither factor nor b
  /// is 0 or so small or large that the product is subnormal or infinite.
  std::size_t (*wrong_products)(T factor, const T* b, const T* got, std::size_t cols);
  /// Copies a through a wider or a narrower type where that is exact, and counts what is not the same afterwards.
  std::size_t (*wrong_copies)(const T* a, std::size_t n, T* scratch);
};

struct Checks {
  ChecksFor<float> f32;
  ChecksFor<double> f64;

  template <class T>
  [[nodiscard]] const ChecksFor<T>& of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
};

/// Those of the best target that this processor runs.
const Checks& checks();

/// The correctly rounded product, by integer arithmetic alone, under the conditions of wrong_products.
float rounded_product(float a, float b);
double rounded_product(double a, double b);

}  // namespace sqrtn::screen
