#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace sqrtn {

/// Argument check that is always on: does nothing if `condition` holds.
/// The message names the condition, the values and the remedy, in fmt syntax.
/// Throws: std::invalid_argument.
template <class... Args>
void require(bool condition, fmt::format_string<Args...> message, Args&&... args) {
  if (!condition) [[unlikely]] {
    throw std::invalid_argument(fmt::format(message, std::forward<Args>(args)...));
  }
}

}  // namespace sqrtn
