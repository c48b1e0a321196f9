#include "sqrtn/network/convolution.hpp"

#include "network/bias.hpp"
#include "sqrtn/blas/products.hpp"

namespace sqrtn::network {
namespace {

using blas::Op;

/// Sizes of one convolution; "slice" is what one group sees of one sample.
struct Geometry {
  std::size_t batch, groups, slice_in, slice_out;
  Size2d image, output;
  Window window;

  [[nodiscard]] std::size_t taps() const { return slice_in * window.kernel.area(); }
  [[nodiscard]] std::size_t channels_in() const { return groups * slice_in; }
  [[nodiscard]] std::size_t channels_out() const { return groups * slice_out; }
  /// A 1×1 kernel at stride 1 without padding: the image is its own matrix of columns.
  [[nodiscard]] bool direct() const { return window.kernel.area() == 1 && output == image; }
};

Geometry geometry(std::size_t batch, const Shape& weight, Size2d image, const Convolution& convolution) {
  require(weight.size() == 4, "a convolution's weight is c_out x c_in/groups x height x width, got {} axes: {}",
          weight.size(), to_string(weight));
  const std::size_t groups = convolution.groups;
  require(groups >= 1 && weight[0] % groups == 0, "groups must divide the {} output channels, got {}", weight[0],
          groups);
  const Window window{{weight[2], weight[3]}, convolution.stride, convolution.padding};
  return {batch, groups, weight[1], weight[0] / groups, image, output_size(window, image), window};
}

/// Calls visit(column entry, pixel) for each tap inside the image, in the order of the matrix of columns:
/// slice_in·kh·kw rows (the weight's order) × output positions.
template <class Visit>
void for_each_tap(const Geometry& g, Visit visit) {
  const auto& [kernel, stride, padding] = g.window;
  std::size_t row = 0;
  for (std::size_t c = 0; c < g.slice_in; ++c) {
    for (std::size_t k = 0; k < kernel.height; ++k) {
      for (std::size_t l = 0; l < kernel.width; ++l, row += g.output.area()) {
        for (std::size_t o = 0; o < g.output.height; ++o) {
          const std::size_t y = o * stride.height + k - padding.height;  // wraps beyond any image if negative
          if (y >= g.image.height) continue;
          const std::size_t line = (c * g.image.height + y) * g.image.width;
          for (std::size_t p = 0; p < g.output.width; ++p) {
            const std::size_t x = p * stride.width + l - padding.width;
            if (x < g.image.width) visit(row + o * g.output.width + p, line + x);
          }
        }
      }
    }
  }
}

/// Calls task(sample's and group's part of the input, of the output, of the weight).
template <class In, class Out, class T, class Task>
void for_each_slice(const Geometry& g, In* in, Out* out, const T* weight, Task task) {
  const std::size_t in_size = g.slice_in * g.image.area(), out_size = g.slice_out * g.output.area();
  for (std::size_t i = 0; i < g.batch * g.groups; ++i) {
    const T* part = weight + i % g.groups * g.slice_out * g.taps();
    task(in + i * in_size, out + i * out_size, MatrixView<const T>{part, g.slice_out, g.taps()});
  }
}

}  // namespace

template <class T>
Tensor<T> conv2d(const blas::Functions& blas, const Tensor<T>& x, const Tensor<T>& weight, std::span<const T> bias,
                 const Convolution& convolution) {
  const Size2d image = image_size(x.shape, "conv2d");
  const Geometry g = geometry(x.shape[0], weight.shape, image, convolution);
  require(x.shape[1] == g.channels_in(), "conv2d: weight {} with {} groups takes {} input channels, got {}",
          to_string(weight.shape), g.groups, g.channels_in(), x.shape[1]);
  Tensor<T> y({g.batch, g.channels_out(), g.output.height, g.output.width});
  // Zeros in the padding are never written again: each slice meets the same taps.
  Buffer<T> columns(g.direct() ? 0 : g.taps() * g.output.area(), T(0));
  for_each_slice(g, x.values.data(), y.values.data(), weight.values.data(),
                 [&](const T* in, T* out, MatrixView<const T> part) {
                   MatrixView<const T> b(in, g.taps(), g.output.area());
                   if (!g.direct()) {
                     T* entries = columns.data();
                     for_each_tap(g, [=](std::size_t entry, std::size_t pixel) { entries[entry] = in[pixel]; });
                     b = {entries, g.taps(), g.output.area()};
                   }
                   blas::gemm<T>(blas, Op::none, Op::none, T(1), part, b, T(0), {out, g.slice_out, g.output.area()});
                 });
  add_bias(y.values.span(), bias, g.channels_out(), g.output.area());
  return y;
}

template <class T>
Tensor<T> conv2d_input_gradient(const blas::Functions& blas, const Tensor<T>& gradient, const Tensor<T>& weight,
                                Size2d image, const Convolution& convolution) {
  const Size2d output = image_size(gradient.shape, "conv2d_input_gradient");
  const Geometry g = geometry(gradient.shape[0], weight.shape, image, convolution);
  require(gradient.shape[1] == g.channels_out() && output == g.output,
          "conv2d_input_gradient: weight {} on an image of {}x{} gives {}x{}x{}, but the gradient is {}",
          to_string(weight.shape), image.height, image.width, g.channels_out(), g.output.height, g.output.width,
          to_string(gradient.shape));
  Tensor<T> x({g.batch, g.channels_in(), image.height, image.width}, T(0));
  Matrix<T> columns(g.taps(), g.output.area());
  for_each_slice(g, x.values.data(), gradient.values.data(), weight.values.data(),
                 [&](T* in, const T* out, MatrixView<const T> part) {
                   blas::gemm<T>(blas, Op::transpose, Op::none, T(1), part, {out, g.slice_out, g.output.area()}, T(0),
                                 columns.view());
                   const T* entries = columns.storage().data();
                   for_each_tap(g, [=](std::size_t entry, std::size_t pixel) { in[pixel] += entries[entry]; });
                 });
  return x;
}

#define SQRTN_INSTANTIATE(T)                                                                                   \
  template Tensor<T> conv2d(const blas::Functions&, const Tensor<T>&, const Tensor<T>&, std::span<const T>,    \
                            const Convolution&);                                                               \
  template Tensor<T> conv2d_input_gradient(const blas::Functions&, const Tensor<T>&, const Tensor<T>&, Size2d, \
                                           const Convolution&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
