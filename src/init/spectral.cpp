#include "sqrtn/init/spectral.hpp"

#include <algorithm>
#include <cmath>

#include "init/decompositions.hpp"

namespace sqrtn::init {
namespace {

/// A copy in double, times 2^−exponent, with its largest entry in [½, 1); all 0 stays so.
struct Scaled {
  Matrix<double> matrix;
  int exponent = 0;
  bool is_zero = true;

  template <class T>
  explicit Scaled(MatrixView<const T> a) : matrix(a.rows, a.cols) {
    double largest = 0;
    for (std::size_t i = 0; i < a.rows; ++i) {
      for (std::size_t j = 0; j < a.cols; ++j) {
        const double entry = static_cast<double>(a(i, j));
        require(std::isfinite(entry), "the entries of a matrix must be finite, got {} at ({}, {})", entry, i, j);
        largest = std::max(largest, std::abs(entry));
        matrix(i, j) = entry;
      }
    }
    is_zero = largest == 0;
    std::frexp(largest, &exponent);
    for (double& entry : matrix.storage()) entry = std::ldexp(entry, -exponent);
  }
  [[nodiscard]] MatrixView<const double> view() const { return matrix.view(); }
};

}  // namespace

template <class T>
double spectral_norm(MatrixView<const T> w) {
  const Scaled scaled(w);
  if (scaled.is_zero) return 0;
  return std::ldexp(std::sqrt(largest_gram_eigenvalue(scaled.view())), scaled.exponent);
}

template <class T>
double normalise_spectrally(MatrixView<T> w) {
  const double norm = spectral_norm<T>(w);
  require(norm > 0, "a matrix of zeros ({} x {}) has no direction to normalise; draw it first", w.rows, w.cols);
  for (std::size_t i = 0; i < w.rows; ++i) {
    for (std::size_t j = 0; j < w.cols; ++j) w(i, j) = static_cast<T>(static_cast<double>(w(i, j)) / norm);
  }
  return norm;
}

template <class T>
double spectral_radius(MatrixView<const T> a) {
  require(a.rows == a.cols, "only a square matrix has eigenvalues, got {} x {}", a.rows, a.cols);
  const Scaled scaled(a);
  if (scaled.is_zero) return 0;
  return std::ldexp(largest_eigenvalue_modulus(scaled.view()), scaled.exponent);
}

template <class T>
double orthonormality_error(MatrixView<const T> w, double gain) {
  require(gain > 0 && std::isfinite(gain), "gain must be positive and finite, got {}", gain);
  if (w.rows == 0 || w.cols == 0) return 0;
  const Scaled scaled(w);
  const double unit = std::ldexp(1 / gain, scaled.exponent);
  return largest_gram_error(scaled.view(), unit * unit);
}

#define SQRTN_INSTANTIATE(T)                            \
  template double spectral_norm(MatrixView<const T>);   \
  template double normalise_spectrally(MatrixView<T>);  \
  template double spectral_radius(MatrixView<const T>); \
  template double orthonormality_error(MatrixView<const T>, double);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::init
