#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

/// Products of less precision than their type, for libraries that are wrong on purpose.
namespace sqrtn::verify {

/// Significant bits of the formats that tensor cores take in place of float.
constexpr int tf32_bits = 11, bfloat16_bits = 8;

/// The entries rounded to so many significant bits.
template <class T>
std::vector<T> rounded_to(int bits, const T* x, std::size_t size) {
  std::vector<T> result(x, x + size);
  for (T& value : result) {
    int exponent = 0;
    const T fraction = std::frexp(value, &exponent);
    if (std::isfinite(value)) value = std::ldexp(std::rint(std::ldexp(fraction, bits)), exponent - bits);
  }
  return result;
}

}  // namespace sqrtn::verify
