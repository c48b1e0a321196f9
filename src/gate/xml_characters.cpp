#include "gate/xml_characters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sqrtn::gate {
namespace {

std::string utf8_of(std::uint32_t c) {
  const auto low = [c](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | (c >> 6)), low(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | (c >> 12)), low(6), low(0)};
  return {static_cast<char>(0xF0 | (c >> 18)), low(12), low(6), low(0)};
}

/// Bytes that follow a first one, and what the first one gives; nullopt if it begins no character.
std::optional<std::pair<int, std::uint32_t>> begun(unsigned char c) {
  if (c < 0x80) return std::pair{0, std::uint32_t{c}};
  if (c >= 0xC2 && c < 0xE0) return std::pair{1, std::uint32_t{c} & 0x1F};
  if (c >= 0xE0 && c < 0xF0) return std::pair{2, std::uint32_t{c} & 0x0F};
  if (c >= 0xF0 && c < 0xF5) return std::pair{3, std::uint32_t{c} & 0x07};
  return std::nullopt;
}

}  // namespace

bool is_xml_character(std::uint32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
         (c >= 0x10000 && c <= 0x10FFFF);
}

bool may_begin_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_name_sign(char c) { return may_begin_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

std::optional<std::string> referred(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> entities{
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [entity, sign] : entities) {
    if (word == entity) return std::string(1, sign);
  }
  if (!word.starts_with('#')) return std::nullopt;
  const bool hex = word.starts_with("#x");
  const std::string_view digits = word.substr(hex ? 2 : 1);
  const char* end = digits.data() + digits.size();
  std::uint32_t c = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), end, c, hex ? 16 : 10);
  if (error != std::errc() || stopped != end || !is_xml_character(c)) return std::nullopt;
  return utf8_of(c);
}

std::size_t utf8_until(std::string_view text) {
  constexpr std::array<std::uint32_t, 4> least{0, 0x80, 0x800, 0x10000};
  for (std::size_t at = 0; at < text.size();) {
    const auto first = begun(static_cast<unsigned char>(text[at]));
    if (!first) return at;
    auto [n, c] = *first;
    if (at + static_cast<std::size_t>(n) >= text.size()) return at;
    for (int k = 1; k <= n; ++k) {
      const auto next = static_cast<unsigned char>(text[at + static_cast<std::size_t>(k)]);
      if ((next & 0xC0) != 0x80) return at;
      c = c << 6 | (next & 0x3F);
    }
    if (c < least[static_cast<std::size_t>(n)] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return at;
    at += static_cast<std::size_t>(n) + 1;
  }
  return text.size();
}

}  // namespace sqrtn::gate
