#include "graph/run.hpp"

namespace sqrtn::graph {
namespace {

/// Values by slot, and how many bytes they hold; weights are the model's own, and not counted.
class Slots {
 public:
  explicit Slots(std::size_t count) : values_(count), set_(count), counted_(count) {}

  void set(std::size_t slot, Value value, bool counted) {
    if (counted) bytes_ += value.bytes();
    values_[slot] = std::move(value);
    set_[slot] = true;
    counted_[slot] = counted;
  }

  /// Those that share entries are counted each, which errs on the safe side.
  void release(std::size_t slot) {
    if (!set_[slot]) return;
    if (counted_[slot]) bytes_ -= values_[slot].bytes();
    values_[slot] = Value();
    set_[slot] = false;
  }

  [[nodiscard]] const Value* at(std::size_t slot) const {
    return slot == no_slot || !set_[slot] ? nullptr : &values_[slot];
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::vector<Value> values_;
  std::vector<bool> set_, counted_;
  std::size_t bytes_ = 0;
};

std::vector<const Value*> inputs_of(const Step& step, const Slots& slots) {
  std::vector<const Value*> inputs;
  for (const std::size_t slot : step.inputs) inputs.push_back(slots.at(slot));
  return inputs;
}

std::vector<Value> computed(const Model& model, const Node& node, const Step& step,
                            const std::vector<const Value*>& inputs, const blas::Functions& blas,
                            bool batch_statistics) {
  const Operator* op = find_operator(node.op);
  require(op != nullptr, "is unknown");
  std::vector<Value> outputs = op->compute(Call(node, inputs, model.opset, blas, batch_statistics));
  require(outputs.size() >= step.outputs.size(), "has {} outputs, of which {} are computed", step.outputs.size(),
          outputs.size());
  return outputs;
}

}  // namespace

void Tape::keep(std::size_t step, std::span<const Value* const> inputs, std::span<const Value> outputs) {
  if (full) return;
  Kept kept;
  for (const Value* input : inputs) kept.inputs.push_back(input == nullptr ? std::nullopt : std::optional(*input));
  for (const Value& output : outputs) {
    kept.outputs.push_back(output);
    bytes += static_cast<double>(output.bytes());
  }
  steps[step] = std::move(kept);
  full = bytes > most_bytes;
  if (full) steps.clear();
}

void require_given(const Model& model, const Given& given) {
  require_operators(model);
  for (const Port& port : model.inputs) {
    require(given.contains(port.name), "{}: the input '{:.60}' is not given", model.path, port.name);
  }
}

void run(const Model& model, const Plan& plan, const Given& given, const blas::Functions& blas,
         const RunOptions& options, const Observer& observe) {
  const EntryLimit limit(static_cast<std::size_t>(std::max(options.most_bytes, 0.0) / sizeof(float)));
  Slots slots(plan.slots.size());
  if (options.tape != nullptr) options.tape->steps.resize(plan.steps.size());
  for (const auto& [slot, value] : plan.initialisers) {
    const auto found = given.find(plan.slots[slot]);
    slots.set(slot, found == given.end() ? *value : found->second, false);
  }
  for (const std::size_t slot : plan.inputs) slots.set(slot, given.at(plan.slots[slot]), true);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const Node& node = model.nodes[step.node];
    try {
      const std::vector<const Value*> inputs = inputs_of(step, slots);
      const std::vector<Value> outputs = computed(model, node, step, inputs, blas, options.batch_statistics);
      if (options.tape != nullptr && step.signal) options.tape->keep(i, inputs, outputs);
      for (std::size_t o = 0; o < step.outputs.size(); ++o) {
        if (step.outputs[o] != no_slot) slots.set(step.outputs[o], outputs[o], true);
      }
      require(static_cast<double>(slots.bytes()) <= options.most_bytes,
              "needs more than {:.3g} GiB with all that is still used; take a smaller --input or --threads 1",
              options.most_bytes / 0x1p30);
      if (observe && !outputs.empty() && !step.outputs.empty()) observe(i, outputs.front());
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(
          fmt::format("{}: node '{:.60}' ({:.40}) {}", model.path, node.name, node.op, error.what()));
    }
    for (const std::size_t slot : step.last_uses) slots.release(slot);
  }
}

}  // namespace sqrtn::graph
