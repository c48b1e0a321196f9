#include "graph/operators.hpp"

#include <fmt/ranges.h>

namespace sqrtn::graph {

const Value& Call::input(std::size_t i) const {
  const Value* value = optional(i);
  require(value != nullptr, "takes an input {}, which is not there", i);
  return *value;
}

std::int64_t Call::whole(std::string_view attribute, std::int64_t otherwise) const {
  const Attribute* a = node_.find(attribute);
  return a == nullptr ? otherwise : a->whole.value_or(otherwise);
}

float Call::real(std::string_view attribute, float otherwise) const {
  const Attribute* a = node_.find(attribute);
  return a == nullptr ? otherwise : a->real.value_or(otherwise);
}

std::string Call::text(std::string_view attribute, std::string_view otherwise) const {
  const Attribute* a = node_.find(attribute);
  return a == nullptr || !a->text ? std::string(otherwise) : *a->text;
}

std::optional<std::vector<std::int64_t>> Call::list(std::string_view attribute, std::size_t input) const {
  if (const Attribute* a = node_.find(attribute)) return a->wholes;
  const Value* value = optional(input);
  if (value == nullptr) return std::nullopt;
  const auto wholes = value->wholes();
  return std::vector<std::int64_t>(wholes.begin(), wholes.end());
}

const Operator* find_operator(std::string_view name) {
  for (const auto part : {unary_operators(), binary_operators(), shape_operators(), selection_operators(),
                          reduction_operators(), matrix_operators(), convolution_operators(), pooling_operators(),
                          resize_operators(), normalisation_operators()}) {
    for (const Operator& one : part) {
      if (one.name == name) return &one;
    }
  }
  return nullptr;
}

void require_operators(const Model& model) {
  constexpr std::size_t most_named = 20;
  std::vector<std::string> unknown;
  std::size_t count = 0;
  for (const Node& node : model.nodes) {
    if (find_operator(node.op) != nullptr) continue;
    if (++count <= most_named) unknown.push_back(fmt::format("{:.60} of node '{:.60}'", node.op, node.name));
  }
  if (count > most_named) unknown.push_back(fmt::format("{} more", count - most_named));
  require(count == 0,
          "{}: {} unknown operator{}: {}; export the model without them, as with another opset_version, or without "
          "control flow",
          model.path, count, count == 1 ? "" : "s", fmt::join(unknown, ", "));
}

}  // namespace sqrtn::graph
