#include "results/chain.hpp"

#include <fmt/format.h>

#include <cmath>

namespace sqrtn::results {

std::string place_of(const ChainRecord& chain, std::size_t layer) {
  if (layer >= chain.layers.size() || chain.layers[layer].node.empty()) return fmt::format("layer {}", layer);
  return fmt::format("node {}, '{}' ({})", layer, chain.layers[layer].node, chain.layers[layer].op);
}

std::string less_coverage(const ChainLayer& layer) {
  // Documents without it were made for 99 %.
  if (!(layer.coverage < 0.99 - 1e-9)) return {};
  return fmt::format("{:.0f} %", std::floor(100 * layer.coverage + 1e-9));
}

std::string setting_of(const ChainRecord& chain) {
  if (chain.block == graph_block) {
    return fmt::format("{}, {} nodes, batch {}, {}", chain.widths, chain.depth, chain.batch, chain.dtype);
  }
  if (!chain.block.empty()) {
    std::string text = fmt::format("{} {} blocks of {}, {}, {}", chain.depth, chain.block, chain.widths,
                                   chain.activation, chain.dtype);
    if (chain.norm != "none") text += fmt::format(", {} {} norm", chain.norm_place, chain.norm);
    if (chain.branch_scale != "1") text += ", branch " + chain.branch_scale;
    if (chain.tokens > 1) text += fmt::format(", {} heads, {} tokens", chain.heads, chain.tokens);
    return chain.batch == 1 ? text : text + fmt::format(", batch {}", chain.batch);
  }
  std::string text = fmt::format("{} layers of {}, {}, {}", chain.depth, chain.width, chain.activation, chain.dtype);
  if (chain.shared_weights) text += ", one weight for all layers";
  if (chain.norm != "none") text += fmt::format(", {} norm", chain.norm);
  if (chain.residual) text += ", residual";
  return chain.batch == 1 ? text : text + fmt::format(", batch {}", chain.batch);
}

}  // namespace sqrtn::results
