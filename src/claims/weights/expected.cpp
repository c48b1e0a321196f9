#include "claims/weights/expected.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/support/require.hpp"
#include "support/nearest.hpp"
#include "support/number.hpp"

namespace sqrtn::claims::weights {
namespace {

double parse_gain(std::string_view text) {
  const std::optional<double> number = parse_number<double>(text);
  const double gain = number ? *number : init::gain(init::find_activation(text));
  require(std::isfinite(gain), "the gain '{}' is not finite", text);
  return gain;
}

std::size_t parse_groups(std::string_view text) {
  const auto groups = parse_number<std::size_t>(text);
  require(groups && *groups >= 1, "'{}' is no number of groups; give 1 or more", text);
  return *groups;
}

void set_option(Expected& expected, std::string_view key, std::string_view value) {
  if (key == "gain") {
    expected.options.gain = parse_gain(value);
  } else if (key == "mode") {
    expected.options.mode = init::parse_mode(value);
  } else if (key == "law") {
    expected.options.law = init::parse_law(value);
  } else if (key == "scale") {
    expected.options.scale = parse_number<double>(value);
    require(expected.options.scale.has_value(), "the scale '{}' is no number", value);
  } else if (key == "layer") {
    expected.layer = init::parse_layer(value);
  } else if (key == "groups") {
    expected.groups = parse_groups(value);
  } else {
    static const std::array<std::string, 6> known{"gain", "mode", "law", "scale", "layer", "groups"};
    throw std::invalid_argument(
        fmt::format("unknown option '{}' of a rule; {}known: gain, mode, law, scale, layer, groups", key,
                    did_you_mean(key, known)));
  }
}

Structure structure_of(std::string_view name) {
  const auto* found = std::ranges::find(structure_words, name);
  return found == std::end(structure_words) ? Structure::none
                                            : static_cast<Structure>(found - std::begin(structure_words));
}

std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

}  // namespace

init::Distribution Expected::law(const Shape& shape) const {
  if (!rule.uses_fans) return init::distribution(rule, {}, options);
  return init::distribution(rule, init::fans(layer.value_or(init::default_layer(shape)), shape, groups), options);
}

Expected parse_expected(std::string_view text) {
  Expected expected;
  expected.text = text;
  const std::string_view name = take_until(text, ",");
  if (name != "none") expected.structure = structure_of(name);
  if (expected.structure == Structure::none) expected.rule = init::find_rule(name);
  while (!text.empty()) {
    std::string_view value = take_until(text, ",");
    const std::string_view key = take_until(value, "=");
    set_option(expected, key, value);
  }
  return expected;
}

std::vector<ExpectedOf> parse_expected_lines(std::string_view text, const std::string& name) {
  std::vector<ExpectedOf> all;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = take_until(text, "\n");
    constexpr std::string_view spaces = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(spaces), line.size()));
    line = line.substr(0, line.find_last_not_of(spaces) + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t end = line.find_first_of(spaces);
    require(end != std::string_view::npos, "{}, line {}: a pattern and a rule, as '\\.weight$ he_normal', got '{:.60}'",
            name, number, line);
    try {
      all.push_back(
          {Filter(std::string(line.substr(0, end))), parse_expected(line.substr(line.find_first_not_of(spaces, end)))});
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("{}, line {}: {}", name, number, error.what()));
    }
  }
  require(!all.empty(), "{}: no line with a pattern and a rule", name);
  return all;
}

}  // namespace sqrtn::claims::weights
