#pragma once

#include <span>

#include "sqrtn/network/tensor.hpp"

namespace sqrtn::network {

/// y += bias, y being … × channels × inner entries: inner is 1 after a linear layer, the image's area after a
/// convolution. An empty bias adds nothing.
/// Throws: std::invalid_argument unless the bias has one entry a channel.
template <class T>
void add_bias(std::span<T> y, std::span<const T> bias, std::size_t channels, std::size_t inner) {
  if (bias.empty()) return;
  require(bias.size() == channels, "the bias needs one entry for each of the {} outputs, got {}", channels,
          bias.size());
  for (std::size_t block = 0; block < y.size() / inner; ++block) {
    for (T& value : y.subspan(block * inner, inner)) value += bias[block % channels];
  }
}

}  // namespace sqrtn::network
