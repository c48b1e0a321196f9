#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <set>

#include "graph/derivatives.hpp"
#include "onnx_lines.hpp"
#include "plain_blas.hpp"
#include "scratch.hpp"

/// The way back through each operator of graphs, against differences of the way there.
namespace sqrtn::verify {
namespace {

/// A node with values of its own.
struct Node {
  graph::Model model;
  std::vector<graph::Value> values;
  std::vector<bool> given;
  blas::Functions blas = plain_blas();

  explicit Node(const std::string& bytes) : model(graph::parse_model("listed", onnx::as_bytes(bytes))) {
    for (const std::string& name : node().inputs) {
      given.push_back(!name.empty());
      values.push_back(name.empty() ? graph::Value() : model.initialisers.at(name));
    }
  }
  [[nodiscard]] const graph::Node& node() const { return model.nodes.at(0); }
  [[nodiscard]] graph::Call call() const {
    std::vector<const graph::Value*> inputs;
    for (std::size_t i = 0; i < values.size(); ++i) inputs.push_back(given[i] ? &values[i] : nullptr);
    return {node(), inputs, model.opset, blas};
  }
  [[nodiscard]] std::vector<graph::Value> outputs() const { return graph::find_operator(node().op)->compute(call()); }
};

float ramp(std::size_t i) { return std::sin(1.3F * static_cast<float>(i + 1)); }

/// Of the outputs whose gradients are asked for: all of Split, else the first.
graph::Gradients ramps(const Node& node, const std::vector<graph::Value>& outputs) {
  graph::Gradients gradients(outputs.size());
  for (std::size_t o = 0; o < (node.node().op == "Split" ? outputs.size() : 1); ++o) {
    if (!outputs[o].real()) continue;
    Buffer<float> entries(outputs[o].size());
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = ramp(i + 7 * o);
    gradients[o] = graph::Value(outputs[o].shape(), std::move(entries));
  }
  return gradients;
}

double loss(const Node& node) {
  const auto outputs = node.outputs();
  const graph::Gradients gradients = ramps(node, outputs);
  double sum = 0;
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    for (std::size_t i = 0; gradients[o] && i < outputs[o].size(); ++i) {
      sum += static_cast<double>(gradients[o]->reals()[i]) * static_cast<double>(outputs[o].reals()[i]);
    }
  }
  return sum;
}

double loss_at(Node& node, std::size_t input, std::size_t entry, float by, float& moved) {
  const graph::Value before = node.values[input];
  Buffer<float> entries(before.size());
  std::ranges::copy(before.reals(), entries.data());
  moved = entries[entry] + by;
  entries[entry] = moved;
  node.values[input] = graph::Value(before.shape(), std::move(entries));
  const double value = loss(node);
  node.values[input] = before;
  return value;
}

/// An entry's derivative lies between the differences to both sides, which a kink sets apart.
void expect_between_differences(Node& node, std::size_t input, const graph::Value& gradient, const std::string& line) {
  const double here = loss(node);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const float x = node.values[input].reals()[i], step = 2e-3F * std::max(1.0F, std::fabs(x));
    float up = 0, down = 0;
    const double above = loss_at(node, input, i, step, up), below = loss_at(node, input, i, -step, down);
    const double right = (above - here) / static_cast<double>(up - x),
                 left = (here - below) / static_cast<double>(x - down);
    if (!std::isfinite(right) || !std::isfinite(left)) continue;
    // Floats carry 6e-8 of the loss, divided by the step; what is curved parts the sides by the step.
    const double slack = 1e-3 * (1 + std::fabs(here) + std::fabs(right) + std::fabs(left));
    EXPECT_GE(static_cast<double>(gradient.reals()[i]), std::min(left, right) - slack)
        << i << " of " << input << ": " << line;
    EXPECT_LE(static_cast<double>(gradient.reals()[i]), std::max(left, right) + slack)
        << i << " of " << input << ": " << line;
  }
}

bool says_why_not(const std::string& text) {
  return text.find("has no derivative here") != text.npos || text.find("has a derivative here only") != text.npos;
}

TEST(GraphDerivatives, AreDifferences) {
  std::set<std::string> seen;
  std::size_t checked = 0, refused = 0;
  for (const std::string& line : all_lines()) {
    Node node(line_of(line).model);
    const graph::Derivative* derivative = graph::find_derivative(node.node().op);
    if (derivative == nullptr) continue;
    const auto outputs = node.outputs();
    const graph::Gradients gradients = ramps(node, outputs);
    for (std::size_t input = 0; input < node.values.size() && gradients[0]; ++input) {
      if (!node.given[input] || !node.values[input].real() || node.values[input].size() == 0) continue;
      std::vector<bool> wanted(node.values.size());
      wanted[input] = true;
      try {
        const graph::Call call = node.call();
        const auto back = derivative->back(graph::BackCall(call, outputs, gradients, wanted));
        ASSERT_TRUE(back.at(input)) << line;
        ASSERT_EQ(back[input]->shape(), node.values[input].shape()) << line;
        expect_between_differences(node, input, *back[input], line);
        seen.insert(node.node().op);
        ++checked;
      } catch (const std::invalid_argument& error) {
        EXPECT_TRUE(says_why_not(error.what())) << error.what() << ": " << line;
        ++refused;
      }
    }
  }
  EXPECT_GE(checked, 150U);
  EXPECT_LE(refused, 60U);
  EXPECT_GE(seen.size(), 70U);
}

/// What comes back has the shape of what is wanted, or the refusal says that there is no derivative.
/// Returns: whether something came back.
bool expect_back(const Node& node, const graph::BackCall& call, const graph::Derivative& derivative,
                 const std::string& line) {
  graph::Gradients back;
  try {
    back = derivative.back(call);
  } catch (const std::invalid_argument& error) {
    EXPECT_TRUE(says_why_not(error.what())) << error.what() << ": " << line;
    return false;
  }
  EXPECT_EQ(back.size(), node.values.size()) << line;
  for (std::size_t k = 0; k < back.size(); ++k) {
    EXPECT_TRUE(back[k] || !call.wanted(k)) << k << " of " << line;
    if (back[k]) {
      EXPECT_EQ(back[k]->shape(), node.values.at(k).shape()) << k << " of " << line;
    }
  }
  return true;
}

/// Of all that a node takes and gives.
std::size_t entries_of(const Node& node, const std::vector<graph::Value>& outputs) {
  std::size_t entries = 0;
  for (const graph::Value& value : node.values) entries += value.size();
  for (const graph::Value& value : outputs) entries += value.size();
  return entries;
}

/// With respect to all inputs of real numbers at once, and to each alone. Returns: how often something came back.
std::size_t expect_all_back(const Node& node, const std::vector<graph::Value>& outputs, const std::string& line) {
  const graph::Derivative* derivative = graph::find_derivative(node.node().op);
  const graph::Gradients gradients = ramps(node, outputs);
  if (derivative == nullptr || !gradients.at(0)) return 0;
  std::vector<bool> all;
  for (std::size_t k = 0; k < node.values.size(); ++k) all.push_back(node.given[k] && node.values[k].real());
  const graph::Call call = node.call();
  std::size_t passed = expect_back(node, {call, outputs, gradients, all}, *derivative, line) ? 1 : 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    std::vector<bool> alone(all.size());
    alone[k] = true;
    if (all[k] && expect_back(node, {call, outputs, gradients, alone}, *derivative, line)) ++passed;
  }
  return passed;
}

/// Attributes and inputs that were changed: what could be computed without a value of more than twice the entries that
/// came and went has a way back within the same, or says that there is none.
TEST(GraphDerivatives, SurviveMutations) {
  std::mt19937_64 random(22);
  std::size_t passed = 0;
  for (const std::string& line : all_lines()) {
    const std::string whole = line_of(line).model;
    for (int i = 0; i < 30; ++i) {
      std::string changed = whole;
      for (std::size_t flips = 1 + random() % 2; flips > 0; --flips) {
        char& byte = changed[random() % changed.size()];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << random() % 8));
      }
      const graph::EntryLimit most(1U << 16U);
      std::optional<Node> node;
      std::optional<graph::EntryLimit> twice;
      std::vector<graph::Value> outputs;
      try {
        node.emplace(changed);
        if (graph::find_operator(node->node().op) == nullptr) continue;
        twice.emplace(2 * entries_of(*node, node->outputs()));
        outputs = node->outputs();
      } catch (const std::exception&) {
        continue;  // How an operator refuses, or a name that is none.
      }
      passed += expect_all_back(*node, outputs, line);
    }
  }
  EXPECT_GE(passed, 3000U);
}

}  // namespace
}  // namespace sqrtn::verify
