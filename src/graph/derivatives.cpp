#include "graph/derivatives.hpp"

namespace sqrtn::graph {

const Value& BackCall::gradient() const {
  require(!gradients_.empty() && gradients_[0].has_value(), "gets no gradient back");
  return *gradients_[0];
}

void BackCall::only(std::initializer_list<std::size_t> inputs) const {
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    require(!wanted_[i] || std::ranges::find(inputs, i) != inputs.end(),
            "has no derivative here with respect to its input {}", i);
  }
}

Gradients BackCall::alone(std::size_t i, Value x) const {
  Gradients all = none();
  all[i] = std::move(x);
  return all;
}

const Derivative* find_derivative(std::string_view name) {
  for (const auto part : {entry_derivatives(), move_derivatives(), reduction_derivatives(), matrix_derivatives(),
                          convolution_derivatives(), pooling_derivatives(), normalisation_derivatives()}) {
    for (const Derivative& one : part) {
      if (one.name == name) return &one;
    }
  }
  return nullptr;
}

Value summed_to(const Value& gradient, const Shape& shape) {
  if (gradient.shape() == shape) return gradient;
  Buffer<std::int64_t> numbers(entries_in(shape));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(i);
  const Value spread = broadcast_to(Value(Kind::whole, shape, std::move(numbers)), gradient.shape());
  Buffer<double> sums(entries_in(shape), 0.0);
  for (std::size_t i = 0; i < spread.size(); ++i) {
    sums[static_cast<std::size_t>(spread.wholes()[i])] += static_cast<double>(gradient.reals()[i]);
  }
  Buffer<float> out(sums.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(sums[i]);
  return {shape, std::move(out)};
}

}  // namespace sqrtn::graph
