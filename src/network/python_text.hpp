#pragma once

#include <fmt/ranges.h>

#include <string>

#include "sqrtn/support/shape.hpp"

/// What layers print of their settings, as Python does.
namespace sqrtn::network {

/// A number as Python prints it: 1e-05, 0.1, 1.0.
inline std::string python_float(double x) {
  const std::string text = fmt::format("{}", x);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

/// "(3,)" or "(3, 4)".
inline std::string shape_text(const Shape& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

}  // namespace sqrtn::network
