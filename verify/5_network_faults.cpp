#include <cmath>

#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/linear.hpp"
#include "sqrtn/network/pooling.hpp"
#include "verify.hpp"

/// The claims about networks, each seen to fail on the fault that it is for.
namespace sqrtn::verify {
namespace {

using claims::Subject;
using network::BatchNormState;
using network::Convolution;
using network::LayerPtr;
using network::Size2d;
using network::Tensor;
using network::Window;
using Vector = std::span<const float>;

/// The honest subject with its float operations changed by `plant`.
template <class Plant>
Subject with_fault(Plant plant) {
  Subject faulty = subject();
  plant(faulty.network_f32);
  return faulty;
}

/// A convolution whose arguments go through `change` first.
using ConvolutionFault = std::function<void(Tensor<float>& x, Tensor<float>& weight, Convolution&)>;
Subject with_conv2d(const ConvolutionFault& change) {
  return with_fault([&](auto& parts) {
    parts.conv2d = [change](const blas::Functions& blas, const Tensor<float>& x, const Tensor<float>& weight,
                            Vector bias, const Convolution& how) {
      Tensor<float> input = x.copy(), kernel = weight.copy();
      Convolution changed = how;
      change(input, kernel, changed);
      return network::conv2d(blas, input, kernel, bias, changed);
    };
  });
}

void flip_kernels(Tensor<float>& weight) {
  const std::size_t area = weight.shape[2] * weight.shape[3];
  float* taps = weight.values.data();
  for (std::size_t i = 0; i < weight.size(); i += area) std::reverse(taps + i, taps + i + area);
}

TEST(NetworkFaults, GroupsIgnored) {
  const Subject faulty = with_conv2d([](Tensor<float>& x, Tensor<float>&, Convolution& how) {
    const std::size_t sample = x.size() / x.shape[0], slice = sample / how.groups;  // all see the first group's
    for (std::size_t i = 0; i < x.size(); ++i) x.values[i] = x.values[i / sample * sample + i % slice];
  });
  EXPECT_TRUE(caught("network/conv2d/f32/exact", faulty));
  EXPECT_TRUE(caught("network/conv2d/f32/adjoint", faulty));
}

TEST(NetworkFaults, PaddingIgnored) {
  const Subject none = with_conv2d([](Tensor<float>&, Tensor<float>&, Convolution& how) { how.padding = 0; });
  EXPECT_TRUE(caught("network/conv2d/f32/padding_factor", none));
  const Subject swapped = with_conv2d(
      [](Tensor<float>&, Tensor<float>&, Convolution& how) { std::swap(how.padding.height, how.padding.width); });
  EXPECT_TRUE(caught("network/conv2d/f32/exact", swapped));
}

/// A border that repeats the image's last pixels instead of zeros: all sizes are right.
TEST(NetworkFaults, PaddingRepeatsTheImage) {
  const Subject faulty = with_conv2d([](Tensor<float>& x, Tensor<float>&, Convolution& how) {
    const Size2d pad = how.padding;
    const Shape shape{x.shape[0], x.shape[1], x.shape[2] + 2 * pad.height, x.shape[3] + 2 * pad.width};
    Tensor<float> framed(shape);
    for (std::size_t i = 0; i < framed.size(); ++i) {
      const std::size_t image = i / (shape[2] * shape[3]), row = i / shape[3] % shape[2], column = i % shape[3];
      const std::size_t r = std::clamp(row, pad.height, pad.height + x.shape[2] - 1) - pad.height;
      const std::size_t c = std::clamp(column, pad.width, pad.width + x.shape[3] - 1) - pad.width;
      framed.values[i] = x.values[(image * x.shape[2] + r) * x.shape[3] + c];
    }
    x = std::move(framed);
    how.padding = 0;
  });
  EXPECT_TRUE(caught("network/conv2d/f32/exact", faulty));
  EXPECT_TRUE(caught("network/conv2d/f32/padding_factor", faulty));
  EXPECT_TRUE(caught("network/conv2d/f32/forward", faulty));
}

TEST(NetworkFaults, KernelFlipped) {
  const Subject forward = with_conv2d([](Tensor<float>&, Tensor<float>& w, Convolution&) { flip_kernels(w); });
  EXPECT_TRUE(caught("network/conv2d/f32/exact", forward));
  const Subject backward = with_fault([](auto& parts) {
    parts.conv2d_input_gradient = [](const blas::Functions& blas, const Tensor<float>& g, const Tensor<float>& weight,
                                     Size2d image, const Convolution& how) {
      Tensor<float> flipped = weight.copy();
      flip_kernels(flipped);
      return network::conv2d_input_gradient(blas, g, flipped, image, how);
    };
  });
  EXPECT_TRUE(caught("network/conv2d/f32/adjoint", backward));
}

TEST(NetworkFaults, StrideSwappedBetweenTheAxes) {
  const Subject faulty = with_conv2d(
      [](Tensor<float>&, Tensor<float>&, Convolution& how) { std::swap(how.stride.height, how.stride.width); });
  EXPECT_TRUE(caught("network/conv2d/f32/exact", faulty));
}

TEST(NetworkFaults, BiasForgotten) {
  const Subject faulty = with_fault([](auto& parts) {
    parts.conv2d = [](const blas::Functions& blas, const Tensor<float>& x, const Tensor<float>& weight, Vector,
                      const Convolution& how) { return network::conv2d(blas, x, weight, {}, how); };
    parts.linear = [](const blas::Functions& blas, const Tensor<float>& x, const Tensor<float>& weight, Vector) {
      return network::linear(blas, x, weight);
    };
  });
  EXPECT_TRUE(caught("network/conv2d/f32/exact", faulty));
  EXPECT_TRUE(caught("network/linear/f32/exact", faulty));
}

/// The weight's memory taken for Wᵀ, so that every shape is right.
TEST(NetworkFaults, BackwardWithoutTransposition) {
  const Subject faulty = with_fault([](auto& parts) {
    parts.linear_input_gradient = [](const blas::Functions& blas, const Tensor<float>& g, const Tensor<float>& weight) {
      Tensor<float> taken = weight.copy();
      std::swap(taken.shape[0], taken.shape[1]);
      return network::linear(blas, g, taken);
    };
    parts.conv2d_input_gradient = [](const blas::Functions& blas, const Tensor<float>& g, const Tensor<float>& weight,
                                     Size2d image, const Convolution& how) {
      Tensor<float> taken(weight.shape);
      const std::size_t rows = weight.shape[0], cols = weight.size() / rows;
      for (std::size_t i = 0; i < weight.size(); ++i) taken.values[i] = weight.values[i % cols * rows + i / cols];
      return network::conv2d_input_gradient(blas, g, taken, image, how);
    };
  });
  EXPECT_TRUE(caught("network/linear/f32/adjoint", faulty));
  EXPECT_TRUE(caught("network/conv2d/f32/adjoint", faulty));
}

/// Weights that are drawn, and so what comes through them, with their variance times 1 + `change`.
Subject with_variance_of_weights(double change) {
  Subject faulty = subject();
  faulty.f32.normal = [=](const random::Stream& stream, std::span<float> out, float mean, float stddev) {
    subject().f32.normal(stream, out, mean, stddev * static_cast<float>(std::sqrt(1 + change)));
  };
  return faulty;
}

TEST(NetworkFaults, VarianceOffByTheEffect) {
  for (const double sign : {-1.0, 1.0}) {
    const auto plant = [sign](double effect) { return with_variance_of_weights(sign * effect); };
    EXPECT_TRUE(caught("network/conv2d/f32/forward", plant)) << sign;
    EXPECT_TRUE(caught("network/conv2d/f32/backward", plant)) << sign;
    EXPECT_TRUE(caught("network/residual/f32/growth", plant)) << sign;
  }
}

/// A batch norm of few lines, with everything that people get wrong in it as a setting.
struct NormFault {
  bool unbiased_output = false, biased_running = false, momentum_swapped = false;
  bool reads_running = false, batch_in_evaluation = false, gain_forgotten = false;
  double eps_factor = 1, eps_outside = 0;
};
Tensor<float> faulty_norm(const NormFault& fault, Tensor<float> x, const BatchNormState<float>& state) {
  const std::size_t channels = x.shape[1], inner = x.size() / x.shape[0] / channels;
  const double n = static_cast<double>(x.shape[0] * inner);
  for (std::size_t c = 0; c < channels; ++c) {
    double mean = 0, variance = 0;
    const auto each = [&](auto visit) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (i / inner % channels == c) visit(x.values[i]);
      }
    };
    each([&](float v) { mean += static_cast<double>(v) / n; });
    each([&](float v) { variance += std::pow(static_cast<double>(v) - mean, 2) / n; });
    if (state.training) {
      const double momentum = fault.momentum_swapped ? 1 - state.momentum : state.momentum;
      const double moved = fault.biased_running ? variance : variance * n / (n - 1);
      state.running_mean[c] += static_cast<float>(momentum * (mean - static_cast<double>(state.running_mean[c])));
      float& running = state.running_variance[c];
      running += static_cast<float>(momentum * (moved - static_cast<double>(running)));
    }
    if (state.training ? fault.reads_running : !fault.batch_in_evaluation) {
      mean = static_cast<double>(state.running_mean[c]);
      variance = static_cast<double>(state.running_variance[c]);
    }
    if (fault.unbiased_output && state.training) variance *= n / (n - 1);
    const double deviation = std::sqrt(variance + fault.eps_factor * state.eps) + fault.eps_outside * state.eps;
    const double gain = fault.gain_forgotten ? 1 : static_cast<double>(state.weight[c]);
    each([&](float& v) {
      v = static_cast<float>((static_cast<double>(v) - mean) / deviation * gain + static_cast<double>(state.bias[c]));
    });
  }
  return x;
}

Subject with_norm(const NormFault& fault) {
  return with_fault([=](auto& parts) {
    parts.batch_norm = [=](Tensor<float> x, const BatchNormState<float>& state) {
      return faulty_norm(fault, std::move(x), state);
    };
  });
}

TEST(NetworkFaults, BatchNorm) {
  for (const char* what : {"training", "running", "evaluation", "scale", "chain"}) {
    const claims::Claim claim = claim_of(fmt::format("network/batch_norm/f32/{}", what));
    const claims::Result result = claims::run(claim, with_norm({}), settings());
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::pass) << "without a fault: " << claims::describe(result);
  }
  EXPECT_TRUE(caught("network/batch_norm/f32/training", with_norm({.unbiased_output = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/chain", with_norm({.unbiased_output = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/training", with_norm({.eps_factor = 0})));
  EXPECT_TRUE(caught("network/batch_norm/f32/training", with_norm({.eps_factor = 0, .eps_outside = 1})));
  EXPECT_TRUE(caught("network/batch_norm/f32/training", with_norm({.gain_forgotten = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/running", with_norm({.biased_running = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/running", with_norm({.momentum_swapped = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/training", with_norm({.reads_running = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/scale", with_norm({.reads_running = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/evaluation", with_norm({.batch_in_evaluation = true})));
  EXPECT_TRUE(caught("network/batch_norm/f32/evaluation", with_norm({.eps_factor = 0})));
}

}  // namespace
}  // namespace sqrtn::verify
