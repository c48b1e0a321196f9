#include "graph/derivatives.hpp"
#include "graph/frame.hpp"
#include "network/bias.hpp"
#include "sqrtn/network/convolution.hpp"

/// Convolutions of one or two axes, by those of network/.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;
using network::Size2d;

/// A kernel whose taps lie `dilation` apart, with zeros between.
Images dilated(const Images& weight, const Frame& frame) {
  const Line &h = frame.height, &w = frame.width;
  if (h.dilation == 1 && w.dilation == 1) return weight.copy();
  const Shape shape{weight.shape[0], weight.shape[1], h.reach(), w.reach()};
  entries_in(shape);
  Images spread(shape, 0.0F);
  const std::size_t rows = weight.shape[2], cols = weight.shape[3];
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const std::size_t filter = i / (rows * cols), row = i / cols % rows, col = i % cols;
    spread.values[(filter * shape[2] + row * h.dilation) * shape[3] + col * w.dilation] = weight.values[i];
  }
  return spread;
}

std::size_t groups_of(const Call& c, std::size_t channels) {
  const std::int64_t groups = c.whole("group", 1);
  require(groups >= 1 && channels % static_cast<std::size_t>(groups) == 0, "has {} groups for {} channels", groups,
          channels);
  return static_cast<std::size_t>(groups);
}

std::span<const float> bias_of(const Call& c, std::size_t channels) {
  const Value* bias = c.optional(2);
  if (bias == nullptr) return {};
  require(bias->size() == channels, "adds {} entries to {} channels", bias->size(), channels);
  return bias->reals();
}

/// The weight must have the kernel that the frame says.
Images weight_of(const Call& c, const Frame& frame) {
  Images weight = as_image(c.input(1)).tensor();
  require(weight.shape.size() == 4 && weight.shape[2] == frame.height.kernel && weight.shape[3] == frame.width.kernel,
          "has a kernel of {}x{}, but a weight of {}", frame.height.kernel, frame.width.kernel,
          shape_text(c.input(1).shape()));
  return dilated(weight, frame);
}

/// The matrix of columns that network::conv2d makes must stay in bounds too.
void require_columns(const Images& x, const Images& weight, const Frame& frame) {
  const auto outputs = [](std::size_t size, const Line& line) {
    require(line.reach() <= size, "has a kernel of {} for {} entries", line.reach(), size);
    return (size - line.reach()) / line.stride + 1;
  };
  const std::size_t rows = outputs(x.shape[2], frame.height), cols = outputs(x.shape[3], frame.width);
  entries_in({weight.shape[1], weight.shape[2], weight.shape[3], rows, cols});
  entries_in({x.shape[0], weight.shape[0], rows, cols});
}

/// Each image without its pads.
Value unpadded(const Value& image, const Frame& frame) {
  const Shape& full = image.shape();
  const Shape cut{full[0], full[1], full[2] - frame.height.before - frame.height.behind,
                  full[3] - frame.width.before - frame.width.behind};
  const std::size_t first = frame.height.before * full[3] + frame.width.before;
  return rearranged(image, cut, static_cast<std::ptrdiff_t>(first), strides_of(full));
}

Values conv(const Call& c) {
  const Frame frame = frame_of(c, c.input(0).shape(), c.input(1).shape());
  const Images x = padded(as_image(c.input(0)).tensor(), frame, 0), weight = weight_of(c, frame);
  require_columns(x, weight, frame);
  return {as_asked(network::conv2d<float>(
                       c.blas(), x, weight, bias_of(c, weight.shape[0]),
                       {.stride = {frame.height.stride, frame.width.stride}, .groups = groups_of(c, weight.shape[0])}),
                   frame)};
}

/// The adjoint of a convolution whose weight is the same, cut by the pads.
Values conv_transpose(const Call& c) {
  require(c.node().find("output_shape") == nullptr && c.text("auto_pad", "NOTSET") != "SAME_UPPER" &&
              c.text("auto_pad", "NOTSET") != "SAME_LOWER",
          "has output_shape or auto_pad; export it with pads");
  const Frame frame = frame_of(c, c.input(0).shape(), c.input(1).shape());
  const Images x = as_image(c.input(0)).tensor(), weight = weight_of(c, frame);
  const auto added = c.list("output_padding");
  const auto length = [&](const Line& line, std::size_t size, std::size_t axis) {
    const std::size_t more =
        frame.axes == 1 && axis == 0 ? 0 : entry_at(added, frame.axes == 1 ? 0 : axis, frame.axes, 0, "output_padding");
    require(more < line.stride || more < line.dilation || more == 0, "pads its output by {}", more);
    const std::size_t full = (size - 1) * line.stride + line.reach() + more;
    require(line.before + line.behind < full, "takes more away than there is");
    return full;
  };
  const Size2d image{length(frame.height, x.shape[2], 0), length(frame.width, x.shape[3], 1)};
  const std::size_t groups = groups_of(c, x.shape[1]), channels = weight.shape[1] * groups;
  entries_in({x.shape[0], channels, image.height, image.width});
  entries_in({weight.shape[1], weight.shape[2], weight.shape[3], x.shape[2], x.shape[3]});
  Images y = network::conv2d_input_gradient<float>(
      c.blas(), x, weight, image, {.stride = {frame.height.stride, frame.width.stride}, .groups = groups});
  network::add_bias<float>(y.values.span(), bias_of(c, channels), channels, image.area());
  const Value part = unpadded(Value(std::move(y)), frame);
  const Shape& cut = part.shape();
  return {frame.axes == 2 ? part : part.reshaped({cut[0], cut[1], cut[3]})};
}

Gradients conv_back(const BackCall& b) {
  const Call& c = b.call();
  b.only({0});
  const Frame frame = frame_of(c, c.input(0).shape(), c.input(1).shape());
  const Value x = as_image(c.input(0));
  const Images weight = weight_of(c, frame);
  const Size2d image{x.shape()[2] + frame.height.before + frame.height.behind,
                     x.shape()[3] + frame.width.before + frame.width.behind};
  entries_in({x.shape()[0], x.shape()[1], image.height, image.width});
  const Images back = network::conv2d_input_gradient<float>(
      c.blas(), as_image(b.gradient()).tensor(), weight, image,
      {.stride = {frame.height.stride, frame.width.stride}, .groups = groups_of(c, weight.shape[0])});
  return b.alone(0, unpadded(Value(back.copy()), frame).reshaped(c.input(0).shape()));
}

/// A transposed convolution is the adjoint of one, whose pads it takes away.
Gradients conv_transpose_back(const BackCall& b) {
  const Call& c = b.call();
  b.only({0});
  const Frame frame = frame_of(c, c.input(0).shape(), c.input(1).shape());
  const Images weight = weight_of(c, frame), d = padded(as_image(b.gradient()).tensor(), frame, 0);
  require_columns(d, weight, frame);
  const Images back = network::conv2d<float>(
      c.blas(), d, weight, {},
      {.stride = {frame.height.stride, frame.width.stride}, .groups = groups_of(c, c.input(0).shape()[1])});
  return b.alone(0, Value(back.copy()).reshaped(c.input(0).shape()));
}

constexpr Operator operators[] = {{"Conv", conv}, {"ConvTranspose", conv_transpose}};
constexpr Derivative derivatives[] = {{"Conv", conv_back}, {"ConvTranspose", conv_transpose_back}};

}  // namespace

std::span<const Derivative> convolution_derivatives() { return derivatives; }

std::span<const Operator> convolution_operators() { return operators; }

}  // namespace sqrtn::graph
