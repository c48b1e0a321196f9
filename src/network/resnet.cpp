#include "sqrtn/network/resnet.hpp"

#include <array>

#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/layers.hpp"

namespace sqrtn::network {
namespace {

struct Plan {
  unsigned depth;
  std::array<std::size_t, 4> blocks;
  bool bottleneck;
};
constexpr Plan plans[] = {{18, {2, 2, 2, 2}, false}, {34, {3, 4, 6, 3}, false}, {50, {3, 4, 6, 3}, true}};

template <class T>
LayerPtr<T> conv(std::size_t c_in, std::size_t c_out, std::size_t kernel, std::size_t stride) {
  auto layer =
      std::make_shared<Conv2d<T>>(c_in, c_out, kernel, Convolution{.stride = stride, .padding = kernel / 2}, false);
  Parameter<T>& weight = layer->parameters()[0];
  weight.law = init::distribution(init::find_rule("he_normal"), weight.fans, {.mode = init::Mode::fan_out});
  return layer;
}

template <class T>
LayerPtr<T> norm(std::size_t channels, double gain = 1) {
  auto layer = std::make_shared<BatchNorm<T>>(2, channels);
  layer->parameters()[0].constant = gain;
  return layer;
}

template <class T>
LayerPtr<T> relu() {
  return std::make_shared<ActivationLayer<T>>(init::find_activation("relu"), true);
}

/// A block from c_in to `width` channels (four times as many after a bottleneck).
template <class T>
LayerPtr<T> block(const Plan& plan, std::size_t c_in, std::size_t width, std::size_t stride, double last_gain) {
  const std::size_t c_out = plan.bottleneck ? 4 * width : width;
  Children<T> shortcut;
  if (stride != 1 || c_in != c_out) {
    const std::vector<LayerPtr<T>> projection{conv<T>(c_in, c_out, 1, stride), norm<T>(c_out)};
    shortcut.push_back({"downsample", std::make_shared<Sequential<T>>(projection)});
  }
  // torchvision keeps one ReLU a block and prints it where it was made, so the other uses have no name.
  const LayerPtr<T> phi = relu<T>();
  if (!plan.bottleneck) {
    return std::make_shared<Residual<T>>("BasicBlock",
                                         Children<T>{{"conv1", conv<T>(c_in, width, 3, stride)},
                                                     {"bn1", norm<T>(width)},
                                                     {"relu", phi},
                                                     {"conv2", conv<T>(width, c_out, 3, 1)},
                                                     {"bn2", norm<T>(c_out, last_gain)}},
                                         std::move(shortcut), Children<T>{{"", phi}});
  }
  return std::make_shared<Residual<T>>("Bottleneck",
                                       Children<T>{{"conv1", conv<T>(c_in, width, 1, 1)},
                                                   {"bn1", norm<T>(width)},
                                                   {"", phi},
                                                   {"conv2", conv<T>(width, width, 3, stride)},
                                                   {"bn2", norm<T>(width)},
                                                   {"", phi},
                                                   {"conv3", conv<T>(width, c_out, 1, 1)},
                                                   {"bn3", norm<T>(c_out, last_gain)}},
                                       std::move(shortcut), Children<T>{{"relu", phi}});
}

}  // namespace

template <class T>
LayerPtr<T> resnet(unsigned depth, const ResnetOptions& options) {
  const Plan* plan = nullptr;
  for (const Plan& each : plans) {
    if (each.depth == depth) plan = &each;
  }
  require(plan != nullptr, "there is no ResNet-{} here; choose 18, 34 or 50", depth);
  require(options.n_classes >= 1, "a ResNet needs at least 1 class, got 0");
  Children<T> layers{{"conv1", conv<T>(3, 64, 7, 2)},
                     {"bn1", norm<T>(64)},
                     {"relu", relu<T>()},
                     {"maxpool", std::make_shared<MaxPool2d<T>>(Window{.kernel = 3, .stride = 2, .padding = 1})}};
  std::size_t channels = 64;
  for (std::size_t stage = 0; stage < 4; ++stage) {
    const std::size_t width = std::size_t{64} << stage;
    std::vector<LayerPtr<T>> blocks;
    for (std::size_t i = 0; i < plan->blocks[stage]; ++i) {
      blocks.push_back(block<T>(*plan, channels, width, stage > 0 && i == 0 ? 2 : 1, options.zero_last_gain ? 0 : 1));
      channels = plan->bottleneck ? 4 * width : width;
    }
    layers.push_back({fmt::format("layer{}", stage + 1), std::make_shared<Sequential<T>>(blocks)});
  }
  layers.push_back({"avgpool", std::make_shared<GlobalAveragePool2d<T>>()});
  layers.push_back({"", std::make_shared<Flatten<T>>()});
  layers.push_back({"fc", std::make_shared<Linear<T>>(channels, options.n_classes)});
  return std::make_shared<Sequential<T>>("ResNet", std::move(layers));
}

template LayerPtr<float> resnet(unsigned, const ResnetOptions&);
template LayerPtr<double> resnet(unsigned, const ResnetOptions&);

}  // namespace sqrtn::network
