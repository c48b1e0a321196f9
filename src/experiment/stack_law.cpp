#include "experiment/stack_law.hpp"

#include <cmath>

#include "sqrtn/laws/activation.hpp"

namespace sqrtn::experiment {
namespace {

using network::BlockNorm;
using network::NormPlace;

constexpr double epsilon = 1e-5;

/// A mean square on its way there, and the factor of a gradient's square on its way back.
struct Flow {
  double square, chi;

  void normalise() {
    chi /= square + epsilon;
    square /= square + epsilon;
  }
};

bool normed_at(const network::BlockOptions& o, NormPlace place) {
  return o.norm != BlockNorm::none && o.place == place;
}

void pass_product(const network::BlockOptions& o, std::size_t i, Flow& flow) {
  const init::Fans fans{o.widths[i], o.widths[i + 1]};
  const double variance = o.weights(fans).variance * o.value_gain * o.value_gain;
  flow.square *= static_cast<double>(fans.fan_in) * variance;
  flow.chi *= static_cast<double>(fans.fan_out) * variance;
}

void pass_activation(const network::BlockOptions& o, Flow& flow) {
  const double value = laws::variance_map(*o.activation, 1, flow.square);
  const double slope = laws::slope(*o.activation, 1, flow.square);
  flow.chi *= o.gated ? value + flow.square * slope : slope;
  flow.square = o.gated ? value * flow.square : value;
}

Flow branch(const network::BlockOptions& o, Flow flow) {
  const std::size_t products = o.widths.size() - 1;
  for (std::size_t i = 0; i < products; ++i) {
    const bool last = i + 1 == products;
    pass_product(o, i, flow);
    // A gated layer's norm stands behind its gate.
    if (o.gated && !last) pass_activation(o, flow);
    if (normed_at(o, NormPlace::inner)) flow.normalise();
    if (!o.gated && !last) pass_activation(o, flow);
  }
  return flow;
}

/// One block: q to q', and the factor of a gradient's square.
Flow block(const network::BlockOptions& o, double q) {
  Flow inside{q, 1};
  if (normed_at(o, NormPlace::pre) || normed_at(o, NormPlace::sandwich)) inside.normalise();
  inside = branch(o, inside);
  if (normed_at(o, NormPlace::sandwich)) inside.normalise();
  const double skip = o.residual ? o.skip_scale * o.skip_scale : 0, scale = o.branch_scale * o.branch_scale;
  Flow sum{skip * q + scale * inside.square, skip + scale * inside.chi};
  if (normed_at(o, NormPlace::post)) sum.normalise();
  return sum;
}

}  // namespace

std::optional<StackLaw> stack_law(const Stack& stack) {
  const network::BlockOptions& o = stack.block;
  if (o.block != network::Block::mlp || o.norm == BlockNorm::batch || o.activation == nullptr) return std::nullopt;
  StackLaw law;
  std::vector<double> log_chi;
  double q = stack.embedding * stack.embedding;
  law.log_rms.push_back(std::log(q) / 2);
  for (std::size_t b = 0; b < stack.depth; ++b) {
    const Flow next = block(o, q);
    q = next.square;
    // Beyond double's range nothing is said.
    if (!(std::isfinite(q) && q > 0 && std::isfinite(next.chi))) return std::nullopt;
    law.log_rms.push_back(std::log(q) / 2);
    log_chi.push_back(std::log(next.chi) / 2);
  }
  law.log_gradient.assign(stack.depth + 1, 0);
  for (std::size_t b = stack.depth; b-- > 0;) law.log_gradient[b] = law.log_gradient[b + 1] + log_chi[b];
  return law;
}

}  // namespace sqrtn::experiment
