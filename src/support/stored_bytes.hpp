#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sqrtn/support/require.hpp"
#include "support/dtype.hpp"

namespace sqrtn {

/// The bytes of numbers as they are stored: as they are, or floats rounded to a type of 16 bits. Valid until the next
/// call.
template <class T>
class StoredBytes {
 public:
  /// Throws: std::invalid_argument for a type that T is not rounded to.
  explicit StoredBytes(Dtype stored) : stored_(stored) {
    require(stored == native_dtype<T> || (sizeof(T) == sizeof(float) && bytes_of(stored) == 2),
            "numbers of {} bytes are not stored as {}", sizeof(T), to_string(stored));
  }

  std::span<const std::byte> of(std::span<const T> numbers) {
    if (stored_ == native_dtype<T>) return std::as_bytes(numbers);
    halves_.resize(numbers.size());
    std::ranges::transform(numbers, halves_.begin(), [this](T x) {
      const auto number = static_cast<float>(x);
      return stored_ == Dtype::f16 ? to_f16(number) : to_bf16(number);
    });
    return std::as_bytes(std::span(halves_));
  }

 private:
  Dtype stored_;
  std::vector<std::uint16_t> halves_;
};

}  // namespace sqrtn
