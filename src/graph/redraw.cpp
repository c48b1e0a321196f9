#include "graph/redraw.hpp"

#include <set>

namespace sqrtn::graph {
namespace {

/// What a name stands for: a weight, and whether its last two axes are swapped.
struct Source {
  std::string weight;
  bool turned = false;
};

class Finder {
 public:
  explicit Finder(const Model& model) : model_(model) {
    for (const auto& [name, value] : model.initialisers) {
      if (value.real()) sources_[name] = {name, false};
    }
  }

  Redraw find() {
    for (const Node& node : model_.nodes) {
      follow(node);
      weigh(node);
    }
    for (const Node& node : model_.nodes) {
      if (node.op != "Gather" || node.inputs.empty()) continue;
      if (const Source* table = source(node, 0)) kept_.insert(table->weight);
    }
    std::erase_if(redraw_.drawn, [&](const DrawnWeight& w) { return kept_.contains(w.name); });
    for (const auto& [name, value] : constant_) {
      if (!kept_.contains(name) && !drawn_.contains(name)) redraw_.constant.emplace_back(name, value);
    }
    return std::move(redraw_);
  }

 private:
  [[nodiscard]] const Source* source(const Node& node, std::size_t input) const {
    if (input >= node.inputs.size()) return nullptr;
    const auto found = sources_.find(node.inputs[input]);
    return found == sources_.end() ? nullptr : &found->second;
  }

  /// Through copies, and transpositions of the last two axes alone.
  void follow(const Node& node) {
    const Source* from = source(node, 0);
    if (from == nullptr || node.outputs.empty()) return;
    if (node.op == "Identity" || node.op == "Cast") sources_[node.outputs[0]] = *from;
    if (node.op != "Transpose" || model_.initialisers.at(from->weight).rank() != 2) return;
    const Attribute* order = node.find("perm");
    const bool turns = order == nullptr || order->wholes == std::vector<std::int64_t>{1, 0};
    sources_[node.outputs[0]] = {from->weight, from->turned != turns};
  }

  void weigh(const Node& node) {
    if (node.op == "Conv") of_windows(node, init::Layer::conv);
    if (node.op == "ConvTranspose") of_windows(node, init::Layer::transposed_conv);
    if (node.op == "MatMul") of_matmul(node);
    if (node.op == "Gemm") of_gemm(node);
    if (node.op == "Add") of_add(node);
    if (node.op.ends_with("Normalization")) {
      constexpr float values[] = {1, 0, 0, 1};
      for (std::size_t i = 1; i < std::min<std::size_t>(node.inputs.size(), 5); ++i) set(node, i, values[i - 1]);
    }
  }

  void of_windows(const Node& node, init::Layer layer) {
    const Source* weight = source(node, 1);
    set(node, 2, 0);
    if (weight == nullptr) return;
    const Shape& shape = model_.initialisers.at(weight->weight).shape();
    const Attribute* group = node.find("group");
    const std::int64_t groups = group == nullptr ? 1 : group->whole.value_or(1);
    if (shape.size() < 3 || groups < 1 || entries_in(shape) == 0) return;
    add(*weight, init::fans(layer, shape, static_cast<std::size_t>(groups)));
  }

  /// The last two axes as n_in × n_out, or turned.
  void of_matrix(const Source* weight, bool outputs_first) {
    if (weight == nullptr) return;
    const Shape& shape = model_.initialisers.at(weight->weight).shape();
    if (shape.size() < 2 || entries_in(shape) == 0) return;
    const std::size_t first = shape[shape.size() - 2], last = shape.back();
    const bool turned = weight->turned != outputs_first;
    add(*weight, turned ? init::Fans{last, first} : init::Fans{first, last});
  }

  void of_matmul(const Node& node) {
    of_matrix(source(node, 1), false);
    of_matrix(source(node, 0), true);
    if (!node.outputs.empty()) products_.insert(node.outputs[0]);
  }

  void of_gemm(const Node& node) {
    const auto turned = [&](const char* name) {
      const Attribute* a = node.find(name);
      return a != nullptr && a->whole.value_or(0) != 0;
    };
    of_matrix(source(node, 1), turned("transB"));
    of_matrix(source(node, 0), !turned("transA"));
    set(node, 2, 0);
  }

  /// What is added to a product along one axis is its bias.
  void of_add(const Node& node) {
    if (node.inputs.size() != 2) return;
    for (const std::size_t i : {0U, 1U}) {
      const Source* bias = source(node, i);
      if (bias == nullptr || !products_.contains(node.inputs[1 - i])) continue;
      const Value& value = model_.initialisers.at(bias->weight);
      if (value.size() > 1 && !value.shape().empty() && value.size() == value.shape().back()) set(node, i, 0);
    }
  }

  void set(const Node& node, std::size_t input, float value) {
    if (const Source* found = source(node, input)) constant_.emplace(found->weight, value);
  }

  void add(const Source& weight, init::Fans fans) {
    if (!drawn_.insert(weight.weight).second) return;
    redraw_.drawn.push_back({weight.weight, model_.initialisers.at(weight.weight).shape(), fans});
  }

  const Model& model_;
  Redraw redraw_;
  std::map<std::string, Source> sources_;
  std::map<std::string, float> constant_;
  std::set<std::string> products_, kept_, drawn_;
};

}  // namespace

Redraw redraw_of(const Model& model) { return Finder(model).find(); }

}  // namespace sqrtn::graph
