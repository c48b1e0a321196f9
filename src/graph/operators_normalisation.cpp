#include <cmath>

#include "graph/operators.hpp"
#include "network/softmax.hpp"
#include "sqrtn/network/normalisation.hpp"

/// Norms and softmax, by those of network/.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

Value filled(const Shape& shape, float x) { return {shape, Buffer<float>(entries_in(shape), x)}; }

/// Each row of `length` to mean 0 and variance 1.
network::Tensor<float> standardised(network::Tensor<float> x, std::size_t length, float eps) {
  const Buffer<float> ones(length, 1.0F), zeros(length, 0.0F);
  const Shape shape = x.shape;
  x.shape = {x.size() / length, length};
  x = network::layer_norm<float>(std::move(x), ones.span(), zeros.span(), static_cast<double>(eps));
  x.shape = shape;
  return x;
}

Values layer_norm(const Call& c) {
  require(c.outputs() == 1, "has a second output, which is only for training");
  const Value& x = c.input(0);
  const std::size_t axis = axis_of(c.whole("axis", -1), x.rank());
  const Shape row(x.shape().begin() + static_cast<std::ptrdiff_t>(axis), x.shape().end());
  const Value weight = broadcast_to(c.input(1), row),
              bias = c.optional(2) != nullptr ? broadcast_to(c.input(2), row) : filled(row, 0);
  network::Tensor<float> rows = x.tensor();
  const std::size_t length = entries_in(row);
  rows.shape = {rows.size() / length, length};
  return {Value(network::layer_norm<float>(std::move(rows), weight.reals(), bias.reals(),
                                           static_cast<double>(c.real("epsilon", 1e-5F))))
              .reshaped(x.shape())};
}

/// Mean and biased variance of each channel of batch × channels × ….
struct Statistics {
  std::vector<double> mean, variance;
};

Statistics statistics_of(const Value& x) {
  require(x.rank() >= 2 && x.size() > 0, "takes batch x channels, got {}", shape_text(x.shape()));
  const std::size_t channels = x.shape()[1], area = product_of(x.shape(), 2, x.rank());
  const double count = static_cast<double>(x.size() / channels);
  Statistics s{std::vector<double>(channels), std::vector<double>(channels)};
  const auto each = [&](auto add) {
    for (std::size_t i = 0; i < x.size(); ++i) add(i / area % channels, static_cast<double>(x.reals()[i]));
  };
  each([&](std::size_t channel, double value) { s.mean[channel] += value / count; });
  each([&](std::size_t channel, double value) {
    s.variance[channel] += (value - s.mean[channel]) * (value - s.mean[channel]) / count;
  });
  return s;
}

/// What a node in training mode returns beside: running·momentum + batch·(1 − momentum).
Value moved(const Value& running, const std::vector<double>& batch, double momentum) {
  const auto before = running.reals();
  Buffer<float> after(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    after[i] = static_cast<float>(static_cast<double>(before[i]) * momentum + batch[i] * (1 - momentum));
  }
  return {Shape{batch.size()}, std::move(after)};
}

/// By the running statistics; in training mode, or if the call says so, by those of the batch.
Values batch_norm(const Call& c) {
  const auto mean = c.input(3).reals(), variance = c.input(4).reals();
  std::vector<float> means(mean.begin(), mean.end()), variances(variance.begin(), variance.end());
  const bool training = c.whole("training_mode", 0) != 0;
  Values values{
      Value(network::batch_norm<float>(c.input(0).tensor(), {.weight = c.input(1).reals(),
                                                             .bias = c.input(2).reals(),
                                                             .running_mean = means,
                                                             .running_variance = variances,
                                                             .eps = static_cast<double>(c.real("epsilon", 1e-5F)),
                                                             .training = training || c.batch_statistics()}))};
  if (!training) return values;
  const Statistics batch = statistics_of(c.input(0));
  const double momentum = static_cast<double>(c.real("momentum", 0.9F));
  values.push_back(moved(c.input(3), batch.mean, momentum));
  values.push_back(moved(c.input(4), batch.variance, momentum));
  return values;
}

/// y = weight[channel or group]·x + bias, where x is batch × channels × ….
Values scaled(network::Tensor<float> x, std::span<const float> weight, std::span<const float> bias) {
  const std::size_t channels = x.shape[1], area = x.size() / (x.shape[0] * channels);
  require(!weight.empty() && weight.size() == bias.size() && channels % weight.size() == 0,
          "has {} weights and {} shifts for {} channels", weight.size(), bias.size(), channels);
  const std::size_t each = channels / weight.size();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t at = i / area % channels / each;
    x.values[i] = weight[at] * x.values[i] + bias[at];
  }
  return {Value(std::move(x))};
}

/// Over groups of channels of one sample; a group a channel is an instance norm.
Values norm_of_groups(const Call& c, std::int64_t groups) {
  network::Tensor<float> x = c.input(0).tensor();
  require(x.shape.size() >= 3, "takes images, got {}", shape_text(x.shape));
  require(groups >= 1 && x.shape[1] % static_cast<std::size_t>(groups) == 0, "has {} groups for {} channels", groups,
          x.shape[1]);
  const std::size_t length = x.size() / x.shape[0] / static_cast<std::size_t>(groups);
  return scaled(standardised(std::move(x), length, c.real("epsilon", 1e-5F)), c.input(1).reals(), c.input(2).reals());
}

Values instance_norm(const Call& c) {
  require(c.input(0).rank() >= 3, "takes images, got {}", shape_text(c.input(0).shape()));
  return norm_of_groups(c, static_cast<std::int64_t>(c.input(0).shape()[1]));
}

/// Along an axis; before opset 13 along all from the axis on.
template <class Map>
Values along_axis(const Call& c, Map map) {
  const Value& x = c.input(0);
  const bool old = c.opset() < 13;
  const std::size_t axis = axis_of(c.whole("axis", old ? 1 : -1), x.rank());
  const std::size_t length = old ? product_of(x.shape(), axis, x.rank()) : x.shape()[axis];
  const std::size_t inner = old ? 1 : product_of(x.shape(), axis + 1, x.rank());
  const auto in = x.reals();
  Buffer<float> out(in.size());
  std::vector<float> line(length);
  for (std::size_t i = 0; i < (length == 0 ? 0 : in.size() / length); ++i) {
    const std::size_t first = i / inner * length * inner + i % inner;
    for (std::size_t j = 0; j < length; ++j) line[j] = in[first + j * inner];
    map(std::span<float>(line));
    for (std::size_t j = 0; j < length; ++j) out[first + j * inner] = line[j];
  }
  return {Value(x.shape(), std::move(out))};
}

void log_softmax(std::span<float> line) {
  const auto largest = static_cast<double>(*std::ranges::max_element(line));
  double sum = 0;
  for (const float x : line) sum += std::exp(static_cast<double>(x) - largest);
  for (float& x : line) x = static_cast<float>(static_cast<double>(x) - largest - std::log(sum));
}

constexpr Operator operators[] = {
    {"LayerNormalization", layer_norm},
    {"BatchNormalization", batch_norm},
    {"InstanceNormalization", instance_norm},
    {"GroupNormalization", [](const Call& c) { return norm_of_groups(c, c.whole("num_groups", 1)); }},
    {"Softmax", [](const Call& c) { return along_axis(c, network::softmax<float>); }},
    {"LogSoftmax", [](const Call& c) { return along_axis(c, log_softmax); }},
};

}  // namespace

std::span<const Operator> normalisation_operators() { return operators; }

}  // namespace sqrtn::graph
