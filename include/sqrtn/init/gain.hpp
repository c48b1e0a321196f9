#pragma once

#include <functional>
#include <span>

#include "sqrtn/init/activation.hpp"

namespace sqrtn::init {

/// E[f(z)], z ~ N(0,1), by Gauss–Kronrod quadrature over [−40, 40] split at 0 and at `kinks`.
/// Error: relative 1e-12 for the activations here.
double normal_expectation(const std::function<double(double)>& f, std::span<const double> kinks = {});

/// The gain that keeps the second moment, 1/√E[φ(z)²], z ~ N(0,1): √2 for relu.
/// Source: laws.md §5. The table that frameworks ship differs; see Activation::framework_gain.
double gain(const Activation& activation);

}  // namespace sqrtn::init
