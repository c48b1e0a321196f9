#pragma once

#include "sqrtn/init/activation.hpp"

/// What an activation does to two correlated units. Source: laws.md §5.
namespace sqrtn::laws {

/// E[φ(x)·φ(y)] of normal x and y of mean 0, variance q and covariance c.
/// By z = √|ρ|·g + √(1 − |ρ|)·a for each of the two, ρ = c/q, the same g up to the sign of ρ, and an a of its own:
/// Gauss's rule between kinks over a, the trapezoidal one over g. Error: relative 1e-3 for |ρ| > 0.95, else 1e-5.
/// Throws: std::invalid_argument unless q ≥ |c|.
double correlation_map(const init::Activation& activation, double q, double c);

/// The same of φ': what a layer does to the product of two gradients.
double correlated_slope(const init::Activation& activation, double q, double c);

}  // namespace sqrtn::laws
