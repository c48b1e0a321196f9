#include "claims/products/precision.hpp"

#include <algorithm>
#include <cmath>

#include "claims/products/findings.hpp"
#include "claims/products/rounding.hpp"

namespace sqrtn::claims {
namespace {

/// The leading bits that survive a product with the identity, the entries being on the left or the right.
template <class T>
int kept_bits(const blas::Functions& blas, std::size_t size, bool left) {
  constexpr int digits = std::numeric_limits<T>::digits;
  Matrix<T> entries(size, size), one(size, size, size, T(0)), c(size, size);
  for (std::size_t i = 0; i < size; ++i) {
    one(i, i) = 1;
    for (std::size_t j = 0; j < size; ++j) {
      entries(i, j) = 1 + std::ldexp(T(1), -1 - static_cast<int>((i + j) % (digits - 1)));
    }
  }
  multiply(blas, left ? entries : one, left ? one : entries, c);
  int bits = digits;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      const int place = 1 + static_cast<int>((i + j) % (digits - 1));
      if (c(i, j) != entries(i, j)) bits = std::min(bits, place);
    }
  }
  return bits;
}

/// Whether terms x·2^e · y·2^−e, e over the exponents of T, are all there in their sum.
template <class T>
bool keeps_far_terms(const blas::Functions& blas, std::size_t size) {
  const int range = std::numeric_limits<T>::max_exponent - 8;
  Matrix<T> a(size, size), b(size, size), c(size, size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t p = 0; p < size; ++p) {
      const auto exponent = static_cast<int>(p * 2 * range / std::max<std::size_t>(size - 1, 1)) - range;
      a(i, p) = std::ldexp(static_cast<T>(1 + (i + p) % 3), exponent);
      b(p, i) = std::ldexp(static_cast<T>(1 + (2 * i + p) % 5), -exponent);
    }
  }
  multiply(blas, a, b, c);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      T expected = 0;
      for (std::size_t p = 0; p < size; ++p) expected += static_cast<T>((1 + (i + p) % 3) * (1 + (2 * j + p) % 5));
      if (c(i, j) != expected) return false;
    }
  }
  return true;
}

}  // namespace

template <class T>
Outcome precision(const Product&, const blas::Functions& blas, TestData&) {
  constexpr int digits = std::numeric_limits<T>::digits;
  const char type = sizeof(T) == sizeof(float) ? 's' : 'd';
  Outcome outcome = exact_outcome(Findings{});
  outcome.expected = digits;
  outcome.observed = digits;
  for (const std::size_t size : {4, 64, 131}) {
    const int bits = std::min(kept_bits<T>(blas, size, true), kept_bits<T>(blas, size, false));
    if (bits < digits) {
      outcome.observed = bits;
      outcome.reason = fmt::format(
          "{0}gemm m=n=k={1}: of the {2} significant bits of a factor {3} are used (TF32 and half have 11, bfloat16 8, "
          "float 24): reduced precision",
          type, size, digits, bits);
    } else if (!keeps_far_terms<T>(blas, size)) {
      outcome.reason = fmt::format(
          "{}gemm m=n=k={}: terms whose factors lie far apart are lost, as in fixed-point emulation", type, size);
    }
    outcome.n_samples = size * size;
    if (outcome.reason.empty()) continue;
    outcome.verdict = Verdict::fail;
    return outcome;
  }
  return outcome;
}

template Outcome precision<float>(const Product&, const blas::Functions&, TestData&);
template Outcome precision<double>(const Product&, const blas::Functions&, TestData&);

}  // namespace sqrtn::claims
