#pragma once

#include <vector>

#include "experiment/initialised_stack.hpp"

/// What is known to go wrong in blocks, one change at a time.
namespace sqrtn::experiment {

enum class StackFault {
  branch_scale,    ///< x + f(x), though sums of many branches grow
  norm_after_sum,  ///< norm(x + f(x)) without DeepNet's scales
  score_scale,     ///< products of queries and keys above 1/√d
  packed_gate,     ///< a gate's halves by the fans of one matrix
};

/// The ends of a stack: ln of the last RMS over the first, of the gradient's first over its last, and the last cosine.
struct StackEnds {
  double growth = 0, gradient = 0, correlation = 0;
};

/// A fault with what the runs show and what the law says of the same stack without it.
struct NamedFault {
  StackFault fault;
  StackEnds is, mended;
};

/// Either RMS changes by this factor at least, or the cosine by this much.
inline constexpr double least_named_factor = 1.25, least_named_cosine = 0.1;

/// The same stack with 1/√(2L), the norm before f, 1/√d, or a gate of two matrices.
Stack mended(Stack stack, StackFault fault);

/// Those that the stack's options have and that show: its runs against the law of the mended stack. Where that has no
/// law, nothing is named.
std::vector<NamedFault> named_faults(const StackPropagation& propagation);

}  // namespace sqrtn::experiment
