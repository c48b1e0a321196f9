#include "samplers/diagnose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "claims/weights/following.hpp"
#include "samplers/claims.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

struct Layout {
  init::Layer layer;
  Shape shape;
  std::size_t groups;
};

constexpr std::uint32_t diagnosed_seed = 1;

/// No two of fan_in, fan_out, their mean and the kernel's area are in a usual proportion.
const Layout layouts[] = {{init::Layer::linear, {352, 640}, 1},
                          {init::Layer::linear, {528, 400}, 3},
                          {init::Layer::conv, {112, 80, 5, 5}, 1},
                          {init::Layer::conv, {240, 40, 5, 5}, 4},
                          {init::Layer::transposed_conv, {80, 112, 5, 5}, 1},
                          {init::Layer::transposed_conv, {240, 40, 5, 5}, 4}};

bool has_failed(const std::vector<claims::Result>& results, std::string_view rule, std::string_view dtype) {
  return std::ranges::any_of(results, [&](const claims::Result& result) {
    const std::string& id = result.claim.id;
    return result.outcome.verdict == claims::Verdict::fail && has_part(id, rule) && has_part(id, dtype);
  });
}

/// What the weight of that layout is, if it does not follow the rule.
void add(Draws& draws, const init::Rule& rule, Element dtype, const Layout& layout, std::vector<Diagnosis>& told) {
  const auto& [layer, shape, groups] = layout;
  const std::string name(rule.name);
  const Question question{name, shape, layer, groups, {}, {}, dtype};
  const std::string expected =
      rule.uses_fans ? fmt::format("{},layer={},groups={}", name, to_string(layer), groups) : name;
  try {
    Buffer<std::byte> bytes(element_count(shape) * bytes_of(dtype));
    draws.program().draw(question, diagnosed_seed, 1, bytes.span());
    const Following found =
        claims::weights::following({"weights", dtype_of(dtype), shape, false, false, bytes.span(), {}}, expected);
    if (found.holds) return;
    std::string why = found.why;  // names the layer and groups, as the diagnosis does
    if (const std::size_t at = why.find(expected); at != std::string::npos) why.replace(at, expected.size(), name);
    why.erase(std::min(why.find("; so many values"), why.size()));  // of this weight, fewer than the claims had
    told.push_back({name, std::string(word_of(dtype, element_words)), std::string(layout_of(layer, groups)), why});
  } catch (const GivenUp&) {
    return;  // the claims that were not judged say why
  }
}

}  // namespace

std::vector<Diagnosis> diagnose(Draws& draws, const std::vector<claims::Result>& results) {
  std::vector<Diagnosis> told;
  const Known& known = draws.known();
  for (const init::Rule& rule : init::rules()) {
    for (const Element dtype : known.dtypes) {
      if (!known.knows_rule(rule.name) || !has_failed(results, rule.name, word_of(dtype, element_words))) continue;
      for (const Layout& layout : layouts) {
        const std::string_view name = layout_of(layout.layer, layout.groups);
        const bool is_told = std::ranges::any_of(
            told, [&](const Diagnosis& other) { return other.rule == rule.name && other.layout == name; });
        if (known.knows_layout(name) && !is_told && (rule.uses_fans || name == "linear"))
          add(draws, rule, dtype, layout, told);
      }
    }
  }
  return told;
}

}  // namespace sqrtn::samplers
