#pragma once

#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "sqrtn/support/require.hpp"

namespace sqrtn::experiment {

/// The place of the option's value among those that it takes. Throws: std::invalid_argument that lists them.
inline std::size_t place_of(const std::string& value, std::string_view option,
                            std::span<const std::string_view> words) {
  const auto found = std::ranges::find(words, value);
  require(found != words.end(), "{} takes {}, got '{}'", option, fmt::join(words, ", "), value);
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace sqrtn::experiment
