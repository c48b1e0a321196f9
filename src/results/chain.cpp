#include "results/chain.hpp"

#include <fmt/format.h>

namespace sqrtn::results {
std::string setting_of(const ChainRecord& chain) {
  std::string text = fmt::format("{} layers of {}, {}, {}", chain.depth, chain.width, chain.activation, chain.dtype);
  if (chain.shared_weights) text += ", one weight for all layers";
  if (chain.norm != "none") text += fmt::format(", {} norm", chain.norm);
  if (chain.residual) text += ", residual";
  return chain.batch == 1 ? text : text + fmt::format(", batch {}", chain.batch);
}

}  // namespace sqrtn::results
