#pragma once

#include <cstddef>

#include "sqrtn/laws/summation.hpp"

namespace sqrtn::screen {

/// Σ a[l]·b[l·step_b] in the order of the tree, each operation rounded to nearest as IEEE 754 has it, by integer
/// arithmetic alone: what no multiplier or adder of floating point has a part in. Some 20 ns a product.
/// For finite numbers whose sums do not overflow; a result of 0 is +0.
template <class T>
T sum_by_integers(const laws::SumTree& tree, const T* a, const T* b, std::size_t step_b);

}  // namespace sqrtn::screen
