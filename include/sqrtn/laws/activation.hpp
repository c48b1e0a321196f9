#pragma once

#include <optional>

#include "sqrtn/init/activation.hpp"

/// How a layer x' = φ(W x) maps second moments, weights with n·σ² = gain². Source: laws.md §5.
namespace sqrtn::laws {

/// q' = E[φ(gain·√q·z)²], z ~ N(0,1): the next mean square of the activations from q.
double variance_map(const init::Activation& activation, double gain, double q);

/// χ₁ = gain²·E[φ'(√q·z)²] at the pre-activation second moment q: < 1 gradients vanish, > 1 explode.
double slope(const init::Activation& activation, double gain, double q_preactivation);

/// The pre-activation fixed point q* = gain²·E[φ(√q*·z)²] reached from q₀ = gain²; nullopt if the
/// iteration has not settled to 1e-13 within 100,000 layers (it grows, or dies slower than that).
std::optional<double> preactivation_fixed_point(const init::Activation& activation, double gain);

}  // namespace sqrtn::laws
