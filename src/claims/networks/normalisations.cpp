#include <cmath>

#include "claims/networks/data.hpp"

namespace sqrtn::claims {
namespace {

using network::BatchNormState;
using network::Tensor;

constexpr double eps = 1e-5, momentum = 0.1;

/// Inputs with a mean of its own for each channel. Small scales make ε count, large ones must not.
struct Case {
  const char* name;
  Shape shape;
  double scale;
};
const Case cases[] = {
    {"1d", {48, 5}, 1},      {"1d, small", {48, 5}, 0.01},       {"two samples", {2, 7}, 1},
    {"2d", {6, 3, 5, 4}, 1}, {"2d, small", {6, 3, 5, 4}, 0.003}, {"2d, large", {6, 3, 5, 4}, 1e4},
};

template <class T>
Tensor<T> input(TestData& data, const Case& row) {
  Tensor<T> x = normals<T>(data, row.shape);
  const std::size_t inner = x.size() / row.shape[0] / row.shape[1];
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double shift = 0.7 * static_cast<double>(i / inner % row.shape[1]);
    x.values[i] = static_cast<T>(row.scale * (static_cast<double>(x.values[i]) + shift));
  }
  return x;
}

/// Gains and shifts that differ by channel, and running statistics, as one object.
template <class T>
struct Norm {
  explicit Norm(std::size_t channels)
      : weight({channels}), bias({channels}), mean({channels}, T(0)), variance({channels}, T(1)) {
    for (std::size_t c = 0; c < channels; ++c) {
      weight.values[c] = static_cast<T>(1.5) - static_cast<T>(c);
      bias.values[c] = static_cast<T>(c) / 2;
    }
  }
  BatchNormState<T> state(bool training, double epsilon = eps) {
    return {weight.values.span(),
            bias.values.span(),
            mean.values.span(),
            variance.values.span(),
            epsilon,
            momentum,
            training};
  }
  Tensor<T> weight, bias, mean, variance;
};

template <class T>
std::string training_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> x = input<T>(data, row);
  Norm<T> norm(row.shape[1]);
  const Tensor<T> y = subject.network_of<T>().batch_norm(x.copy(), norm.state(true));
  for (std::size_t c = 0; c < row.shape[1]; ++c) {
    const double gain = static_cast<double>(norm.weight.values[c]), shift = static_cast<double>(norm.bias.values[c]);
    const std::string reason = strip_fault(x, y, channel_strip(row.shape, c), eps, gain, shift);
    if (!reason.empty()) return fmt::format("channel {}: {}", c, reason);
  }
  return {};
}

/// Two batches. With q² the larger mean square, a batch's variance is within (n + 8)u·q² (see strip_fault)
/// and enters with at most `momentum`; the moves themselves round at most 8 times.
template <class T>
std::string running_fault(const Subject& subject, TestData& data, const Case& row) {
  Norm<T> norm(row.shape[1]);
  const Tensor<T> batches[] = {input<T>(data, row), input<T>(data, row)};
  for (const Tensor<T>& x : batches) subject.network_of<T>().batch_norm(x.copy(), norm.state(true));
  for (std::size_t c = 0; c < row.shape[1]; ++c) {
    const Strip strip = channel_strip(row.shape, c);
    const double n = static_cast<double>(strip.size());
    double mean = 0, variance = 1, square = 1;
    for (const Tensor<T>& x : batches) {
      const StripMoments moments = moments_of(x, strip);
      mean += momentum * (moments.mean - mean);
      variance += momentum * (moments.variance * n / (n - 1) - variance);
      square = std::max(square, moments.mean_square());
    }
    const double u = unit_roundoff<T>;
    const double got_mean = static_cast<double>(norm.mean.values[c]);
    const double got_variance = static_cast<double>(norm.variance.values[c]);
    if (!(std::fabs(got_mean - mean) <= (n + 16) * u * std::sqrt(square))) {
      return fmt::format("channel {}: running mean {}, expected {}", c, got_mean, mean);
    }
    if (!(std::fabs(got_variance - variance) <= (n + 16) * u * square)) {
      return fmt::format("channel {}: running variance {}, expected {}", c, got_variance, variance);
    }
  }
  return {};
}

/// Evaluation: y = γ·(x − m)/√(v + ε) + β of the running statistics within 8u of its terms, which stay as
/// they are; a sample alone gives what it gives in its batch, bit for bit.
template <class T>
std::string evaluation_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> x = input<T>(data, row);
  Norm<T> norm(row.shape[1]);
  for (std::size_t c = 0; c < row.shape[1]; ++c) {
    norm.mean.values[c] = static_cast<T>(0.25 * static_cast<double>(c));
    norm.variance.values[c] = static_cast<T>(0.5 + static_cast<double>(c));
  }
  const Tensor<T> mean = norm.mean.copy(), variance = norm.variance.copy();
  const Tensor<T> y = subject.network_of<T>().batch_norm(x.copy(), norm.state(false));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i / (x.size() / row.shape[0] / row.shape[1]) % row.shape[1];
    const double scale =
        static_cast<double>(norm.weight.values[c]) / std::sqrt(static_cast<double>(variance.values[c]) + eps);
    const double xi = static_cast<double>(x.values[i]), m = static_cast<double>(mean.values[c]);
    const double shift = static_cast<double>(norm.bias.values[c]), expected = scale * (xi - m) + shift;
    const double bound = 8 * unit_roundoff<T> * (std::fabs(scale) * (std::fabs(xi) + std::fabs(m)) + std::fabs(shift));
    if (!(std::fabs(static_cast<double>(y.values[i]) - expected) <= bound)) {
      return fmt::format("entry {} is {}, expected {}", i, y.values[i], expected);
    }
  }
  Shape one = row.shape;
  one[0] = 1;
  Tensor<T> alone(one), expected(one);
  std::copy_n(x.values.data(), alone.size(), alone.values.data());
  std::copy_n(y.values.data(), alone.size(), expected.values.data());
  const std::string reason =
      first_difference(subject.network_of<T>().batch_norm(std::move(alone), norm.state(false)), expected);
  if (!reason.empty()) return "a sample alone: " + reason;
  const std::string moved = first_difference(norm.mean, mean) + first_difference(norm.variance, variance);
  return moved.empty() ? "" : "the running statistics moved: " + moved;
}

/// Without ε, a power of two of the input's scale cancels bit for bit, as no rounding sees it.
template <class T>
std::string scale_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> x = input<T>(data, row);
  Norm<T> norm(row.shape[1]);
  const Tensor<T> y = subject.network_of<T>().batch_norm(x.copy(), norm.state(true, 0));
  for (const double factor : {0x1p-20, 0x1p20}) {
    Tensor<T> scaled = x.copy();
    for (T& v : scaled.values.span()) v *= static_cast<T>(factor);
    const std::string reason =
        first_difference(subject.network_of<T>().batch_norm(std::move(scaled), norm.state(true, 0)), y);
    if (!reason.empty()) return fmt::format("input times {}: {}", factor, reason);
  }
  return {};
}

template <class T>
std::string layer_norm_fault(const Subject& subject, TestData& data, const Case& row) {
  const Tensor<T> x = input<T>(data, row);
  const std::size_t length = x.size() / row.shape[0];
  const Tensor<T> ones({length}, T(1)), zeros({length}, T(0));
  const Tensor<T> plain = subject.network_of<T>().layer_norm(x.copy(), ones.values.span(), zeros.values.span(), eps);
  for (std::size_t r = 0; r < row.shape[0]; ++r) {
    const std::string reason = strip_fault(x, plain, row_strip(r, length), eps);
    if (!reason.empty()) return fmt::format("row {}: {}", r, reason);
  }
  const Tensor<T> gain = normals<T>(data, {length}), shift = normals<T>(data, {length});
  const Tensor<T> y = subject.network_of<T>().layer_norm(x.copy(), gain.values.span(), shift.values.span(), eps);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double scaled = static_cast<double>(gain.values[i % length]) * static_cast<double>(plain.values[i]);
    const double b = static_cast<double>(shift.values[i % length]);
    // Both outputs are rounded, and the product and the sum between them.
    const double bound = 6 * unit_roundoff<T> * (std::fabs(scaled) + std::fabs(b));
    if (!(std::fabs(static_cast<double>(y.values[i]) - scaled - b) <= bound)) {
      return fmt::format("entry {} is {}, expected {} from gain and shift", i, y.values[i], scaled + b);
    }
  }
  return {};
}

constexpr std::size_t chain_depth = 50, chain_width = 24, chain_batch = 16;

/// Linear layers and norms in turn, ε = 0, weights 2^k·N(0, 1/width): each channel has mean 0 and variance 1
/// after each norm, and the last output is the same bit for bit at every k.
template <class T>
std::string chain_fault(const Subject& subject, const random::Stream& stream, double factor, Tensor<T>& x) {
  const Tensor<T> ones({chain_width}, T(1)), zeros({chain_width}, T(0));
  for (std::size_t l = 0; l < chain_depth; ++l) {
    Tensor<T> weight({chain_width, chain_width}), mean = zeros.copy(), variance = ones.copy();
    subject.of<T>().normal(stream.skip(l * weight.size()), weight.values.span(), T(0),
                           static_cast<T>(1 / std::sqrt(static_cast<double>(chain_width))));
    for (T& w : weight.values.span()) w *= static_cast<T>(factor);
    const Tensor<T> y = subject.network_of<T>().linear(subject.products, x, weight, {});
    x = subject.network_of<T>().batch_norm(y.copy(), {ones.values.span(), zeros.values.span(), mean.values.span(),
                                                      variance.values.span(), 0, momentum, true});
    for (std::size_t c = 0; c < chain_width; ++c) {
      const std::string reason = strip_fault(y, x, channel_strip(y.shape, c), 0);
      if (!reason.empty()) return fmt::format("weights times {}, layer {}, channel {}: {}", factor, l, c, reason);
    }
  }
  return {};
}

template <class T>
Claim chain_claim() {
  Claim claim = exact_claim(fmt::format("network/batch_norm/{}/chain", dtype_name<T>()),
                            "50 layers with norms hold mean 0 and variance 1 at any initial scale", "laws.md §8");
  claim.uses_blas = true;
  claim.check = [id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    const random::Stream stream{random::Engine::ars, settings.seed, ~random::stream_of(id)};
    const Tensor<T> start = normals<T>(data, {chain_batch, chain_width});
    Tensor<T> first;
    for (const double factor : {1.0, 0x1p-20, 0x1p20}) {
      Tensor<T> x = start.copy();
      std::string reason = chain_fault(subject, stream, factor, x);
      if (factor == 1) first = x.copy();
      if (reason.empty()) reason = first_difference(x, first);
      if (!reason.empty()) return failure(reason);
    }
    return exact_outcome({}, 3 * chain_depth * chain_width);
  };
  return claim;
}

template <class T>
void add_claims(std::vector<Claim>& claims) {
  const auto add = [&](const char* norm, const char* what, const char* statement, auto fault) {
    claims.push_back(
        for_all(fmt::format("{}/{}/{}", norm, dtype_name<T>(), what), statement, "laws.md §8", cases, fault));
  };
  add("batch_norm", "training", "a channel's mean is β and its variance γ²v/(v + ε), v biased", training_fault<T>);
  add("batch_norm", "running", "running ← 0.9·running + 0.1·(mean, unbiased variance)", running_fault<T>);
  add("batch_norm", "evaluation", "y = γ(x − m)/√(v + ε) + β of the running statistics", evaluation_fault<T>);
  add("batch_norm", "scale", "with ε = 0, y(2ᵏx) = y(x) bit for bit", scale_fault<T>);
  claims.push_back(chain_claim<T>());
  add("layer_norm", "rows", "a row's mean is 0 and its variance v/(v + ε); then γ and β", layer_norm_fault<T>);
}

}  // namespace

std::vector<Claim> normalisation_claims(const Settings&) {
  std::vector<Claim> claims;
  add_claims<float>(claims);
  add_claims<double>(claims);
  return claims;
}

}  // namespace sqrtn::claims
