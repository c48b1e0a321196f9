#pragma once

#include <cstddef>
#include <string_view>

#include "sqrtn/support/shape.hpp"

namespace sqrtn::init {

/// fan_in: terms in one output's sum. fan_out: outputs that one input reaches. Both at stride 1 and
/// away from the border.
struct Fans {
  std::size_t fan_in = 0;
  std::size_t fan_out = 0;
};

/// What a weight's axes mean; the first one stacks the groups:
///   linear           groups·fan_out × fan_in      (packed query, key and value: groups = 3)
///   conv             c_out × c_in/groups × k…
///   transposed_conv  c_in × c_out/groups × k…
enum class Layer { linear, conv, transposed_conv };

/// One rule for all layers: the second axis is one group's already, so groups divide the first alone.
///   linear, conv     fan_in = shape[1]·Πk,          fan_out = shape[0]/groups·Πk
///   transposed_conv  fan_in = shape[0]/groups·Πk,   fan_out = shape[1]·Πk
/// With groups = 1, conv's are the numbers that PyTorch, Keras and JAX compute from the shape alone,
/// however many groups the layer has: their fan_out (transposed: fan_in) is then groups times the true one.
/// Throws: std::invalid_argument for a rank that the layer has not (linear 2, the others ≥ 3), a
/// dimension of 0, a size above 2⁴⁸, or groups that do not divide the first axis.
/// Source: laws.md §4.
Fans fans(Layer layer, const Shape& weight, std::size_t groups = 1);

/// linear for rank 2, conv for rank ≥ 3. Throws: std::invalid_argument for rank < 2.
Layer default_layer(const Shape& weight);

std::string_view to_string(Layer layer);
/// "linear", "conv", "transposed_conv". Throws: std::invalid_argument that lists them.
Layer parse_layer(std::string_view name);

}  // namespace sqrtn::init
