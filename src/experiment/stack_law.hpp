#pragma once

#include <optional>
#include <vector>

#include "experiment/stack.hpp"

namespace sqrtn::experiment {

/// Of infinitely wide blocks, 0, the input, to depth: ln of the RMS of signal and gradient, the latter over that at the
/// last block, and the cosine between tokens or samples, NaN where there are none.
struct StackLaw {
  std::vector<double> log_rms, log_gradient, correlation;
};

/// Why there is none, whatever the sizes.
enum class NoLaw {
  batch_norm,        ///< statistics of few rows
  causal_attention,  ///< tokens of which none is like another
};

/// nullopt where there is a law, unless it leaves its range: that of double, or scores that deviate by more than
/// laws::most_score_deviation.
std::optional<NoLaw> no_law(const Stack& stack);

/// The maps of mean square and covariance of a stack's blocks, by quadrature, and of gradients on their way back: for
/// mlp and gates, attention and transformer, and conv and bottleneck by pixel. Source: laws.md §13.
/// Error: with an rms norm before f and at most two products in f, E q of an mlp is exact at every width but for ε, as
/// each unit is normal given x; otherwise, and of gradients, terms of order 1/width and, of attention, 1/(size of a
/// head).
std::optional<StackLaw> stack_law(const Stack& stack);

}  // namespace sqrtn::experiment
