#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace sqrtn {

/// The number that the whole of the text is; nullopt if it is none, or none of this type. An integer without a sign
/// of its own takes no "-1".
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end) return std::nullopt;
  return number;
}

}  // namespace sqrtn
