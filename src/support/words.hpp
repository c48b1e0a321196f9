#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string_view>

/// Enumerators as words, which stand in the order of the enumeration.
namespace sqrtn {

template <class Enum>
constexpr std::string_view word_of(Enum value, std::span<const std::string_view> words) {
  return words[static_cast<std::size_t>(value)];
}

/// The enumerator that is called `name`; `what`: "layer".
/// Throws: std::invalid_argument, "unknown layer 'x'; known: linear, conv".
template <class Enum>
Enum parse_word(std::string_view what, std::string_view name, std::span<const std::string_view> words) {
  const auto found = std::ranges::find(words, name);
  if (found == words.end()) {
    throw std::invalid_argument(fmt::format("unknown {} '{}'; known: {}", what, name, fmt::join(words, ", ")));
  }
  return static_cast<Enum>(found - words.begin());
}

}  // namespace sqrtn
