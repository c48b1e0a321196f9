#include "sqrtn/init/fan.hpp"

#include <utility>

#include "sqrtn/support/require.hpp"
#include "support/words.hpp"

namespace sqrtn::init {
namespace {

constexpr std::string_view layer_words[] = {"linear", "conv", "transposed_conv"};

}  // namespace

Fans fans(Layer layer, const Shape& weight, std::size_t groups) {
  const std::size_t count = element_count(weight);
  // Text only where it is shown: fans are counted with every draw.
  const auto shape = [&] { return fmt::join(weight, "x"); };
  if (layer == Layer::linear) {
    require(weight.size() == 2,
            "a linear weight has 2 axes, fan_out x fan_in, but {} has {}; flatten it, or name the layer", shape(),
            weight.size());
  } else {
    require(weight.size() >= 3, "a {} weight has at least 3 axes, two of channels and the kernel's, but {} has {}",
            to_string(layer), shape(), weight.size());
  }
  require(groups >= 1 && weight[0] % groups == 0, "groups must be at least 1 and divide the first axis of {}, got {}",
          shape(), groups);
  Fans fans{.fan_in = count / weight[0], .fan_out = count / weight[1] / groups};
  if (layer == Layer::transposed_conv) std::swap(fans.fan_in, fans.fan_out);
  return fans;
}

Layer default_layer(const Shape& weight) {
  require(weight.size() >= 2, "fans need a weight of at least 2 axes, fan_out x fan_in, but {} has {}",
          weight.empty() ? "a scalar" : sqrtn::to_string(weight), weight.size());
  return weight.size() == 2 ? Layer::linear : Layer::conv;
}

std::string_view to_string(Layer layer) { return word_of(layer, layer_words); }

Layer parse_layer(std::string_view name) { return parse_word<Layer>("layer", name, layer_words); }

}  // namespace sqrtn::init
