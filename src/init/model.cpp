#include "init/model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "init/rule_text.hpp"
#include "support/lines.hpp"
#include "support/progress.hpp"

namespace sqrtn::init {
namespace {

/// The number that a constant rule names; none for the other rules.
std::optional<double> constant_of(const RuleText& rule) {
  const bool takes_gain = rule.name == "constant";
  if (!takes_gain && rule.name != "zeros" && rule.name != "ones") return std::nullopt;
  const Options& options = rule.options;
  require(!options.mode && !options.law && !options.scale && !rule.layer && !rule.groups,
          "'{}' takes no mode, law, scale, layer or groups", rule.name);
  require(options.gain.has_value() == takes_gain, "{}",
          takes_gain ? "'constant' needs its number, as constant,gain=0.5" : "'zeros' and 'ones' take no gain");
  return takes_gain ? *options.gain : rule.name == "ones" ? 1 : 0;
}

ConstantPlan plan_constant(const WeightOptions& options, double value) {
  const Dtype dtype = parse_dtype(options.dtype);
  const double stored = dtype == Dtype::f64 ? value : rounded_to(dtype, static_cast<float>(value));
  require(std::isfinite(stored), "{} does not fit into {}", value, options.dtype);
  return {parse_shape(options.shape), dtype, stored};
}

NamedWeight plan_weight(std::string_view line, const WeightOptions& common) {
  const std::string_view whole = line, name = take_word(line), shape = take_word(line);
  require(!line.empty(), "a name, a shape and a rule, as 'encoder.weight 512x256 he_normal', got '{:.60}'", whole);
  const RuleText rule = parse_rule_text(line);
  WeightOptions options = common;
  options.output.clear();
  options.shape = shape;
  options.rule = rule.name;
  options.stream = random::stream_of(name);
  options.gain = rule.options.gain;
  options.scale = rule.options.scale;
  options.groups = rule.groups;
  if (rule.options.mode) options.mode = to_string(*rule.options.mode);
  if (rule.options.law) options.law = to_string(*rule.options.law);
  if (rule.layer) options.layer = to_string(*rule.layer);
  if (const std::optional<double> value = constant_of(rule))
    return {std::string(name), options, plan_constant(options, *value), {}};
  if (const StructuredRule* structured = find_structured(rule.name))
    return {std::string(name), options, plan_matrix(options, *structured), MatrixDrawn{}};
  return {std::string(name), options, plan_entries(options), EntriesDrawn{}};
}

template <class T>
TensorToWrite<T> tensor_of(NamedWeight& weight) {
  if (const auto* plan = std::get_if<ConstantPlan>(&weight.plan)) {
    return {weight.name, plan->shape,
            [plan](std::size_t, std::span<T> part) { std::ranges::fill(part, static_cast<T>(plan->value)); }};
  }
  if (const auto* plan = std::get_if<MatrixPlan>(&weight.plan))
    return {weight.name, plan->shape, drawing<T>(*plan, weight.options, std::get<MatrixDrawn>(weight.drawn))};
  const auto& plan = std::get<EntriesPlan>(weight.plan);
  return {weight.name, plan.shape, drawing<T>(plan, weight.options, std::get<EntriesDrawn>(weight.drawn))};
}

template <class T>
void draw_all(std::vector<NamedWeight>& weights, const WeightOptions& common) {
  std::vector<TensorToWrite<T>> tensors;
  double all = 0, done = 0;
  for (NamedWeight& weight : weights)
    all += static_cast<double>(element_count(tensors.emplace_back(tensor_of<T>(weight)).shape));
  Progress progress("init");
  for (TensorToWrite<T>& tensor : tensors) {
    tensor.fill = [&progress, &done, all, name = tensor.name, draw_part = tensor.fill](std::size_t first,
                                                                                       std::span<T> part) {
      draw_part(first, part);
      progress.update((done += static_cast<double>(part.size())) / all, name);
    };
  }
  if (!common.output.empty()) return write_safetensors<T>(common.output, tensors, parse_dtype(common.dtype));
  for (const TensorToWrite<T>& tensor : tensors) drain<T>(element_count(tensor.shape), tensor.fill);
}

}  // namespace

std::vector<NamedWeight> plan_model(std::string_view text, const std::string& file, const WeightOptions& common) {
  std::vector<NamedWeight> weights;
  std::set<std::string> names;
  for_lines_of(text, file, [&](std::string_view line) {
    weights.push_back(plan_weight(line, common));
    require(names.insert(weights.back().name).second, "'{}' stands twice; each weight needs a name of its own",
            weights.back().name);
    require(weights.back().name != "__metadata__", "'__metadata__' is no name of a tensor");
  });
  require(!weights.empty(), "{}: no line with a name, a shape and a rule", file);
  return weights;
}

void draw_model(std::vector<NamedWeight>& weights, const WeightOptions& common) {
  if (parse_dtype(common.dtype) == Dtype::f64) return draw_all<double>(weights, common);
  draw_all<float>(weights, common);
}

}  // namespace sqrtn::init
