#include "sqrtn/statistics/autocorrelation.hpp"

#include <bit>
#include <numbers>

#include "sqrtn/support/require.hpp"

namespace sqrtn::statistics {

using Complex = std::complex<double>;

namespace {

/// e^(−πik/half), k < half, from index `half` on for each power of two below n: side by side as they are read. Kept for
/// the next transform of this length.
const std::vector<Complex>& roots_of_unity(std::size_t n) {
  thread_local std::vector<Complex> roots;
  if (roots.size() == n) return roots;
  roots.resize(n);
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      roots[half + k] = std::polar(1.0, -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half));
    }
  }
  return roots;
}

}  // namespace

/// Cooley and Tukey's transform of radix 2: bits of the index reversed, then pairs, fours, …
void fourier(std::span<Complex> x) {
  const std::size_t n = x.size();
  require(std::has_single_bit(n), "a transform needs a power of two, got {} values", n);
  for (std::size_t i = 1, reversed = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; reversed & bit; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (i < reversed) std::swap(x[i], x[reversed]);
  }
  const std::vector<Complex>& roots = roots_of_unity(n);
  for (std::size_t half = 1; half < n; half *= 2) {
    const Complex* root = &roots[half];
    for (std::size_t first = 0; first < n; first += 2 * half) {
      Complex *low = &x[first], *high = low + half;
      for (std::size_t k = 0; k < half; ++k) {
        // Written out: std::complex's product looks for NaN and Inf, at ten times the cost.
        const double re = root[k].real() * high[k].real() - root[k].imag() * high[k].imag();
        const double im = root[k].real() * high[k].imag() + root[k].imag() * high[k].real();
        high[k] = {low[k].real() - re, low[k].imag() - im};
        low[k] = {low[k].real() + re, low[k].imag() + im};
      }
    }
  }
}

LaggedProducts::LaggedProducts(std::size_t length, std::size_t n_lags)
    : length_(length), n_lags_(n_lags), powers_(length + n_lags) {
  require(std::has_single_bit(length + n_lags) && n_lags < length,
          "a segment and as many zeros as there are lags must have a power of two as their length, got {} and {}",
          length, n_lags);
}

void LaggedProducts::add(std::span<const Complex> segment) {
  require(segment.size() == length_, "segments have {} values, got {}", length_, segment.size());
  std::vector<Complex> z(segment.begin(), segment.end());
  z.resize(powers_.size());  // zeros, into which no lag up to n_lags reaches around the end
  fourier(z);
  // With Z = X + iY of two real sequences, X = (Z_k + conj Z_{−k})/2 and iY = (Z_k − conj Z_{−k})/2.
  for (std::size_t k = 0; k < z.size(); ++k) {
    const Complex mirrored = std::conj(z[(z.size() - k) % z.size()]);
    powers_[k] += Complex(std::norm(z[k] + mirrored), std::norm(z[k] - mirrored)) / 4.0;
  }
}

void LaggedProducts::merge(const LaggedProducts& other) {
  require(other.length_ == length_ && other.n_lags_ == n_lags_, "segments of {} and of {} values do not add up",
          length_, other.length_);
  for (std::size_t k = 0; k < powers_.size(); ++k) powers_[k] += other.powers_[k];
}

std::vector<Complex> LaggedProducts::sums() const {
  std::vector<Complex> sums = powers_;
  fourier(sums);  // powers are even in k, so that this is the transform back
  sums.resize(n_lags_ + 1);
  for (Complex& sum : sums) sum /= static_cast<double>(powers_.size());
  return sums;
}

}  // namespace sqrtn::statistics
