#pragma once

#include "graph/operators.hpp"

/// The windows of convolutions and pooling, over one axis or two.
namespace sqrtn::graph {

using Images = network::Tensor<float>;

/// Along one axis.
struct Line {
  std::size_t kernel = 1, stride = 1, dilation = 1, before = 0, behind = 0;
  [[nodiscard]] std::size_t reach() const { return (kernel - 1) * dilation + 1; }
};

struct Frame {
  Line height, width;
  std::size_t axes = 2;  ///< 1: the height was added
};

/// kernel_shape, strides, dilations, pads and auto_pad of an input of this shape; `kernel` where there is no attribute.
/// Throws: std::invalid_argument for other numbers of axes, empty inputs and sizes above 2²⁰.
Frame frame_of(const Call& c, const Shape& shape, const Shape& kernel);

/// Entry i of a list of `size`, or `otherwise` where there is no list.
std::size_t entry_at(const std::optional<std::vector<std::int64_t>>& list, std::size_t i, std::size_t size,
                     std::size_t otherwise, const char* what);

/// batch × channels × 1 × length of a line, else itself.
Value as_image(const Value& x);
/// Back again.
Value as_asked(Images y, const Frame& frame);

/// With `fill` around each image.
Images padded(const Images& x, const Frame& frame, float fill);

}  // namespace sqrtn::graph
