#pragma once

#include <fmt/format.h>

#include <string>

namespace sqrtn::statistics {

/// A p-value as people read it, "p 3e-12". None is 0: one that its type has no number for is below the smallest.
inline std::string p_text(double p_value, int digits) {
  return p_value > 0 ? fmt::format("p {:.{}g}", p_value, digits) : "p < 1e-300";
}

}  // namespace sqrtn::statistics
