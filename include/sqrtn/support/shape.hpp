#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sqrtn {

/// Dimensions of a tensor, outermost first, row-major (C order); each ≥ 1.
/// A linear weight is {fan_out, fan_in}; a convolution's {c_out, c_in / groups, k…}.
using Shape = std::vector<std::size_t>;

/// Reads "512x256" or "64x3x7x7"; 1 to 8 dimensions, each in [1, 2⁴⁸].
/// Throws: std::invalid_argument that names `text` and the remedy: empty or signed or non-numeric
/// dimension, a zero, more than 8 dimensions, or a product above 2⁴⁸ elements.
Shape parse_shape(std::string_view text);

/// "512x256".
std::string to_string(const Shape& shape);

/// Π shape; 1 for the empty shape (a scalar).
/// Throws: std::invalid_argument if a dimension is 0 or the product exceeds 2⁴⁸.
std::size_t element_count(const Shape& shape);

}  // namespace sqrtn
