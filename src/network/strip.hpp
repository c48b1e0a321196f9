#pragma once

#include <cstddef>

#include "sqrtn/network/tensor.hpp"

namespace sqrtn::network {

/// The values that share one mean and variance: `blocks` runs of `length`, `stride` elements apart.
template <class T>
struct Strip {
  T* data;
  std::size_t blocks, length, stride;

  [[nodiscard]] double count() const { return static_cast<double>(blocks * length); }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t b = 0; b < blocks; ++b) {
      for (std::size_t i = 0; i < length; ++i) visit(data[b * stride + i], i);
    }
  }
};

struct Statistics {
  double mean, variance;
};

/// Mean and biased variance, or 0 and the mean square. The second pass also finds what rounding left in the first one's
/// mean.
template <class T>
Statistics statistics_of(const Strip<T>& strip, bool centred = true) {
  double sum = 0, rest = 0, squares = 0;
  if (centred) strip.for_each([&](auto& x, std::size_t) { sum += static_cast<double>(x); });
  const double mean = sum / strip.count();
  strip.for_each([&](auto& x, std::size_t) {
    const double d = static_cast<double>(x) - mean;
    rest += d;
    squares += d * d;
  });
  rest = centred ? rest / strip.count() : 0;
  return {mean + rest, squares / strip.count() - rest * rest};
}

/// The strips of a batch norm, one a channel of batch × channels × ….
template <class T>
Strip<T> channel_of(T* data, const Shape& shape, std::size_t channel) {
  std::size_t inner = 1;
  for (std::size_t axis = 2; axis < shape.size(); ++axis) inner *= shape[axis];
  return {data + channel * inner, shape[0], inner, shape[1] * inner};
}

/// The length of a row over whose last axes a norm of so many weights runs.
/// Throws: std::invalid_argument if they are none of the last axes.
inline std::size_t row_length(const Shape& shape, std::size_t weights) {
  std::size_t row = 1;
  for (std::size_t axis = shape.size(); axis > 0 && row < weights;) row *= shape[--axis];
  require(!shape.empty() && row == weights, "a norm with {} weights does not fit the last axes of {}", weights,
          to_string(shape));
  return row;
}

}  // namespace sqrtn::network
