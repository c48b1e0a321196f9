#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "graph/operators.hpp"

/// The way back through operators of ONNX.
namespace sqrtn::graph {

/// Of values; nothing where none comes back.
using Gradients = std::vector<std::optional<Value>>;

/// One node on the way back: what it took and gave, and the gradients with respect to what it gave.
class BackCall {
 public:
  /// `wanted`: the inputs that the signal reaches; of others no gradient is needed.
  BackCall(const Call& call, std::span<const Value> outputs, const Gradients& gradients, std::vector<bool> wanted)
      : call_(call), outputs_(outputs), gradients_(gradients), wanted_(std::move(wanted)) {}

  [[nodiscard]] const Call& call() const { return call_; }
  [[nodiscard]] const Value& input(std::size_t i) const { return call_.input(i); }
  [[nodiscard]] const Value& output(std::size_t i) const { return outputs_[i]; }
  [[nodiscard]] const Gradients& gradients() const { return gradients_; }
  /// Of the first output. Throws: std::invalid_argument if nothing comes back to it.
  [[nodiscard]] const Value& gradient() const;
  [[nodiscard]] bool wanted(std::size_t i) const { return i < wanted_.size() && wanted_[i]; }
  /// Throws: std::invalid_argument if another input is wanted than these, which have a derivative here.
  void only(std::initializer_list<std::size_t> inputs) const;

  /// `x` for input i and nothing for the others.
  [[nodiscard]] Gradients alone(std::size_t i, Value x) const;
  [[nodiscard]] Gradients none() const { return Gradients(call_.count()); }

 private:
  const Call& call_;
  std::span<const Value> outputs_;
  const Gradients& gradients_;
  std::vector<bool> wanted_;
};

struct Derivative {
  std::string_view name;
  Gradients (*back)(const BackCall&);
};

/// All that are known; those of products, windows and sums stand beside their operators.
std::span<const Derivative> entry_derivatives();
std::span<const Derivative> move_derivatives();
std::span<const Derivative> reduction_derivatives();
std::span<const Derivative> matrix_derivatives();
std::span<const Derivative> convolution_derivatives();
std::span<const Derivative> pooling_derivatives();
std::span<const Derivative> normalisation_derivatives();

/// nullptr if it is unknown.
const Derivative* find_derivative(std::string_view name);

/// Σ over what broadcasting repeated: a gradient of `shape` from one of the common shape.
Value summed_to(const Value& gradient, const Shape& shape);

/// f(gradient, other entries…) entry by entry, all of one shape.
template <class F, class... Others>
Value each_of(F f, const Value& gradient, const Others&... others) {
  const auto in = gradient.reals();
  Buffer<float> out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    out[i] = static_cast<float>(f(static_cast<double>(in[i]), static_cast<double>(others.reals()[i])...));
  }
  return {gradient.shape(), std::move(out)};
}

}  // namespace sqrtn::graph
