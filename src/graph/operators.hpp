#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "graph/model.hpp"
#include "sqrtn/blas/functions.hpp"

/// Operators of ONNX, from opset first_opset to last_opset, at inference. Real numbers are floats; functions of one
/// number are computed in double and rounded once, matrix products by the library.
/// Source: docs/Operators.md of the ONNX project.
namespace sqrtn::graph {

/// One node with what it takes. What is missing or of the wrong kind throws std::invalid_argument.
class Call {
 public:
  /// `batch_statistics`: batch norms take those of what comes in, as in training, whatever the node says.
  Call(const Node& node, std::vector<const Value*> inputs, std::int64_t opset, const blas::Functions& blas,
       bool batch_statistics = false)
      : node_(node), inputs_(std::move(inputs)), opset_(opset), blas_(blas), batch_statistics_(batch_statistics) {}

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] const blas::Functions& blas() const { return blas_; }
  [[nodiscard]] bool batch_statistics() const { return batch_statistics_; }
  [[nodiscard]] std::size_t count() const { return inputs_.size(); }
  [[nodiscard]] std::size_t outputs() const { return node_.outputs.size(); }

  [[nodiscard]] const Value& input(std::size_t i) const;
  /// nullptr if it is left out.
  [[nodiscard]] const Value* optional(std::size_t i) const { return i < inputs_.size() ? inputs_[i] : nullptr; }

  [[nodiscard]] std::int64_t whole(std::string_view attribute, std::int64_t otherwise) const;
  [[nodiscard]] float real(std::string_view attribute, float otherwise) const;
  [[nodiscard]] std::string text(std::string_view attribute, std::string_view otherwise) const;
  /// The attribute's integers, or those of input i, as older and newer opsets have it; nullopt if there are neither.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> list(std::string_view attribute,
                                                              std::size_t input = static_cast<std::size_t>(-1)) const;

 private:
  const Node& node_;
  std::vector<const Value*> inputs_;
  std::int64_t opset_;
  const blas::Functions& blas_;
  bool batch_statistics_;
};

struct Operator {
  std::string_view name;
  std::vector<Value> (*compute)(const Call&);
};

/// All that are known; each part of the list stands beside its functions.
std::span<const Operator> unary_operators();
std::span<const Operator> binary_operators();
std::span<const Operator> shape_operators();
std::span<const Operator> selection_operators();
std::span<const Operator> reduction_operators();
std::span<const Operator> matrix_operators();
std::span<const Operator> convolution_operators();
std::span<const Operator> pooling_operators();
std::span<const Operator> resize_operators();
std::span<const Operator> normalisation_operators();

/// nullptr if it is unknown.
const Operator* find_operator(std::string_view name);

/// Throws: std::invalid_argument that names every node whose operator is unknown.
void require_operators(const Model& model);

/// Calls map(entry) for each entry of a real value.
template <class Map>
Value mapped(const Value& x, Map map) {
  const std::span<const float> in = x.reals();
  Buffer<float> out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = map(in[i]);
  return {x.shape(), std::move(out)};
}

}  // namespace sqrtn::graph
