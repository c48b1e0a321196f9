#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sqrtn {

/// take(line) for each line of `text`, without the spaces around it; empty ones and those that begin with # are left
/// out. `name` is the file's. Throws: what `take` throws as std::invalid_argument, with the file and the line's number.
template <class Take>
void for_lines_of(std::string_view text, const std::string& name, Take take) {
  constexpr std::string_view spaces = " \t\r";
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(spaces), line.size()));
    line = line.substr(0, line.find_last_not_of(spaces) + 1);
    if (line.empty() || line.front() == '#') continue;
    try {
      take(line);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("{}, line {}: {}", name, number, error.what()));
    }
  }
}

/// The word that `line` begins with, which is taken off with the spaces behind it.
inline std::string_view take_word(std::string_view& line) {
  constexpr std::string_view spaces = " \t";
  const std::size_t end = std::min(line.find_first_of(spaces), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(line.find_first_not_of(spaces, end), line.size()));
  return word;
}

}  // namespace sqrtn
