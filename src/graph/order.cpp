#include "graph/order.hpp"

#include <queue>
#include <unordered_map>

namespace sqrtn::graph {
namespace {

constexpr std::size_t given = no_slot - 1;  ///< made by no node, but an input or a weight

class Planner {
 public:
  Planner(const Model& model, const std::vector<std::string>& constant) : model_(model), constant_(constant) {}

  Plan plan() {
    for (const Port& port : model_.inputs) plan_.inputs.push_back(new_slot(port.name, given));
    for (const auto& [name, value] : model_.initialisers) {
      plan_.initialisers.emplace_back(new_slot(name, given), &value);
    }
    for (std::size_t node = 0; node < model_.nodes.size(); ++node) {
      for (const std::string& name : model_.nodes[node].outputs) {
        if (!name.empty()) new_slot(name, node);
      }
    }
    connect();
    for (const std::string& name : model_.outputs) {
      const auto found = slot_of_.find(name);
      require(found != slot_of_.end(), "{}: nothing makes the graph's output '{:.60}'", model_.path, name);
      plan_.outputs.push_back(found->second);
    }
    sort();
    find_last_uses();
    find_signal();
    return std::move(plan_);
  }

 private:
  std::size_t new_slot(const std::string& name, std::size_t maker) {
    const bool added = slot_of_.emplace(name, plan_.slots.size()).second;
    require(
        added, "{}: the value '{:.60}' is made twice{}", model_.path, name,
        maker < model_.nodes.size() ? fmt::format(", the second time by node '{:.60}'", model_.nodes[maker].name) : "");
    plan_.slots.push_back(name);
    maker_.push_back(maker);
    return plan_.slots.size() - 1;
  }

  void connect() {
    unsorted_.resize(model_.nodes.size());
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      const Node& node = model_.nodes[i];
      unsorted_[i].node = i;
      for (const std::string& name : node.inputs) {
        const auto found = slot_of_.find(name);
        require(name.empty() || found != slot_of_.end(),
                "{}: node '{:.60}' ({:.40}) takes '{:.60}', which nothing makes; export the model again", model_.path,
                node.name, node.op, name);
        unsorted_[i].inputs.push_back(name.empty() ? no_slot : found->second);
      }
      for (const std::string& name : node.outputs) {
        unsorted_[i].outputs.push_back(name.empty() ? no_slot : slot_of_.at(name));
      }
    }
  }

  /// Kahn's algorithm; of nodes that could run the first in the file is taken.
  void sort() {
    std::vector<std::size_t> waits(unsorted_.size());
    std::vector<std::vector<std::size_t>> users(unsorted_.size());
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < unsorted_.size(); ++i) {
      for (const std::size_t slot : unsorted_[i].inputs) {
        if (slot == no_slot || maker_[slot] == given) continue;
        users[maker_[slot]].push_back(i);
        ++waits[i];
      }
      if (waits[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
      const std::size_t node = ready.top();
      ready.pop();
      for (const std::size_t user : users[node]) {
        if (--waits[user] == 0) ready.push(user);
      }
      plan_.steps.push_back(std::move(unsorted_[node]));
    }
    for (std::size_t i = 0; i < waits.size(); ++i) {
      require(waits[i] == 0, "{}: node '{:.60}' ({:.40}) waits for its own output, in a circle; export the model again",
              model_.path, model_.nodes[i].name, model_.nodes[i].op);
    }
  }

  void find_last_uses() {
    std::vector<bool> kept(plan_.slots.size());
    for (const auto& [slot, value] : plan_.initialisers) kept[slot] = true;
    for (std::size_t i = plan_.steps.size(); i-- > 0;) {
      Step& step = plan_.steps[i];
      for (const auto* slots : {&step.inputs, &step.outputs}) {
        for (const std::size_t slot : *slots) {
          if (slot == no_slot || kept[slot]) continue;
          kept[slot] = true;
          step.last_uses.push_back(slot);
        }
      }
    }
  }

  /// A node lies on every path unless a value goes past it, from what runs before to what runs after: along a path the
  /// order only rises. What leads to no output is no path.
  void find_signal() {
    const std::size_t n = plan_.steps.size(), end = n + 1;
    std::vector<bool> reached(plan_.slots.size()), leads(plan_.slots.size());
    for (const std::size_t slot : plan_.inputs) {
      reached[slot] = std::ranges::find(constant_, plan_.slots[slot]) == constant_.end();
    }
    for (Step& step : plan_.steps) {
      const std::string& op = model_.nodes[step.node].op;
      if (op == "Shape" || op == "Size") continue;
      for (const std::size_t slot : step.inputs) step.signal |= slot != no_slot && reached[slot];
      if (!step.signal) continue;
      for (const std::size_t slot : step.outputs) {
        if (slot != no_slot) reached[slot] = true;
      }
    }
    std::vector<std::size_t> farthest(plan_.slots.size());  // the last that uses it, counted from 1
    for (const std::size_t slot : plan_.outputs) {
      leads[slot] = true;
      farthest[slot] = end;
    }
    std::vector<bool> useful(n);
    for (std::size_t i = n; i-- > 0;) {
      const Step& step = plan_.steps[i];
      for (const std::size_t slot : step.outputs) useful[i] = useful[i] || (slot != no_slot && leads[slot]);
      if (!useful[i] || !step.signal) continue;
      for (const std::size_t slot : step.inputs) {
        if (slot == no_slot || !reached[slot]) continue;
        leads[slot] = true;
        farthest[slot] = std::max(farthest[slot], i + 1);
      }
    }
    mark_cuts(useful, farthest);
  }

  void mark_cuts(const std::vector<bool>& useful, const std::vector<std::size_t>& farthest) {
    std::size_t past = 0;  // where the farthest value ends that was made before
    for (const std::size_t slot : plan_.inputs) past = std::max(past, farthest[slot]);  // 0 where there is no signal
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      Step& step = plan_.steps[i];
      if (!step.signal || !useful[i]) continue;
      step.on_every_path = past <= i + 1;
      for (const std::size_t slot : step.outputs) {
        if (slot != no_slot) past = std::max(past, farthest[slot]);
      }
    }
  }

  const Model& model_;
  const std::vector<std::string>& constant_;
  Plan plan_;
  std::unordered_map<std::string, std::size_t> slot_of_;
  std::vector<std::size_t> maker_;
  std::vector<Step> unsorted_;
};

}  // namespace

Plan plan_of(const Model& model, const std::vector<std::string>& constant) { return Planner(model, constant).plan(); }

}  // namespace sqrtn::graph
