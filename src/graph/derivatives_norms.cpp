#include <cmath>

#include "graph/derivatives.hpp"
#include "network/softmax.hpp"
#include "sqrtn/network/normalisation.hpp"

/// Derivatives of norms and softmax, by those of network/.
namespace sqrtn::graph {
namespace {

/// Over rows of the weight's length.
Gradients of_rows(const BackCall& b, const Value& gradient, std::span<const float> weight, std::size_t length) {
  b.only({0});
  network::Tensor<float> x = b.input(0).tensor(), d = gradient.tensor();
  x.shape = d.shape = {x.size() / length, length};
  return b.alone(0, Value(network::layer_norm_gradient<float>(std::move(d), x, weight,
                                                              static_cast<double>(b.call().real("epsilon", 1e-5F))))
                        .reshaped(b.input(0).shape()));
}

Gradients layer_norm(const BackCall& b) {
  const Value& x = b.input(0);
  const std::size_t axis = axis_of(b.call().whole("axis", -1), x.rank());
  const Shape row(x.shape().begin() + static_cast<std::ptrdiff_t>(axis), x.shape().end());
  const Value weight = broadcast_to(b.input(1), row);
  return of_rows(b, b.gradient(), weight.reals(), entries_in(row));
}

Gradients batch_norm(const BackCall& b) {
  b.only({0});
  const Call& c = b.call();
  const auto eps = static_cast<double>(c.real("epsilon", 1e-5F));
  if (c.whole("training_mode", 0) != 0 || c.batch_statistics()) {
    return b.alone(0, Value(network::batch_norm_gradient<float>(b.gradient().tensor(), c.input(0).tensor(),
                                                                c.input(1).reals(), eps)));
  }
  return b.alone(0, Value(network::frozen_norm_gradient<float>(b.gradient().tensor(), c.input(1).reals(),
                                                               c.input(4).reals(), eps)));
}

/// The weight of each channel or group first, then the norm's own.
Gradients norm_of_groups(const BackCall& b, std::size_t groups) {
  const Shape& shape = b.input(0).shape();
  const auto weight = b.input(1).reals();
  const std::size_t area = product_of(shape, 2, shape.size()), each = shape[1] / weight.size();
  const auto in = b.gradient().reals();
  Buffer<float> weighed(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) weighed[i] = in[i] * weight[i / area % shape[1] / each];
  const std::size_t length = b.input(0).size() / shape[0] / groups;
  const Buffer<float> ones(length, 1.0F);
  return of_rows(b, Value(shape, std::move(weighed)), ones.span(), length);
}

/// back(a line of the outputs, the same of the gradient), by the axes of Softmax.
template <class Back>
Gradients along_axis(const BackCall& b, Back back) {
  const Value& p = b.output(0);
  const bool old = b.call().opset() < 13;
  const std::size_t axis = axis_of(b.call().whole("axis", old ? 1 : -1), p.rank());
  const std::size_t length = old ? product_of(p.shape(), axis, p.rank()) : p.shape()[axis];
  const std::size_t inner = old ? 1 : product_of(p.shape(), axis + 1, p.rank());
  Buffer<float> out(p.size());
  std::vector<float> line(length), d(length);
  for (std::size_t i = 0; i < (length == 0 ? 0 : p.size() / length); ++i) {
    const std::size_t first = i / inner * length * inner + i % inner;
    for (std::size_t j = 0; j < length; ++j) {
      line[j] = p.reals()[first + j * inner];
      d[j] = b.gradient().reals()[first + j * inner];
    }
    back(std::span<const float>(line), std::span<float>(d));
    for (std::size_t j = 0; j < length; ++j) out[first + j * inner] = d[j];
  }
  return b.alone(0, Value(p.shape(), std::move(out)));
}

/// d ← d − eʸ·Σd.
void log_softmax(std::span<const float> y, std::span<float> d) {
  double sum = 0;
  for (const float x : d) sum += static_cast<double>(x);
  for (std::size_t i = 0; i < d.size(); ++i) {
    d[i] = static_cast<float>(static_cast<double>(d[i]) - std::exp(static_cast<double>(y[i])) * sum);
  }
}

constexpr Derivative derivatives[] = {
    {"LayerNormalization", layer_norm},
    {"BatchNormalization", batch_norm},
    {"InstanceNormalization", [](const BackCall& b) { return norm_of_groups(b, b.input(0).shape()[1]); }},
    {"GroupNormalization",
     [](const BackCall& b) { return norm_of_groups(b, static_cast<std::size_t>(b.call().whole("num_groups", 1))); }},
    {"Softmax", [](const BackCall& b) { return along_axis(b, network::softmax_gradient<float>); }},
    {"LogSoftmax", [](const BackCall& b) { return along_axis(b, log_softmax); }},
};

}  // namespace

std::span<const Derivative> normalisation_derivatives() { return derivatives; }

}  // namespace sqrtn::graph
