#include "sqrtn/network/pooling.hpp"

#include <cmath>
#include <limits>

namespace sqrtn::network {
namespace {

/// Folds the pixels of each window that lie inside the image: value = combine(value, pixel), from `start`.
template <class T, class Combine>
Tensor<T> pool(const Tensor<T>& x, const Window& window, const char* what, T start, Combine combine) {
  const Size2d image = image_size(x.shape, what), output = output_size(window, image);
  const auto& [kernel, stride, padding] = window;
  require(2 * padding.height <= kernel.height && 2 * padding.width <= kernel.width,
          "{}: padding must be at most half the kernel, got {}x{} for a kernel of {}x{}", what, padding.height,
          padding.width, kernel.height, kernel.width);
  Tensor<T> y({x.shape[0], x.shape[1], output.height, output.width});
  T* out = y.values.data();
  for (const T* in = x.values.data(); in != x.values.data() + x.size(); in += image.area()) {
    for (std::size_t o = 0; o < output.height; ++o) {
      for (std::size_t p = 0; p < output.width; ++p, ++out) {
        *out = start;
        for (std::size_t k = 0; k < kernel.height; ++k) {
          const std::size_t i = o * stride.height + k - padding.height;  // wraps beyond any image if negative
          if (i >= image.height) continue;
          for (std::size_t l = 0; l < kernel.width; ++l) {
            const std::size_t j = p * stride.width + l - padding.width;
            if (j < image.width) *out = combine(*out, in[i * image.width + j]);
          }
        }
      }
    }
  }
  return y;
}

}  // namespace

template <class T>
Tensor<T> max_pool2d(const Tensor<T>& x, const Window& window) {
  return pool(x, window, "max_pool2d", -std::numeric_limits<T>::infinity(),
              [](T a, T b) { return b > a || std::isnan(b) ? b : a; });
}

template <class T>
Tensor<T> average_pool2d(const Tensor<T>& x, const Window& window) {
  Tensor<T> y = pool(x, window, "average_pool2d", T(0), [](T a, T b) { return a + b; });
  for (T& value : y.values.span()) value /= static_cast<T>(window.kernel.area());
  return y;
}

template <class T>
Tensor<T> global_average_pool2d(const Tensor<T>& x) {
  return average_pool2d(x, {.kernel = image_size(x.shape, "global_average_pool2d")});
}

#define SQRTN_INSTANTIATE(T)                                          \
  template Tensor<T> max_pool2d(const Tensor<T>&, const Window&);     \
  template Tensor<T> average_pool2d(const Tensor<T>&, const Window&); \
  template Tensor<T> global_average_pool2d(const Tensor<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::network
