#include "experiment/stack_law.hpp"

#include <cmath>

#include "experiment/block_maps.hpp"

namespace sqrtn::experiment {
namespace {

using network::Block;
using network::BlockNorm;
using network::NormPlace;

bool normed_at(const network::BlockOptions& o, NormPlace place) {
  return o.norm != BlockNorm::none && o.place == place;
}

bool of_images(const network::BlockOptions& o) { return o.block == Block::conv || o.block == Block::bottleneck; }

void pass_products(const network::BlockOptions& o, const BlockMaps& maps, SecondMoments& x, WayBack& way) {
  const std::size_t products = o.widths.size() - 1;
  for (std::size_t i = 0; i < products; ++i) {
    const bool last = i + 1 == products;
    const std::size_t kernel = of_images(o) && !(o.block == Block::bottleneck && i != 1) ? 3 : 1;
    maps.pass_product(o.widths[i], o.widths[i + 1], kernel, o.gated && !last, x, way);
    // A gated layer's norm stands behind its gate.
    if (o.gated && !last) maps.pass_activation(o.widths[i + 1], x, way);
    if (normed_at(o, NormPlace::inner)) maps.pass_norm(x, way);
    if (!o.gated && !last) maps.pass_activation(o.widths[i + 1], x, way);
  }
}

/// a·x + s·f(x) with its norms.
void pass_sum(const network::BlockOptions& o, const BlockMaps& maps, bool attention, SecondMoments& x, WayBack& way) {
  SecondMoments f = x;
  WayBack inside;
  if (normed_at(o, NormPlace::pre) || normed_at(o, NormPlace::sandwich)) maps.pass_norm(f, inside);
  if (attention) {
    maps.pass_attention(f, inside);
    if (normed_at(o, NormPlace::inner)) maps.pass_norm(f, inside);
  } else {
    pass_products(o, maps, f, inside);
  }
  if (normed_at(o, NormPlace::sandwich)) maps.pass_norm(f, inside);
  const double skip = o.residual ? o.skip_scale * o.skip_scale : 0, branch = o.branch_scale * o.branch_scale;
  const auto add = [skip, branch](SecondMoments& into, SecondMoments other) {
    scale(into, skip);
    scale(other, branch);
    for (std::size_t p = 0; p < into.square.size(); ++p) {
      into.square[p] += other.square[p];
      into.product[p] += other.product[p];
    }
  };
  add(x, std::move(f));
  way.push_back([add, inside = std::move(inside)](SecondMoments& gradient) {
    SecondMoments through = gradient;
    go_back(inside, through);
    add(gradient, std::move(through));
  });
  if (normed_at(o, NormPlace::post)) maps.pass_norm(x, way);
}

void pass_block(const network::BlockOptions& o, const BlockMaps& maps, SecondMoments& x, WayBack& way) {
  if (o.block == Block::attention || o.block == Block::transformer) pass_sum(o, maps, true, x, way);
  if (o.block != Block::attention) pass_sum(o, maps, false, x, way);
}

SecondMoments all_equal(const Stack& stack, double square) {
  const std::size_t positions = of_images(stack.block) ? stack.block.side * stack.block.side : 1;
  return {std::vector<double>(positions, square), std::vector<double>(positions, 0.0)};
}

/// Beyond double's range nothing is said.
bool known(const SecondMoments& x) {
  const double mean = mean_of(x.square);
  return std::isfinite(mean) && mean > 0 && std::isfinite(mean_of(x.product));
}

void note(const Stack& stack, const SecondMoments& x, StackLaw& law) {
  const double square = mean_of(x.square);
  law.log_rms.push_back(std::log(square) / 2);
  const bool alone = stack.batch == 1 && stack.tokens == 1;
  law.correlation.push_back(alone ? std::nan("") : mean_of(x.product) / square);
}

}  // namespace

std::optional<NoLaw> no_law(const Stack& stack) {
  if (stack.block.norm == BlockNorm::batch) return NoLaw::batch_norm;
  if (stack.tokens > 1 && stack.block.attention.causal) return NoLaw::causal_attention;
  return std::nullopt;
}

std::optional<StackLaw> stack_law(const Stack& stack) {
  if (no_law(stack)) return std::nullopt;
  const BlockMaps maps(stack);
  std::vector<WayBack> ways(stack.depth);
  SecondMoments x = all_equal(stack, stack.embedding * stack.embedding);
  StackLaw law;
  note(stack, x, law);
  for (WayBack& way : ways) {
    pass_block(stack.block, maps, x, way);
    if (!known(x)) return std::nullopt;
    note(stack, x, law);
  }
  SecondMoments gradient = all_equal(stack, 1);
  law.log_gradient.assign(stack.depth + 1, 0);
  for (std::size_t b = stack.depth; b-- > 0;) {
    go_back(ways[b], gradient);
    if (!known(gradient)) return std::nullopt;
    const double square = mean_of(gradient.square);
    law.log_gradient[b] = law.log_gradient[b + 1] + std::log(square) / 2;
    scale(gradient, 1 / square);
  }
  return law;
}

}  // namespace sqrtn::experiment
