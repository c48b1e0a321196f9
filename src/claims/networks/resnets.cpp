#include <cmath>

#include "claims/networks/data.hpp"
#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/elementwise.hpp"
#include "sqrtn/network/layers.hpp"

/// ResNets at initialisation, in training mode, and LSUV.
namespace sqrtn::claims {
namespace {

using network::Layer;
using network::LayerPtr;
using network::Tensor;

struct Depth {
  unsigned depth;
  std::size_t parameters;  ///< published, at 1,000 classes
  const char* last;        ///< number of the last convolution and norm of a block
};
constexpr Depth depths[] = {{18, 11'689'512, "2"}, {34, 21'797'672, "2"}, {50, 25'557'032, "3"}};

Claim parameters_claim(const Depth& row) {
  Claim claim = exact_claim(fmt::format("network/resnet{}/parameters", row.depth),
                            fmt::format("{} parameters at 1,000 classes", row.parameters), "laws.md §8");
  claim.check = [=](const Subject& subject, const Settings&) {
    const std::size_t count = subject.network_f32.resnet(row.depth, {})->parameter_count();
    Outcome outcome = exact_outcome(count == row.parameters ? "" : fmt::format("{} parameters", count), count);
    outcome.observed = static_cast<double>(count);
    outcome.expected = static_cast<double>(row.parameters);
    return outcome;
  };
  return claim;
}

using Net = Layer<float>;
using Image = Tensor<float>;
constexpr double eps = 1e-5;

/// Mean over all entries after a norm with gain 1: the mean over channels of v/(v + ε) of what it takes, and
/// the bound of that (see strip_fault; the entries' own rounding is in it).
struct Prediction {
  double square = 0, bound = 0;
};
Prediction after_norm(const Image& x) {
  Prediction prediction;
  const double channels = static_cast<double>(x.shape[1]), u = unit_roundoff<float>;
  for (std::size_t c = 0; c < x.shape[1]; ++c) {
    const Strip strip = channel_strip(x.shape, c);
    const StripMoments in = moments_of(x, strip);
    const double bound = (2 * static_cast<double>(strip.size()) + 16) * u * in.mean_square() / (in.variance + eps);
    prediction.square += in.variance / (in.variance + eps) / channels;
    prediction.bound += bound / channels;
  }
  return prediction;
}

double mean_square(const Image& x) {
  double sum = 0;
  for (const float v : x.values.span()) sum += static_cast<double>(v) * static_cast<double>(v);
  return sum / static_cast<double>(x.size());
}

/// Turns the sign of a convolution's weight, and of what the norm behind it gives, bit for bit.
void flip(Net& convolution) {
  for (float& w : convolution.parameters()[0].value.values.span()) w = -w;
}

/// Runs a block, and says what its norm behind `convolution` (nullptr: none) should give.
double run(const Subject& subject, Net& block, const Image& x, const Net* convolution, Prediction& norm) {
  const Image y = block.forward(subject.products, x.copy(), [&](Net& layer, Image& output) {
    if (&layer == convolution) norm = after_norm(output);
  });
  return mean_square(y);
}

/// The mean square that a block gives to x, averaged over the signs of its last convolution and of its
/// shortcut's, which are equally likely: with s the shortcut and f the branch,
///   Σ± max(0, ±s ± f)²/4 = (s² + f²)/2, so a block with a norm in the shortcut starts its stage at 1 − ε effects;
///   Σ± max(0, x ± f)²/2 lies between (x² + f²)/2 and x² + f² for x ≥ 0: a plain block adds at most 1.
std::string block_fault(const Subject& subject, Net& block, const Image& x, const std::string& last) {
  Net& branch = block.find("conv" + last);
  const bool projected = block.children().back().name == "downsample";
  Net* shortcut = projected ? &block.find("downsample.0") : nullptr;
  Prediction f, s{.square = mean_square(x)};
  double average = 0;
  const int n_signs = projected ? 4 : 2;
  for (int sign = 0; sign < n_signs; ++sign) {
    average += run(subject, block, x, &branch, f) / n_signs;
    flip(branch);
    if (projected && sign % 2 == 1) flip(*shortcut);
  }
  if (projected) run(subject, block, x, shortcut, s);
  // Rounding of the sum of branch and shortcut: 4u of a square.
  const double high = f.square + s.square, bound = f.bound + s.bound + 4 * unit_roundoff<float> * high;
  const bool within =
      projected ? std::fabs(average - high / 2) <= bound : average >= high / 2 - bound && average <= high + bound;
  if (within) return {};
  return fmt::format("mean square {} over all signs, expected {} {}", average,
                     projected ? "half of" : "between this and half of it:", high);
}

/// What is wrong in the first block that is; n_blocks counts those that were looked at.
std::string stage_fault(const Subject& subject, Net& net, Image x, const std::string& last, std::size_t& n_blocks) {
  for (const network::Child<float>& child : net.children()) {
    if (child.name == "avgpool") return {};
    if (!child.name.starts_with("layer")) {
      x = child.layer->forward(subject.products, std::move(x));
      continue;
    }
    for (const network::Child<float>& block : child.layer->children()) {
      ++n_blocks;
      const std::string reason = block_fault(subject, *block.layer, x, last);
      if (!reason.empty()) return fmt::format("{}.{}: {}", child.name, block.name, reason);
      x = block.layer->forward(subject.products, std::move(x));
    }
  }
  return "there is no child named avgpool";
}

Claim stages_claim(const Depth& row) {
  Claim claim = exact_claim(
      fmt::format("network/resnet{}/stages", row.depth),
      "over the signs of the last convolutions, a stage starts at mean square 1 and each block adds at most 1",
      "laws.md §8");
  claim.uses_blas = true;
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    const LayerPtr<float> net = subject.network_f32.resnet(row.depth, {.n_classes = 10});
    net->initialise({random::Engine::ars, settings.seed, random::stream_of(id)}, settings.threads);
    std::size_t n_blocks = 0;
    const std::string fault = stage_fault(subject, *net, normals<float>(data, {2, 3, 64, 64}), row.last, n_blocks);
    return exact_outcome(fault, n_blocks);
  };
  return claim;
}

/// The tolerance is LSUV's own; beyond it only the rounding of a variance over n entries, nu·q².
template <class T>
Outcome lsuv_outcome(const Subject& subject, TestData& data, const random::Stream& stream) {
  const auto relu = std::make_shared<network::ActivationLayer<T>>(init::find_activation("relu"));
  network::Sequential<T> net(
      {std::make_shared<network::Conv2d<T>>(3, 8, 3, network::Convolution{.padding = 1}), relu,
       std::make_shared<network::Conv2d<T>>(8, 6, network::Size2d(3, 2)), relu, std::make_shared<network::Flatten<T>>(),
       std::make_shared<network::Linear<T>>(6 * 4 * 6, 20), std::make_shared<network::Linear<T>>(20, 5)});
  net.initialise(stream);
  const Tensor<T> batch = normals<T>(data, {16, 3, 6, 7});
  const network::LsuvOptions options;
  if (!subject.network_of<T>().lsuv(net, subject.products, batch, options)) return failure("no end within max_sweeps");
  std::string reason;
  std::size_t n_layers = 0;
  net.forward(subject.products, batch.copy(), [&](Layer<T>& layer, Tensor<T>& y) {
    if (layer.parameters().empty()) return;
    ++n_layers;
    const StripMoments moments = moments_of(y, row_strip(0, y.size()));
    const double bound = options.tolerance + static_cast<double>(y.size()) * unit_roundoff<T> * moments.mean_square();
    if (!(std::fabs(moments.variance - 1) <= bound)) {
      reason += fmt::format("{} gives variance {}; ", layer.describe(), moments.variance);
    }
  });
  return exact_outcome(reason, n_layers);
}

template <class T>
Claim lsuv_claim() {
  Claim claim = exact_claim(fmt::format("network/lsuv/{}/unit_variance", dtype_name<T>()),
                            "every linear and convolution layer gives variance 1 on the batch, within the tolerance",
                            "Mishkin and Matas 2016, algorithm 1");
  claim.uses_blas = true;
  claim.check = [id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    return lsuv_outcome<T>(subject, data, {random::Engine::ars, settings.seed, ~random::stream_of(id)});
  };
  return claim;
}

}  // namespace

std::vector<Claim> resnet_claims(const Settings&) {
  std::vector<Claim> claims;
  for (const Depth& row : depths) {
    claims.push_back(parameters_claim(row));
    claims.push_back(stages_claim(row));
  }
  claims.push_back(lsuv_claim<float>());
  claims.push_back(lsuv_claim<double>());
  return claims;
}

}  // namespace sqrtn::claims
