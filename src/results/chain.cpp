#include "results/chain.hpp"

#include <fmt/format.h>

#include <numbers>

#include "results/format.hpp"
#include "results/strict_json.hpp"

namespace sqrtn::results {
namespace {

Json layer_json(const ChainLayer& layer, std::size_t place) {
  return {{"layer", place},
          {"log_rms_mean", number(layer.mean)},
          {"log_rms_stddev", number(layer.stddev)},
          {"log_rms_interval", {number(layer.interval.low), number(layer.interval.high)}},
          {"log_rms_measured", number(layer.measured)},
          {"state", layer.state},
          {"zeros", number(layer.zeros)},
          {"flat", number(layer.flat)},
          {"slope", number(layer.slope)}};
}

}  // namespace

Json to_json(const ChainRecord& chain) {
  Json json{{"init", chain.init},
            {"gain", number(chain.gain)},
            {"activation", chain.activation},
            {"width", chain.width},
            {"depth", chain.depth},
            {"batch", chain.batch},
            {"shared_weights", chain.shared_weights},
            {"norm", chain.norm},
            {"residual", chain.residual},
            {"dtype", chain.dtype},
            {"weight_stddev", number(chain.weight_stddev)},
            {"runs", chain.runs},
            {"basis", chain.basis},
            {"fate", chain.fate},
            {"fate_layer", chain.fate_layer},
            {"holding_stddev", number(chain.holding_stddev)},
            {"holding_stability", number(chain.holding_stability)}};
  json["layers"] = Json::array();
  for (const ChainLayer& layer : chain.layers) json["layers"].push_back(layer_json(layer, json["layers"].size()));
  return json;
}

std::string setting_of(const ChainRecord& chain) {
  std::string text = fmt::format("{} layers of {}, {}, {}", chain.depth, chain.width, chain.activation, chain.dtype);
  if (chain.shared_weights) text += ", one weight for all layers";
  if (chain.norm != "none") text += fmt::format(", {} norm", chain.norm);
  if (chain.residual) text += ", residual";
  return chain.batch == 1 ? text : text + fmt::format(", batch {}", chain.batch);
}

}  // namespace sqrtn::results
