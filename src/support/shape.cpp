#include "sqrtn/support/shape.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "sqrtn/support/require.hpp"

namespace sqrtn {
namespace {

/// 2⁴⁸: 1 PiB of floats, beyond any memory, and small enough that sizes in bytes never overflow.
constexpr std::size_t max_elements = std::size_t{1} << 48;
constexpr std::size_t max_dimensions = 8;

std::size_t parse_dimension(std::string_view text, std::string_view whole) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // A number too long for the type is a number all the same, so that the message speaks of its size.
  const bool number = end == text.data() + text.size() && error != std::errc::invalid_argument;
  require(number, "shape '{}': '{}' is not a whole number; write dimensions as in 512x256", whole, text);
  require(error != std::errc::result_out_of_range && value <= max_elements,
          "shape '{}': dimension {} exceeds 2^48; choose a smaller one", whole, text);
  return value;
}

}  // namespace

Shape parse_shape(std::string_view text) {
  const auto dimensions = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), 'x'));
  require(dimensions <= max_dimensions, "shape '{}' has {} dimensions; at most {} are supported", text, dimensions,
          max_dimensions);
  Shape shape;
  for (std::string_view rest = text; shape.size() < dimensions;) {
    const std::size_t length = std::min(rest.find('x'), rest.size());
    shape.push_back(parse_dimension(rest.substr(0, length), text));
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
  element_count(shape);
  return shape;
}

std::string to_string(const Shape& shape) { return fmt::format("{}", fmt::join(shape, "x")); }

std::size_t element_count(const Shape& shape) {
  std::size_t count = 1;
  for (const std::size_t dimension : shape) {
    // Joined only where it is shown: shapes are counted with every draw.
    require(dimension >= 1, "shape '{}': a dimension is 0; each must be at least 1", fmt::join(shape, "x"));
    require(dimension <= max_elements / count, "shape '{}' has more than 2^48 elements; choose a smaller one",
            fmt::join(shape, "x"));
    count *= dimension;
  }
  return count;
}

}  // namespace sqrtn
