#include "init/rule_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/support/require.hpp"
#include "support/nearest.hpp"
#include "support/number.hpp"

namespace sqrtn::init {
namespace {

std::size_t groups_of(std::string_view text) {
  const auto groups = parse_number<std::size_t>(text);
  require(groups && *groups >= 1, "'{}' is no number of groups; give 1 or more", text);
  return *groups;
}

double scale_of(std::string_view text) {
  const std::optional<double> scale = parse_number<double>(text);
  require(scale.has_value(), "the scale '{}' is no number", text);
  return *scale;
}

void set_option(RuleText& rule, std::string_view key, std::string_view value) {
  if (key == "gain") {
    rule.options.gain = parse_gain(value);
  } else if (key == "mode") {
    rule.options.mode = parse_mode(value);
  } else if (key == "law") {
    rule.options.law = parse_law(value);
  } else if (key == "scale") {
    rule.options.scale = scale_of(value);
  } else if (key == "layer") {
    rule.layer = parse_layer(value);
  } else if (key == "groups") {
    rule.groups = groups_of(value);
  } else {
    static const std::array<std::string, 6> known{"gain", "mode", "law", "scale", "layer", "groups"};
    throw std::invalid_argument(
        fmt::format("unknown option '{}' of a rule; {}known: gain, mode, law, scale, layer, groups", key,
                    did_you_mean(key, known)));
  }
}

std::string_view take_until(std::string_view& text, char end) {
  const std::size_t length = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return taken;
}

}  // namespace

double parse_gain(std::string_view text) {
  if (const std::optional<double> number = parse_number<double>(text)) {
    require(std::isfinite(*number), "the gain '{}' is not finite", text);
    return *number;
  }
  require(!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())),
          "a gain is a number or the name of an activation, not '{}'", text);
  return gain(find_activation(text));
}

RuleText parse_rule_text(std::string_view text) {
  RuleText rule{.name = take_until(text, ','), .options = {}, .layer = {}, .groups = {}};
  while (!text.empty()) {
    std::string_view value = take_until(text, ',');
    const std::string_view key = take_until(value, '=');
    set_option(rule, key, value);
  }
  return rule;
}

}  // namespace sqrtn::init
