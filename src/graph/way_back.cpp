#include "graph/way_back.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include "graph/derivatives.hpp"

namespace sqrtn::graph {
namespace {

class Pass {
 public:
  Pass(const Model& model, const Plan& plan, const Tape& tape, const blas::Functions& blas, const RunOptions& options)
      : model_(model), plan_(plan), tape_(tape), blas_(blas), options_(options), gradients_(plan.slots.size()) {}

  /// The values that the signal reaches.
  void find_signal(const std::vector<std::string>& constant) {
    signal_.assign(plan_.slots.size(), false);
    for (const std::size_t slot : plan_.inputs) {
      signal_[slot] = std::ranges::find(constant, plan_.slots[slot]) == constant.end();
    }
    for (const Step& step : plan_.steps) {
      for (const std::size_t slot : step.outputs) {
        if (slot != no_slot) signal_[slot] = step.signal;
      }
    }
  }

  void add(std::size_t slot, Value gradient) {
    std::optional<Value>& sum = gradients_[slot];
    sum = sum ? each_of([](double a, double b) { return a + b; }, *sum, gradient) : std::move(gradient);
  }

  /// Through one step, if a gradient has come to it. Returns: why not.
  std::optional<Stop> pass(std::size_t i) {
    const Step& step = plan_.steps[i];
    const Node& node = model_.nodes[step.node];
    Gradients given;
    bool any = false;
    for (const std::size_t slot : step.outputs) {
      given.push_back(slot == no_slot ? std::nullopt : std::exchange(gradients_[slot], std::nullopt));
      any |= given.back().has_value();
    }
    std::vector<const Value*> inputs;
    std::vector<bool> wanted;
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      const std::optional<Value>& value = tape_.steps[i].inputs[k];
      inputs.push_back(value ? &*value : nullptr);
      wanted.push_back(value && value->real() && signal_[step.inputs[k]]);
    }
    if (!any || std::ranges::find(wanted, true) == wanted.end()) return std::nullopt;
    const Derivative* derivative = find_derivative(node.op);
    if (derivative == nullptr) return Stop{i, {}};
    try {
      const Call call(node, inputs, model_.opset, blas_, options_.batch_statistics);
      const Gradients back = derivative->back(BackCall(call, tape_.steps[i].outputs, given, wanted));
      for (std::size_t k = 0; k < back.size(); ++k) {
        if (wanted[k] && back[k]) add(step.inputs[k], *back[k]);
      }
    } catch (const std::invalid_argument& error) {
      return Stop{i, error.what()};
    }
    return std::nullopt;
  }

  /// All that is on its way, by the size of what came to `slot`.
  void rescale(std::size_t slot) {
    float largest = 0;
    for (const float x : gradients_[slot]->reals()) largest = std::max(largest, std::fabs(x));
    if (!(largest > 0) || !std::isfinite(largest)) return;
    const int exponent = std::ilogb(largest);
    for (std::optional<Value>& gradient : gradients_) {
      if (gradient) gradient = each_of([exponent](double x) { return std::ldexp(x, -exponent); }, *gradient);
    }
    log_taken_ += exponent * std::numbers::ln2;
  }

  [[nodiscard]] const std::optional<Value>& at(std::size_t slot) const { return gradients_[slot]; }
  [[nodiscard]] double log_taken() const { return log_taken_; }

 private:
  const Model& model_;
  const Plan& plan_;
  const Tape& tape_;
  const blas::Functions& blas_;
  const RunOptions& options_;
  Gradients gradients_;
  std::vector<bool> signal_;
  double log_taken_ = 0;
};

}  // namespace

std::optional<Stop> send_back(const Model& model, const Plan& plan, const Tape& tape, const blas::Functions& blas,
                              const RunOptions& options, const std::vector<std::string>& constant, std::size_t top,
                              Value gradient, const GradientObserver& observe) {
  require(!tape.full && tape.steps.size() == plan.steps.size(), "a gradient needs the values of the whole run");
  require(gradient.shape() == tape.steps[top].outputs[0].shape(), "a gradient of {} for a value of {}",
          shape_text(gradient.shape()), shape_text(tape.steps[top].outputs[0].shape()));
  const EntryLimit limit(static_cast<std::size_t>(std::max(options.most_bytes, 0.0) / sizeof(float)));
  Pass pass(model, plan, tape, blas, options);
  pass.find_signal(constant);
  pass.add(plan.steps[top].outputs[0], std::move(gradient));
  for (std::size_t i = top + 1; i-- > 0;) {
    const Step& step = plan.steps[i];
    if (!step.signal || step.outputs.empty()) continue;
    const std::size_t slot = step.outputs[0];
    if (slot != no_slot && pass.at(slot)) {
      if (step.on_every_path) pass.rescale(slot);
      observe(slot, *pass.at(slot), pass.log_taken());
    }
    if (auto stop = pass.pass(i)) return stop;
  }
  for (const std::size_t slot : plan.inputs) {
    if (pass.at(slot)) observe(slot, *pass.at(slot), pass.log_taken());
  }
  return std::nullopt;
}

}  // namespace sqrtn::graph
