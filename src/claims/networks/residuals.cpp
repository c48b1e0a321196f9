#include <cmath>

#include "claims/networks/data.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::claims {
namespace {

using network::LayerPtr;
using network::Tensor;

constexpr double growth_effect = 0.02;
constexpr std::size_t width = 32, depth = 10;

double norm_squared(const auto& x) {
  double sum = 0;
  for (const auto v : x.values.span()) sum += static_cast<double>(v) * static_cast<double>(v);
  return sum;
}

/// One chain of `depth` blocks x + W x, W fresh: Σ over blocks of n·((‖x + Wx‖² + ‖x − Wx‖²)/2‖x‖² − 1).
template <class T>
double growth_pivot(const Subject& subject, const random::Stream& stream, std::size_t replicate, Tensor<T> x) {
  const auto linear = std::make_shared<network::Linear<T>>(width, width, false);
  const std::span<T> weight = linear->parameters()[0].value.values.span();
  const LayerPtr<T> block = subject.network_of<T>().residual(linear);
  double sum = 0;
  for (std::size_t l = 0; l < depth; ++l) {
    subject.of<T>().normal(stream.skip((replicate * depth + l) * weight.size()), weight, T(0),
                           static_cast<T>(1 / std::sqrt(static_cast<double>(width))));
    Tensor<T> plus = block->forward(subject.products, x.copy());
    for (T& w : weight) w = -w;
    const Tensor<T> minus = block->forward(subject.products, x.copy());
    sum += static_cast<double>(width) * ((norm_squared(plus) + norm_squared(minus)) / (2 * norm_squared(x)) - 1);
    x = std::move(plus);
  }
  return sum;
}

/// ‖x + Wx‖² alone has the cross term 2x·Wx. The block with −W has the same with the other sign and is as
/// likely, so the mean of both is ‖x‖² + ‖Wx‖²: twice ‖x‖² in expectation, with an exact χ² law, given x,
/// and independent from block to block.
template <class T>
Claim growth_claim(const Settings& settings) {
  const double effect = growth_effect * settings.effect_scale;
  Claim claim = statistical_claim(fmt::format("network/residual/{}/growth", dtype_name<T>()),
                                  "n(½(‖x+Wx‖² + ‖x−Wx‖²)/‖x‖² − 1) ~ χ²(n): the mean square doubles a block",
                                  "laws.md §8", "ars", effect);
  claim.uses_blas = true;
  constexpr std::size_t dof = width * depth;
  const std::size_t n_replicates = (statistics::degrees_of_freedom_for_chi_squared(effect) + dof - 1) / dof;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    const Tensor<T> x = normals<T>(data, {1, width});
    const random::Stream stream{random::Engine::ars, settings.seed, ~random::stream_of(id)};
    const auto one = [&](std::size_t r) { return growth_pivot<T>(subject, stream, r, x.copy()); };
    const double sum = *parallel_reduce(n_replicates, settings.threads, one, [](double& a, double b) { a += b; });
    // Blocks that shrink give less than 0, which no χ² does: as far from the law as 0.
    return judge(statistics::chi_squared_test(std::max(sum, 0.0), static_cast<double>(n_replicates * dof), rates.alpha),
                 1);
  };
  return claim;
}

/// A block of a ResNet whose last gain is 0 is the identity on what a ReLU gave, whatever its other
/// parameters: they are drawn anew. (A gain of 0 on an earlier norm also gives the identity as long as the
/// shifts are 0, so new networks alone do not tell.)
template <class T>
Claim zero_gain_claim(unsigned resnet_depth, const char* last_norm, std::size_t channels) {
  Claim claim = exact_claim(fmt::format("network/resnet{}/{}/zero_gain", resnet_depth, dtype_name<T>()),
                            "with gain 0 on the last norm a block is the identity, bit for bit", "laws.md §8");
  claim.uses_blas = true;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    const LayerPtr<T> net = subject.network_of<T>().resnet(resnet_depth, {.zero_last_gain = true});
    network::Layer<T>& block = net->find("layer1.1");
    block.initialise({random::Engine::ars, settings.seed, random::stream_of(id)});
    block.visit_parameters([&](const std::string& path, network::Parameter<T>& parameter) {
      if (!path.starts_with(last_norm)) data.fill(parameter.value.values.span(), Inputs::normal);
    });
    for (const bool training : {true, false}) {
      block.set_training(training);
      Tensor<T> x = normals<T>(data, {2, channels, 5, 6});
      for (T& v : x.values.span()) v = std::max(v, T(0));
      const std::string reason = first_difference(block.forward(subject.products, x.copy()), x);
      if (!reason.empty()) return failure(reason);
    }
    return exact_outcome({}, 2 * 2 * channels * 30);
  };
  return claim;
}

}  // namespace

std::vector<Claim> residual_claims(const Settings& settings) {
  return {growth_claim<float>(settings), growth_claim<double>(settings), zero_gain_claim<float>(18, "bn2", 64),
          zero_gain_claim<double>(18, "bn2", 64), zero_gain_claim<float>(50, "bn3", 256)};
}

}  // namespace sqrtn::claims
