#include "sqrtn/network/window.hpp"

namespace sqrtn::network {

Size2d output_size(const Window& window, Size2d image) {
  const auto& [kernel, stride, padding] = window;
  require(kernel.height >= 1 && kernel.width >= 1, "a kernel must be at least 1x1, got {}x{}", kernel.height,
          kernel.width);
  require(stride.height >= 1 && stride.width >= 1, "a stride must be at least 1, got {}x{}", stride.height,
          stride.width);
  const Size2d padded{image.height + 2 * padding.height, image.width + 2 * padding.width};
  require(
      kernel.height <= padded.height && kernel.width <= padded.width,
      "a kernel of {}x{} does not fit an image of {}x{} padded by {}x{}; choose a smaller kernel, a larger image or "
      "more padding",
      kernel.height, kernel.width, image.height, image.width, padding.height, padding.width);
  return {(padded.height - kernel.height) / stride.height + 1, (padded.width - kernel.width) / stride.width + 1};
}

Size2d image_size(const Shape& shape, const char* what) {
  require(shape.size() == 4, "{} takes batch x channels x height x width, got {} axes: {}", what, shape.size(),
          to_string(shape));
  return {shape[2], shape[3]};
}

}  // namespace sqrtn::network
