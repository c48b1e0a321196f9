#include "samplers/question.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "results/format.hpp"
#include "results/json_input.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/support/require.hpp"
#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

constexpr const char* name = "the first answer";

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::vector<std::string> words_at(const results::JsonInput& hello, std::string_view field) {
  std::vector<std::string> words;
  const results::JsonInput input = hello[field];
  if (input.is_null()) return words;
  for (const results::JsonInput& element : input.elements()) words.push_back(element.text());
  return words;
}

/// Whatever is asked for can be answered only by its name.
void require_known(std::string_view what, const std::vector<std::string>& given,
                   const std::vector<std::string>& known) {
  for (const std::string& word : given) {
    require(contains(known, word), "{}: unknown {} '{:.40}'; known: {}", name, what, results::printable(word),
            fmt::join(known, ", "));
  }
}

/// xavier_* and kaiming_* are glorot_* and he_*.
std::string rule_name(const std::string& word) {
  for (const init::Rule& rule : init::rules()) {
    if (init::alias(rule) == word) return std::string(rule.name);
  }
  return word;
}

}  // namespace

Dtype dtype_of(Element element) { return parse_dtype(word_of(element, element_words)); }

std::string_view layout_of(init::Layer layer, std::size_t groups) {
  return layout_words[2 * static_cast<std::size_t>(layer) + (groups > 1)];
}

bool Known::knows_rule(std::string_view rule) const { return contains(rules, rule); }
bool Known::knows_layout(std::string_view layout) const { return contains(layouts, layout); }
bool Known::knows_mode(std::string_view mode) const { return contains(modes, mode); }

bool is_random(std::string_view rule) {
  const init::StructuredRule* structured = init::find_structured(rule);
  return structured == nullptr || structured->is_random;
}

std::vector<std::string> all_rules() {
  std::vector<std::string> all;
  for (const init::Rule& rule : init::rules()) all.emplace_back(rule.name);
  for (const init::StructuredRule& rule : init::structured_rules()) all.emplace_back(rule.name);
  all.emplace_back("bits");
  return all;
}

Known parse_known(std::string_view line) {
  results::JsonLimits limits{.bytes = most_hello_bytes, .values = 1000, .depth = 4};
  limits.remedy = R"(; answer {"hello": 1} with one line of JSON)";
  const nlohmann::ordered_json json = results::parse_json(line, name, limits);
  const results::JsonInput hello(json, name);
  Known known;
  known.program = hello["program"].text_or_empty();
  for (const std::string& rule : words_at(hello, "rules")) known.rules.push_back(rule_name(rule));
  known.layouts = words_at(hello, "layouts");
  known.modes = words_at(hello, "modes");
  known.gain = !hello["gain"].is_null() && hello["gain"].flag();
  require_known("rule", known.rules, all_rules());
  require_known("layout", known.layouts, {std::begin(layout_words), std::end(layout_words)});
  require_known("mode", known.modes, {"fan_in", "fan_out", "fan_avg"});
  for (const std::string& dtype : words_at(hello, "dtypes")) {
    require(dtype != "u32", "{}: u32 is asked for bits alone; leave it out of dtypes", name);
    known.dtypes.push_back(parse_word<Element>("dtype", results::printable(dtype), element_words));
  }
  if (known.layouts.empty()) known.layouts = {"linear"};
  require(!known.rules.empty(), "{}: no rules; give \"rules\": some of {}", name, fmt::join(all_rules(), ", "));
  const bool only_bits = known.rules == std::vector<std::string>{"bits"};
  require(!known.dtypes.empty() || only_bits, "{}: no dtypes; give \"dtypes\": some of f32, f64, f16, bf16", name);
  return known;
}

std::string to_line(const Question& question, std::uint64_t number, std::uint32_t seed, std::size_t count) {
  std::string line = fmt::format(
      R"({{"draw": {}, "rule": "{}", "shape": [{}], "layer": "{}", "groups": {}, "dtype": "{}", "seed": {}, "count": {})",
      number, question.rule, fmt::join(question.shape, ", "), to_string(question.layer), question.groups,
      word_of(question.dtype, element_words), seed, count);
  if (question.mode) line += fmt::format(R"(, "mode": "{}")", to_string(*question.mode));
  if (question.gain) line += fmt::format(R"(, "gain": {})", *question.gain);
  return line + '}';
}

}  // namespace sqrtn::samplers
