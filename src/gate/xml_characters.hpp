#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The characters of XML: how they stand in UTF-8, and what a reference stands for.
namespace sqrtn::gate {

/// Whether a text of XML may hold it. Source: XML 1.0, production 2.
bool is_xml_character(std::uint32_t c);

/// Of names; those beyond ASCII are all taken.
bool is_name_sign(char c);
bool may_begin_name(char c);

/// What "lt", "#38" or "#x26" stands for, in UTF-8; nullopt for an entity that is not XML's own, and for a number that
/// is no character.
std::optional<std::string> referred(std::string_view word);

/// Where the text is no UTF-8 for the first time (RFC 3629: no surrogates, nothing longer than need be); its size if
/// it is all through.
std::size_t utf8_until(std::string_view text);

}  // namespace sqrtn::gate
