#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// XML from outside, as far as reports of tests need it: elements with their attributes, in order.
namespace sqrtn::gate {

/// What a text of XML may hold. One element is held at a time, and the names of those around it.
struct XmlLimits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t elements = 1'000'000;
  std::size_t depth = 64;
  std::size_t attributes = 64;         ///< of one element
  std::size_t value_bytes = 64 << 10;  ///< of one attribute
  std::size_t name_bytes = 200;        ///< of an element or an attribute
};

struct XmlElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< with their references replaced

  /// Null if it has no attribute of that name.
  [[nodiscard]] const std::string* find(std::string_view attribute) const;
};

/// What is told of a text: each element as it begins, and as it ends.
struct XmlEvents {
  std::function<void(const XmlElement&)> begin;
  std::function<void()> end;
};

/// Reads one element with all that it holds, in UTF-8; comments and text are passed over. What could reach beyond the
/// text or grow within it is refused: document types, entities but the five of XML and those of characters, and
/// processing instructions. `name` stands for the text in messages.
/// **limits**: time is linear in the text. Throws: std::invalid_argument, "a.xml: not XML, line 3, column 7: …", also
/// for what exceeds a limit; what the events throw. Source: Extensible Markup Language (XML) 1.0, fifth edition.
void read_xml(std::string_view text, const std::string& name, const XmlEvents& events, const XmlLimits& limits = {});

}  // namespace sqrtn::gate
