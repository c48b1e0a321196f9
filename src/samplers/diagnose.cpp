#include "samplers/diagnose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sqrtn/claims/follows.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

struct Layout {
  init::Layer layer;
  Shape shape;
  std::size_t groups;
};

/// No two of fan_in, fan_out, their mean and the kernel's area are in a usual proportion.
const Layout layouts[] = {{init::Layer::linear, {352, 640}, 1},
                          {init::Layer::conv, {112, 80, 5, 5}, 1},
                          {init::Layer::conv, {240, 40, 5, 5}, 4},
                          {init::Layer::transposed_conv, {80, 112, 5, 5}, 1},
                          {init::Layer::transposed_conv, {240, 40, 5, 5}, 4}};

template <class T>
Following following(Draws& draws, const Question& question, const std::string& rule) {
  Buffer<T> weight(element_count(question.shape));
  draws.draw<T>(question, {random::Engine::ars, 1, random::stream_of("diagnosis")}, weight.span());
  return follows(std::span<const T>(weight.span()), rule, question.shape);
}

bool has_failed(const std::vector<claims::Result>& results, std::string_view rule, std::string_view dtype) {
  return std::ranges::any_of(results, [&](const claims::Result& result) {
    return result.outcome.verdict == claims::Verdict::fail &&
           result.claim.id.find(fmt::format("/{}/{}", rule, dtype)) != std::string::npos;
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
    const Following found = dtype == Element::f64 ? following<double>(draws, question, expected)
                                                  : following<float>(draws, question, expected);
    if (found.holds) return;
    told.push_back(
        {name, std::string(word_of(dtype, element_words)), std::string(layout_of(layer, groups)), found.why});
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
        if (known.knows_layout(layout_of(layout.layer, layout.groups))) add(draws, rule, dtype, layout, told);
      }
    }
  }
  return told;
}

}  // namespace sqrtn::samplers
