#pragma once

#include <cstddef>

#include "sqrtn/network/tensor.hpp"

namespace sqrtn::network {

/// A kernel that slides over an image which is framed by `padding` on each side.
struct Window {
  Size2d kernel = 1;
  Size2d stride = 1;
  Size2d padding = 0;
};

/// Positions of the window: ⌊(image + 2·padding − kernel)/stride⌋ + 1 an axis.
/// Throws: std::invalid_argument for a kernel or stride of 0, or a kernel that the padded image cannot hold.
Size2d output_size(const Window& window, Size2d image);

/// Height and width of batch × channels × height × width. `what` names the caller in messages.
/// Throws: std::invalid_argument for another number of axes.
Size2d image_size(const Shape& shape, const char* what);

}  // namespace sqrtn::network
