#pragma once

#include <complex>
#include <span>
#include <vector>

namespace sqrtn::statistics {

/// Σ_j x_j·e^(−2πijk/n) in place, k = 0 … n − 1; unscaled, so that twice gives n times x backwards.
/// Throws: std::invalid_argument unless n is a power of two.
void fourier(std::span<std::complex<double>> x);

/// Lagged products of two real sequences that come in segments of one length, many lags at once: for each of them
/// Σ over segments of Σ_i x_i·x_{i+k}, k = 0 … n_lags, pairs inside a segment alone.
/// Value semantics; merging adds what another has seen. Error: about 1e-15·log₂(length) of Σx².
class LaggedProducts {
 public:
  /// Throws: std::invalid_argument unless length + n_lags is a power of two and n_lags below length.
  LaggedProducts(std::size_t length, std::size_t n_lags);
  /// One segment: real parts are the one sequence, imaginary parts the other. Throws: for another length.
  void add(std::span<const std::complex<double>> segment);
  void merge(const LaggedProducts& other);
  /// Real parts: the sums of the first sequence by lag; imaginary parts: those of the second.
  [[nodiscard]] std::vector<std::complex<double>> sums() const;

 private:
  std::size_t length_, n_lags_;
  std::vector<std::complex<double>> powers_;  ///< Σ|X|² + i·Σ|Y|² by frequency, of segments with n_lags zeros behind
};

}  // namespace sqrtn::statistics
