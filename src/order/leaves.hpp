#pragma once

#include "order/pairs.hpp"

namespace sqrtn::order {

/// Marks, in the trees of these classes, whose numbers rise, the products that are added unrounded and the sums that
/// are kept in double, or refuses it. With x as a product's factor and −x as that of one added before, all others 0 and
/// B = b, the entry is what rounding took from x·b where the product is added unrounded, and 0 where it is rounded
/// first. With 1, 2⁻³⁰ and −1 the entry is 2⁻³⁰ where the sum of the first two has more digits than the type (doubles:
/// 2⁻⁵⁶).
template <class T>
void read_roundings(const Product<T>& product, const Classes& classes, const std::vector<std::size_t>& numbers,
                    std::vector<ClassOrder>& orders, const GoOn& go_on);

}  // namespace sqrtn::order
