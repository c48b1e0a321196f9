#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

/// Products of less precision than their type, for libraries that are wrong on purpose.
namespace sqrtn::verify {

/// The entries rounded to the 11 significant bits of TF32, as a tensor core takes them.
template <class T>
std::vector<T> rounded_to_tf32(const T* x, std::size_t size) {
  std::vector<T> result(x, x + size);
  for (T& value : result) {
    int exponent = 0;
    const T fraction = std::frexp(value, &exponent);
    if (std::isfinite(value)) value = std::ldexp(std::rint(fraction * 2048) / 2048, exponent);
  }
  return result;
}

}  // namespace sqrtn::verify
