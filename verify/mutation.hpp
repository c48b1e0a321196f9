#pragma once

#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace sqrtn::verify {

/// One of the changes that a disk, an editor or an enemy makes.
inline void mutate(std::string& text, std::mt19937_64& random) {
  static constexpr std::string_view tokens[] = {"null", "-1", "1e308", "\"\"", "[",    "{",
                                                "}",    "]",  ",",     ":",    "true", "0"};
  const std::size_t at = random() % text.size(), length = 1 + random() % 12;
  switch (random() % 5) {
    case 0:
      text[at] = static_cast<char>(random());
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, tokens[random() % std::size(tokens)]);
      break;
    case 3:
      text.insert(at, text.substr(random() % text.size(), 40 * length));
      break;
    default:
      text.replace(at, length, tokens[random() % std::size(tokens)]);
  }
}

/// The text after one to three of them.
inline std::string mutated(std::string text, std::mt19937_64& random) {
  for (std::size_t changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) mutate(text, random);
  return text;
}

}  // namespace sqrtn::verify
