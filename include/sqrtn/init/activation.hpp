#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace sqrtn::init {

/// A scalar activation φ with its derivative, as the laws and the networks use it. φ(NaN) is NaN.
struct Activation {
  std::string_view name;
  double (*value)(double);
  double (*derivative)(double);  ///< right derivative at a kink
  std::vector<double> kinks;     ///< where φ' jumps, ascending; quadrature splits there
  double framework_gain;         ///< what PyTorch's calculate_gain returns; NaN: it has no entry
  std::string_view formula;      ///< "max(0, z)"
};

/// identity, relu, leaky_relu (slope 0.01), tanh, sigmoid, gelu (exact, by erf), silu, softplus, elu
/// (α = 1), selu, hardtanh, softsign, mish.
std::span<const Activation> activations();

/// sin, relu_squared, hardswish, quick_gelu, prelu (slope 0.25): for networks; no claim is made about them. SIREN's
/// sin(ω₀·z) is sin with weights ω₀ times as large, there and back.
std::span<const Activation> further_activations();

/// Among both. Throws: std::invalid_argument that lists the known names.
const Activation& find_activation(std::string_view name);

}  // namespace sqrtn::init
