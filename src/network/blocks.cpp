#include "sqrtn/network/blocks.hpp"

#include <cmath>

#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/layers.hpp"

namespace sqrtn::network {
namespace {

bool of_images(const BlockOptions& o) { return o.block == Block::conv || o.block == Block::bottleneck; }

/// Appends layers under names of their kind and place: "linear0", "norm1".
template <class T>
class Body {
 public:
  explicit Body(const BlockOptions& options) : options_(options) {}

  template <class L, class... Args>
  void add(const char* kind, Args&&... args) {
    layers.push_back({fmt::format("{}{}", kind, layers.size()), std::make_shared<L>(std::forward<Args>(args)...)});
  }
  void add_norm(std::size_t width) {
    const Shape shape = of_images(options_) ? Shape{width, options_.side, options_.side} : Shape{width};
    if (options_.norm == BlockNorm::batch) add<BatchNorm<T>>("norm", of_images(options_) ? 2u : 1u, width);
    if (options_.norm == BlockNorm::layer) add<LayerNorm<T>>("norm", shape);
    if (options_.norm == BlockNorm::rms) add<RmsNorm<T>>("norm", shape);
  }
  void add_norm_at(NormPlace place, std::size_t width) {
    if (options_.place == place) add_norm(width);
  }
  void add_activation() {
    if (options_.activation == nullptr) {
      add<Softmax<T>>("softmax");
    } else {
      add<ActivationLayer<T>>("activation", *options_.activation);
    }
  }

  Children<T> layers;

 private:
  const BlockOptions& options_;
};

template <class T>
void add_mlp(const BlockOptions& o, Body<T>& body) {
  for (std::size_t i = 0; i + 1 < o.widths.size(); ++i) {
    const bool last = i + 2 == o.widths.size();
    if (o.gated && !last) {
      body.template add<GatedLinear<T>>("gated", o.widths[i], o.widths[i + 1], *o.activation);
    } else {
      body.template add<Linear<T>>("linear", o.widths[i], o.widths[i + 1], false);
    }
    body.add_norm_at(NormPlace::inner, o.widths[i + 1]);
    if (!o.gated && !last) body.add_activation();
  }
}

template <class T>
void add_convolutions(const BlockOptions& o, Body<T>& body) {
  const std::size_t n = o.widths.size() - 1;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t kernel = o.block == Block::bottleneck && i != 1 ? 1 : 3;
    body.template add<Conv2d<T>>("conv", o.widths[i], o.widths[i + 1], Size2d(kernel),
                                 Convolution{.padding = kernel / 2}, false);
    body.add_norm_at(NormPlace::inner, o.widths[i + 1]);
    if (i + 1 < n) body.add_activation();
  }
}

/// One sum: norms about f, and the scales of branch and skip.
template <class T>
LayerPtr<T> sum_of(const BlockOptions& o, bool attention) {
  const std::size_t width = o.widths.front();
  Body<T> body(o), skip(o), after(o);
  body.add_norm_at(NormPlace::pre, width);
  body.add_norm_at(NormPlace::sandwich, width);
  if (attention) {
    body.template add<SelfAttention<T>>("attention", width, o.attention);
    body.add_norm_at(NormPlace::inner, width);
  } else if (of_images(o)) {
    add_convolutions(o, body);
  } else {
    add_mlp(o, body);
  }
  body.add_norm_at(NormPlace::sandwich, o.widths.back());
  if (o.branch_scale != 1) body.template add<Scale<T>>("scale", o.branch_scale);
  if (o.skip_scale != 1) skip.template add<Scale<T>>("scale", o.skip_scale);
  after.add_norm_at(NormPlace::post, o.widths.back());
  if (o.residual) {
    return std::make_shared<Residual<T>>("Sum", std::move(body.layers), std::move(skip.layers),
                                         std::move(after.layers));
  }
  for (Child<T>& child : after.layers) body.layers.push_back({"post_" + child.name, child.layer});
  return std::make_shared<Sequential<T>>("Branch", std::move(body.layers));
}

void check(const BlockOptions& o) {
  require(o.widths.size() >= 2, "a block has at least two widths, its input's and its output's, got {}",
          o.widths.size());
  require(!o.residual || o.widths.front() == o.widths.back(),
          "a residual block's last width must be its first, got {} and {}", o.widths.front(), o.widths.back());
  require(!o.gated || o.activation != nullptr, "a gated layer needs an activation");
  require(static_cast<bool>(o.weights), "a block needs a law of its weights");
  const bool tokens = o.block == Block::attention || o.block == Block::transformer;
  require(!tokens || o.norm != BlockNorm::batch, "batch norm is for rows and images; tokens take layer or rms");
  const std::size_t convolutions = o.block == Block::conv ? 2 : 3;
  require(!of_images(o) || (o.widths.size() == convolutions + 1 && !o.gated && o.activation != nullptr),
          "a block of {} convolutions takes {} widths and a plain activation, got {} widths", convolutions,
          convolutions + 1, o.widths.size());
}

}  // namespace

template <class T>
LayerPtr<T> make_block(const BlockOptions& options) {
  check(options);
  Children<T> sums;
  if (options.block == Block::attention || options.block == Block::transformer) {
    sums.push_back({"attention", sum_of<T>(options, true)});
  }
  if (options.block != Block::attention) sums.push_back({"feed_forward", sum_of<T>(options, false)});
  const auto block = std::make_shared<Sequential<T>>("Block", std::move(sums));
  block->visit_parameters([&](const std::string& path, Parameter<T>& parameter) {
    if (!parameter.multiplies()) return;
    init::Fans fans = parameter.fans;
    const bool of_gate = path.find("gate_proj") != std::string::npos || path.find("up_proj") != std::string::npos;
    if (options.packed_gate && of_gate) fans.fan_out *= 2;
    init::Distribution law = options.weights(fans);
    const bool of_scores = path.find("q_proj") != std::string::npos || path.find("k_proj") != std::string::npos;
    if (!of_scores) law.variance *= options.value_gain * options.value_gain;
    parameter.law = law;
  });
  return block;
}

BlockOptions rezero(BlockOptions options) {
  options.branch_scale = 0;
  return options;
}

BlockOptions deepnet(BlockOptions options, std::size_t depth) {
  options.place = NormPlace::post;
  options.skip_scale = std::pow(2.0 * static_cast<double>(depth), 0.25);
  options.value_gain = std::pow(8.0 * static_cast<double>(depth), -0.25);
  return options;
}

template LayerPtr<float> make_block(const BlockOptions&);
template LayerPtr<double> make_block(const BlockOptions&);

}  // namespace sqrtn::network
