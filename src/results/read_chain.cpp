#include <fmt/format.h>

#include <limits>

#include "results/read_parts.hpp"

/// Deep chains.
namespace sqrtn::results {
namespace {

double number_or_nan(const JsonInput& json, double low = -std::numeric_limits<double>::infinity()) {
  return json.number_or_none(low).value_or(std::numeric_limits<double>::quiet_NaN());
}

std::string one_of(const JsonInput& json, std::initializer_list<std::string_view> words) {
  const std::string text = json.text();
  for (const std::string_view word : words) {
    if (text == word) return text;
  }
  json.refuse(fmt::format("{}", fmt::join(words, ", ")));
}

ChainLayer read_layer(const JsonInput& json, std::size_t place) {
  if (json["layer"].integer<std::size_t>() != place) json["layer"].refuse(fmt::format("{}, its place", place));
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  ChainLayer layer{
      .mean = number_or_nan(json["log_rms_mean"]),
      .stddev = number_or_nan(json["log_rms_stddev"], 0),
      .interval = json["log_rms_interval"].interval_or_none().value_or(statistics::Interval{unknown, unknown}),
      .measured = number_or_nan(json["log_rms_measured"]),
      .state = one_of(json["state"], {"finite", "zero", "not finite"}),
      .zeros = number_or_nan(json["zeros"], 0),
      .flat = number_or_nan(json["flat"], 0),
      .slope = number_or_nan(json["slope"])};
  if (json["log_rms_measured"].is_null() == (layer.state == "finite")) {
    json["state"].refuse(layer.state == "finite" ? "zero or not finite, as nothing was measured"
                                                 : "finite, as there is a measured value");
  }
  return layer;
}

}  // namespace

ChainRecord read_chain(const JsonInput& json) {
  ChainRecord chain{.init = read_word(json["init"]),
                    .gain = number_or_nan(json["gain"]),
                    .activation = read_word(json["activation"]),
                    .width = json["width"].integer<std::size_t>(),
                    .depth = json["depth"].integer<std::size_t>(),
                    .batch = json["batch"].integer<std::size_t>(),
                    .shared_weights = json["shared_weights"].flag(),
                    .norm = one_of(json["norm"], {"none", "batch", "layer"}),
                    .residual = json["residual"].flag(),
                    .dtype = one_of(json["dtype"], {"f32", "f64"}),
                    .weight_stddev = number_or_nan(json["weight_stddev"], 0),
                    .runs = json["runs"].integer<std::size_t>(),
                    .basis = json["basis"].text(),
                    .fate = one_of(json["fate"], {"holds", "explodes", "vanishes"}),
                    .fate_layer = json["fate_layer"].integer<std::size_t>(),
                    .holding_stddev = number_or_nan(json["holding_stddev"], 0),
                    .holding_stability = number_or_nan(json["holding_stability"]),
                    .layers = {}};
  for (const JsonInput& layer : json["layers"].elements()) {
    chain.layers.push_back(read_layer(layer, chain.layers.size()));
  }
  if (chain.layers.empty() || chain.layers.size() - 1 != chain.depth) {
    json["layers"].refuse(fmt::format("the input and {} layers", chain.depth));
  }
  return chain;
}

}  // namespace sqrtn::results
