#pragma once

#include <optional>
#include <vector>

#include "experiment/stack.hpp"

namespace sqrtn::experiment {

/// Of infinitely wide blocks, 0, the input, to depth: ln of the RMS of signal and gradient, the latter over that at the
/// last block.
struct StackLaw {
  std::vector<double> log_rms, log_gradient;
};

/// The variance map of a stack of mlp blocks without batch norm or softmax, by quadrature; nullopt for others, whose
/// maps need more than a variance. With q the mean square and u = q/(q + ε) behind a norm, else q:
///   v ← n_in·σ²·v, then E φ(√v·z)² (gated: E φ(√v·z)²·v), layer by layer from v = u; q' = a²q + s²v
///   x ← n_out·σ²·x, then E φ'(√v·z)² (gated: E φ² + v·E φ'²), and 1/(v + ε) at each norm; g² = (a² + s²x)·g'²
/// Error: with an rms norm before f and at most two products in f, E q is exact at every width but for ε, as each unit
/// is normal given x; otherwise, and of gradients, terms of order 1/width. Source: laws.md §5.
std::optional<StackLaw> stack_law(const Stack& stack);

}  // namespace sqrtn::experiment
