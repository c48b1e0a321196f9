#include "claims/weights/expected.hpp"

#include <algorithm>

#include "init/rule_text.hpp"
#include "sqrtn/support/require.hpp"
#include "support/lines.hpp"

namespace sqrtn::claims::weights {
namespace {

Structure structure_of(std::string_view name) {
  const auto* found = std::ranges::find(structure_words, name);
  return found == std::end(structure_words) ? Structure::none
                                            : static_cast<Structure>(found - std::begin(structure_words));
}

}  // namespace

init::Distribution Expected::law(const Shape& shape) const {
  if (!rule.uses_fans) return init::distribution(rule, {}, options);
  return init::distribution(rule, init::fans(layer.value_or(init::default_layer(shape)), shape, groups), options);
}

Expected parse_expected(std::string_view text) {
  const init::RuleText rule = init::parse_rule_text(text);
  Expected expected{.text = std::string(text),
                    .structure = rule.name == "none" ? Structure::none : structure_of(rule.name),
                    .rule = {},
                    .options = rule.options,
                    .layer = rule.layer,
                    .groups = rule.groups.value_or(1)};
  if (expected.structure == Structure::none) expected.rule = init::find_rule(rule.name);
  return expected;
}

std::vector<ExpectedOf> parse_expected_lines(std::string_view text, const std::string& name) {
  std::vector<ExpectedOf> all;
  for_lines_of(text, name, [&](std::string_view line) {
    const std::string_view whole = line, pattern = take_word(line);
    require(!line.empty(), "a pattern and a rule, as '\\.weight$ he_normal', got '{:.60}'", whole);
    all.push_back({Filter(std::string(pattern)), parse_expected(line)});
  });
  require(!all.empty(), "{}: no line with a pattern and a rule", name);
  return all;
}

}  // namespace sqrtn::claims::weights
