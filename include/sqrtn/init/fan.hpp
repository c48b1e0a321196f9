#pragma once

#include <cstddef>
#include <string_view>

#include "sqrtn/support/shape.hpp"

namespace sqrtn::init {

/// Terms in one output's sum (fan_in) and outputs that one input reaches (fan_out).
struct Fans {
  std::size_t fan_in = 0;
  std::size_t fan_out = 0;
};

enum class Layer { linear, conv, transposed_conv };

/// What fan_out means under groups; frameworks differ.
enum class GroupFanOut {
  whole,      ///< c_out·Πk, as PyTorch, Keras and JAX compute it from the weight's shape alone
  per_group,  ///< c_out/groups·Πk, the outputs that one input really reaches
};

/// Fans of a weight of shape
///   linear           fan_out × fan_in
///   conv             c_out × c_in/groups × k…:   fan_in = c_in/groups·Πk, fan_out = c_out·Πk
///   transposed_conv  c_in × c_out/groups × k…:   fan_in = c_in/groups·Πk, fan_out = c_out/groups·Πk
/// (transposed: both as the layer's own terms count, which is what GroupFanOut::per_group says; with
/// whole, fan_in = c_in·Πk as frameworks that swap the axes compute it).
/// Throws: std::invalid_argument for a rank that the layer has not (linear 2; conv ≥ 3), groups = 0
/// or groups that do not divide the channels they apply to.
/// Source: laws.md §4.
Fans fans(Layer layer, const Shape& weight, std::size_t groups = 1, GroupFanOut group_fan_out = GroupFanOut::whole);

/// linear for rank 2, conv for rank ≥ 3. Throws: std::invalid_argument for rank < 2.
Layer default_layer(const Shape& weight);

std::string_view to_string(Layer layer);
/// "linear", "conv", "transposed_conv". Throws: std::invalid_argument that lists them.
Layer parse_layer(std::string_view name);

}  // namespace sqrtn::init
