#include <cmath>
#include <utility>

#include "claims/networks/data.hpp"

/// Linear layers, convolutions and pooling against their definitions as nested loops.
namespace sqrtn::claims {
namespace {

using network::Size2d;
using network::Tensor;
using network::Window;

/// A convolution or a pooling; every size differs between the axes somewhere, or a swap passes unseen.
struct Case {
  const char* name;
  std::size_t batch, c_in, c_out, groups;
  Size2d image;
  Window window;

  [[nodiscard]] Shape input() const { return {batch, c_in, image.height, image.width}; }
  [[nodiscard]] Shape weight() const { return {c_out, c_in / groups, window.kernel.height, window.kernel.width}; }
  [[nodiscard]] Shape output(std::size_t channels) const {
    const Size2d size = network::output_size(window, image);
    return {batch, channels, size.height, size.width};
  }
  [[nodiscard]] network::Convolution convolution() const { return {window.stride, window.padding, groups}; }
};

const Case convolutions[] = {
    {"plain", 2, 3, 4, 1, {7, 9}, {{3, 2}, {1, 1}, {0, 0}}},
    {"stride", 2, 3, 4, 1, {9, 11}, {{3, 3}, {2, 3}, {0, 0}}},
    {"padding", 2, 2, 3, 1, {5, 6}, {{5, 3}, {1, 1}, {2, 1}}},
    {"groups", 2, 4, 6, 2, {5, 4}, {{3, 2}, {1, 1}, {1, 0}}},
    {"depthwise", 1, 3, 6, 3, {6, 5}, {{3, 3}, {1, 1}, {1, 1}}},
    {"one line", 3, 2, 2, 1, {1, 17}, {{1, 5}, {1, 4}, {0, 3}}},
    {"pointwise", 2, 6, 4, 2, {3, 5}, {{1, 1}, {1, 1}, {0, 0}}},
    {"pointwise with stride", 2, 3, 5, 1, {5, 8}, {{1, 1}, {2, 3}, {0, 0}}},
    {"kernel as large as the padded image", 2, 3, 2, 1, {3, 2}, {{5, 4}, {1, 1}, {1, 1}}},
    {"all at once", 2, 6, 9, 3, {11, 8}, {{3, 5}, {2, 1}, {2, 3}}},
};
const Case poolings[] = {
    {"plain", 2, 3, 0, 1, {6, 8}, {{2, 3}, {2, 3}, {0, 0}}},
    {"overlapping", 2, 2, 0, 1, {7, 9}, {{3, 3}, {2, 2}, {1, 1}}},
    {"uneven", 1, 3, 0, 1, {5, 11}, {{4, 3}, {1, 3}, {2, 1}}},
    {"whole image", 2, 2, 0, 1, {5, 3}, {{5, 3}, {1, 1}, {0, 0}}},
};

/// Calls visit(pixel of x, tap of the kernel) for each tap of the window at (o, p) that lies in the image.
template <class Visit>
void for_each_tap(const Case& row, std::size_t o, std::size_t p, Visit visit) {
  const auto& [kernel, stride, padding] = row.window;
  for (std::size_t k = 0; k < kernel.height; ++k) {
    for (std::size_t l = 0; l < kernel.width; ++l) {
      const long i = static_cast<long>(o * stride.height + k) - static_cast<long>(padding.height);
      const long j = static_cast<long>(p * stride.width + l) - static_cast<long>(padding.width);
      if (i < 0 || j < 0 || i >= static_cast<long>(row.image.height) || j >= static_cast<long>(row.image.width)) {
        continue;
      }
      visit(static_cast<std::size_t>(i) * row.image.width + static_cast<std::size_t>(j), k * kernel.width + l);
    }
  }
}

/// fill(n, c, o, p) for every output.
template <class T, class Fill>
Tensor<T> filled(const Shape& shape, Fill fill) {
  Tensor<T> y(shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t area = shape[2] * shape[3], image = i / area;
    y.values[i] = static_cast<T>(fill(image / shape[1], image % shape[1], i % area / shape[3], i % shape[3]));
  }
  return y;
}

template <class T>
Tensor<T> direct_conv2d(const Case& row, const Tensor<T>& x, const Tensor<T>& weight, std::span<const T> bias) {
  const std::size_t slice = row.c_in / row.groups;
  return filled<T>(row.output(row.c_out), [&](std::size_t n, std::size_t c, std::size_t o, std::size_t p) {
    double sum = static_cast<double>(bias[c]);
    for (std::size_t i = 0; i < slice; ++i) {
      const std::size_t channel = c / (row.c_out / row.groups) * slice + i;
      const T* pixels = x.values.data() + (n * row.c_in + channel) * row.image.area();
      const T* taps = weight.values.data() + (c * slice + i) * row.window.kernel.area();
      for_each_tap(row, o, p, [&](std::size_t pixel, std::size_t tap) {
        sum += static_cast<double>(pixels[pixel]) * static_cast<double>(taps[tap]);
      });
    }
    return sum;
  });
}

template <class T>
Tensor<T> direct_linear(const Tensor<T>& x, const Tensor<T>& weight, std::span<const T> bias) {
  const std::size_t fan_out = weight.shape[0], fan_in = weight.shape[1];
  Shape shape = x.shape;
  shape.back() = fan_out;
  Tensor<T> y(shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    double sum = static_cast<double>(bias[i % fan_out]);
    for (std::size_t j = 0; j < fan_in; ++j) {
      sum += static_cast<double>(x.values[i / fan_out * fan_in + j]) *
             static_cast<double>(weight.values[i % fan_out * fan_in + j]);
    }
    y.values[i] = static_cast<T>(sum);
  }
  return y;
}

/// Small enough that no sum here leaves 2²⁴.
constexpr double largest = 8;

struct LinearCase {
  const char* name;
  Shape input;
  std::size_t fan_out;
};
const LinearCase linears[] = {
    {"one number", {1, 1}, 1}, {"wide", {3, 7}, 19}, {"narrow", {17, 33}, 5}, {"three axes", {2, 3, 7}, 4}};

template <class T>
double inner_product(const Tensor<T>& x, const Tensor<T>& y) {
  double sum = x.shape == y.shape ? 0 : std::nan("");
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    sum += static_cast<double>(x.values[i]) * static_cast<double>(y.values[i]);
  }
  return sum;
}

/// ⟨f(x), g⟩ = ⟨x, f*(g)⟩ for integers, each side exact, four times with fresh x and g.
template <class T, class Forward, class Backward>
std::string adjoint_fault(TestData& data, const Shape& input, Forward forward, Backward backward) {
  for (int round = 0; round < 4; ++round) {
    const Tensor<T> x = integers<T>(data, input, largest), y = forward(x);
    const Tensor<T> g = integers<T>(data, y.shape, largest);
    const double left = inner_product(y, g), right = inner_product(x, backward(g));
    if (!(left == right)) return fmt::format("<f(x), g> = {}, but <x, f*(g)> = {}", left, right);
  }
  return {};
}

template <class T>
std::string conv2d_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> x = integers<T>(data, row.input(), largest), weight = integers<T>(data, row.weight(), largest);
  const Tensor<T> bias = integers<T>(data, {row.c_out}, largest);
  return first_difference(
      subject.network_of<T>().conv2d(subject.products, x, weight, bias.values.span(), row.convolution()),
      direct_conv2d<T>(row, x, weight, bias.values.span()));
}

template <class T>
std::string conv2d_adjoint_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> weight = integers<T>(data, row.weight(), largest);
  const auto& network = subject.network_of<T>();
  const network::Convolution how = row.convolution();
  return adjoint_fault<T>(
      data, row.input(), [&](const Tensor<T>& x) { return network.conv2d(subject.products, x, weight, {}, how); },
      [&](const Tensor<T>& g) { return network.conv2d_input_gradient(subject.products, g, weight, row.image, how); });
}

template <class T>
std::string linear_fault(const Subject& subject, TestData& data, const LinearCase& row) {
  const Tensor<T> x = integers<T>(data, row.input, largest);
  const Tensor<T> weight = integers<T>(data, {row.fan_out, row.input.back()}, largest);
  const Tensor<T> bias = integers<T>(data, {row.fan_out}, largest);
  return first_difference(subject.network_of<T>().linear(subject.products, x, weight, bias.values.span()),
                          direct_linear<T>(x, weight, bias.values.span()));
}

template <class T>
std::string linear_adjoint_fault(const Subject& subject, TestData& data, const LinearCase& row) {
  const Tensor<T> weight = integers<T>(data, {row.fan_out, row.input.back()}, largest);
  const auto& network = subject.network_of<T>();
  return adjoint_fault<T>(
      data, row.input, [&](const Tensor<T>& x) { return network.linear(subject.products, x, weight, {}); },
      [&](const Tensor<T>& g) { return network.linear_input_gradient(subject.products, g, weight); });
}

template <class T>
std::string max_pool_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> x = normals<T>(data, row.input());
  const auto direct = [&](std::size_t n, std::size_t c, std::size_t o, std::size_t p) {
    const T* pixels = x.values.data() + (n * row.c_in + c) * row.image.area();
    T value = -std::numeric_limits<T>::infinity();
    for_each_tap(row, o, p, [&](std::size_t pixel, std::size_t) { value = std::max(value, pixels[pixel]); });
    return value;
  };
  return first_difference(subject.network_of<T>().max_pool2d(x, row.window), filled<T>(row.output(row.c_in), direct));
}

/// Sums of integers are exact; the quotient may be rounded twice, by way of 1/(kh·kw): 2u + u².
template <class T>
std::string average_pool_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> x = integers<T>(data, row.input(), largest);
  const Tensor<T> sums =
      filled<T>(row.output(row.c_in), [&](std::size_t n, std::size_t c, std::size_t o, std::size_t p) {
        const T* pixels = x.values.data() + (n * row.c_in + c) * row.image.area();
        T sum = 0;
        for_each_tap(row, o, p, [&](std::size_t pixel, std::size_t) { sum += pixels[pixel]; });
        return sum;
      });
  const Tensor<T> y = subject.network_of<T>().average_pool2d(x, row.window);
  if (y.shape != sums.shape) return first_difference(y, sums);
  const double u = unit_roundoff<T>;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const long double sum = sums.values[i], area = row.window.kernel.area();
    if (!(std::fabs(y.values[i] * area - sum) <= (2 * u + u * u) * std::fabs(sum))) {
      return fmt::format("entry {} is {}, expected {}/{}", i, y.values[i], sums.values[i], row.window.kernel.area());
    }
  }
  return {};
}

template <class T>
void add_claims(std::vector<Claim>& claims) {
  const auto add = [&](const char* operation, const char* what, const char* statement, bool uses_blas,
                       const auto& cases, auto fault) {
    claims.push_back(
        for_all(fmt::format("{}/{}/{}", operation, dtype_name<T>(), what), statement, "the definition", cases, fault));
    claims.back().uses_blas = uses_blas;
  };
  const char* adjoint = "<f(x), g> = <x, f*(g)> for integers, where both sides are exact";
  const char* sum = "y[n,c,o,p] = b[c] + Σ w[c,i,k,l]·x[n, g(c)+i, o·s+k−p, …] for integers, bit for bit";
  const char* mean = "Σ/(kh·kw) of each window, padding counted, within 2u + u²";
  add("linear", "exact", "y = x Wᵀ + b for integers, bit for bit", true, linears, linear_fault<T>);
  add("linear", "adjoint", adjoint, true, linears, linear_adjoint_fault<T>);
  add("conv2d", "exact", sum, true, convolutions, conv2d_fault<T>);
  add("conv2d", "adjoint", adjoint, true, convolutions, conv2d_adjoint_fault<T>);
  add("max_pool2d", "exact", "the largest value of each window, padding −∞", false, poolings, max_pool_fault<T>);
  add("average_pool2d", "exact", mean, false, poolings, average_pool_fault<T>);
}

}  // namespace

std::vector<Claim> operation_claims(const Settings&) {
  std::vector<Claim> claims;
  add_claims<float>(claims);
  add_claims<double>(claims);
  return claims;
}

std::vector<Claim> network_claims(const Settings& settings) {
  std::vector<Claim> all;
  for (auto* part : {operation_claims, convolution_claims, normalisation_claims, residual_claims, resnet_claims}) {
    for (Claim& claim : part(settings)) all.push_back(std::move(claim));
  }
  return all;
}

}  // namespace sqrtn::claims
