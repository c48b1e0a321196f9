#include "graph/frame.hpp"

namespace sqrtn::graph {
namespace {

constexpr std::int64_t farthest = 1 << 20;

/// What auto_pad asks for: ⌈size/stride⌉ outputs.
void pad_to_same(Line& line, std::size_t size, bool more_behind) {
  const std::size_t outputs = (size + line.stride - 1) / line.stride,
                    needed = (outputs - 1) * line.stride + line.reach();
  const std::size_t pads = needed > size ? needed - size : 0;
  line.before = more_behind ? pads / 2 : pads - pads / 2;
  line.behind = pads - line.before;
}

}  // namespace

std::size_t entry_at(const std::optional<std::vector<std::int64_t>>& list, std::size_t i, std::size_t size,
                     std::size_t otherwise, const char* what) {
  if (!list || list->empty()) return otherwise;
  require(list->size() == size, "has {} {} for {} axes", list->size(), what, size);
  require((*list)[i] >= 0 && (*list)[i] < farthest, "has {} {}", what, (*list)[i]);
  return static_cast<std::size_t>((*list)[i]);
}

Frame frame_of(const Call& c, const Shape& shape, const Shape& kernel) {
  require(shape.size() == 3 || shape.size() == 4, "takes batch x channels and one or two axes, got {}",
          shape_text(shape));
  require(entries_in(shape) > 0, "takes at least one entry, got {}", shape_text(shape));
  Frame frame;
  frame.axes = shape.size() - 2;
  require(kernel.empty() || kernel.size() == shape.size(), "takes a weight of {} axes, got {}", shape.size(),
          shape_text(kernel));
  const auto kernels = c.list("kernel_shape"), strides = c.list("strides"), dilations = c.list("dilations"),
             pads = c.list("pads");
  for (std::size_t i = 0; i < frame.axes; ++i) {
    Line& line = i + 1 == frame.axes ? frame.width : frame.height;
    line.kernel =
        entry_at(kernels, i, frame.axes, kernel.empty() ? 0 : kernel[kernel.size() - frame.axes + i], "kernel_shape");
    line.stride = entry_at(strides, i, frame.axes, 1, "strides");
    line.dilation = entry_at(dilations, i, frame.axes, 1, "dilations");
    line.before = entry_at(pads, i, 2 * frame.axes, 0, "pads");
    line.behind = entry_at(pads, i + frame.axes, 2 * frame.axes, 0, "pads");
    require(line.kernel >= 1 && line.stride >= 1 && line.dilation >= 1, "has a kernel, stride or dilation of 0");
    const std::string same = c.text("auto_pad", "NOTSET");
    if (same == "SAME_UPPER" || same == "SAME_LOWER") pad_to_same(line, shape[2 + i], same == "SAME_UPPER");
  }
  return frame;
}

Value as_image(const Value& x) {
  if (x.rank() != 3) return x;
  return x.reshaped({x.shape()[0], x.shape()[1], 1, x.shape()[2]});
}

Value as_asked(Images y, const Frame& frame) {
  const Value value(std::move(y));
  if (frame.axes == 2) return value;
  return value.reshaped({value.shape()[0], value.shape()[1], value.shape()[3]});
}

Images padded(const Images& x, const Frame& frame, float fill) {
  const Line &h = frame.height, &w = frame.width;
  const std::size_t rows = x.shape[2], cols = x.shape[3];
  const Shape shape{x.shape[0], x.shape[1], rows + h.before + h.behind, cols + w.before + w.behind};
  require(entries_in(shape) > 0, "pads to nothing");
  Images y(shape, fill);
  for (std::size_t i = 0; i < x.shape[0] * x.shape[1]; ++i) {
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(x.values.data() + (i * rows + row) * cols, cols,
                  y.values.data() + ((i * shape[2] + row + h.before) * shape[3] + w.before));
    }
  }
  return y;
}

}  // namespace sqrtn::graph
