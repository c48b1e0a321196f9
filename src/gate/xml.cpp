#include "gate/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "gate/xml_characters.hpp"
#include "results/format.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

constexpr std::string_view xml_blanks = " \t\r\n";

bool is_blank(char c) { return xml_blanks.find(c) != xml_blanks.npos; }

class XmlReader {
 public:
  XmlReader(std::string_view text, const std::string& name, const XmlEvents& events, const XmlLimits& limits)
      : text_(text), name_(name), events_(events), limits_(limits) {}

  void read() {
    if (const std::size_t end = utf8_until(text_); end < text_.size()) refuse_at(end, "a byte that is no UTF-8");
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    if (rest().starts_with("<?xml") && at_ + 5 < text_.size() && is_blank(text_[at_ + 5])) declaration();
    while (at_ < text_.size()) {
      if (text_[at_] != '<') {
        character_data();
      } else if (rest().starts_with("<!--")) {
        comment();
      } else if (rest().starts_with("</")) {
        end_tag();
      } else {
        begin_tag();
      }
    }
    if (!open_.empty()) refuse(fmt::format("the text ends within <{}>", shown(open_.back())));
    if (n_elements_ == 0) refuse("it has no element");
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const { refuse_at(at_, reason); }

  [[noreturn]] void refuse_at(std::size_t at, const std::string& reason) const {
    const std::string_view before = text_.substr(0, std::min(at, text_.size()));
    const auto line = 1 + std::ranges::count(before, '\n');
    const std::size_t column = 1 + before.size() - (before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1);
    throw std::invalid_argument(fmt::format("{}: not XML, line {}, column {}: {}", name_, line, column, reason));
  }

  static std::string shown(std::string_view word) {
    constexpr std::size_t longest = 60;
    return results::printable(results::shortened(word, longest));
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  /// Where `end` begins from here on.
  std::size_t find(std::string_view end, const char* what) const {
    const std::size_t found = text_.find(end, at_);
    if (found == text_.npos) refuse(fmt::format("{} does not end", what));
    return found;
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  void expect(std::string_view word) {
    if (!rest().starts_with(word)) refuse(fmt::format("expected '{}'", word));
    at_ += word.size();
  }

  void declaration() {
    const std::size_t end = find("?>", "the declaration");
    std::string words(text_.substr(at_, end - at_));
    std::ranges::transform(words, words.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    if (words.find("encoding") != words.npos && words.find("utf-8") == words.npos) {
      refuse("its encoding is not UTF-8; write it as UTF-8");
    }
    at_ = end + 2;
  }

  void comment() {
    at_ += 4;
    at_ = find("--", "a comment") + 2;
    expect(">");
  }

  /// Text between tags, which is passed over: outside the outermost element there is none but blanks.
  void character_data() {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    if (open_.empty()) {
      skip_blanks();
      if (at_ < end) refuse("there is text outside the outermost element");
    }
    for (; at_ < end; ++at_) {
      if (text_[at_] != '&') continue;
      std::string passed_over;
      reference(passed_over);
      --at_;
    }
  }

  /// Replaces "&lt;" and the like, from here on.
  void reference(std::string& value) {
    constexpr std::size_t longest = 12;
    const std::size_t end = rest().substr(0, longest).find(';');
    if (end == text_.npos) refuse("'&' begins no reference");
    const std::string_view word = rest().substr(1, end - 1);
    const std::optional<std::string> sign = referred(word);
    if (!sign) refuse(fmt::format("'&{};' is neither an entity of XML's own nor a character", shown(word)));
    value += *sign;
    at_ += end + 1;
  }

  std::string a_name() {
    const std::size_t begin = at_;
    if (at_ >= text_.size() || !may_begin_name(text_[at_])) refuse("expected a name");
    while (at_ < text_.size() && is_name_sign(text_[at_])) ++at_;
    if (at_ - begin > limits_.name_bytes) {
      refuse_at(begin, fmt::format("a name is longer than {} bytes", limits_.name_bytes));
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string attribute_value() {
    const char quote = at_ < text_.size() ? text_[at_] : ' ';
    if (quote != '"' && quote != '\'') refuse("expected a value in quotes");
    const std::size_t begin = at_++;
    std::string value;
    for (;;) {
      if (at_ >= text_.size()) refuse_at(begin, "a value does not end");
      const char c = text_[at_];
      if (c == quote) break;
      if (c == '<') refuse("a value holds '<'");
      if (!is_xml_character(static_cast<unsigned char>(c))) refuse("a control character");
      if (value.size() >= limits_.value_bytes) {
        refuse_at(begin, fmt::format("a value is longer than {} bytes", limits_.value_bytes));
      }
      if (c == '&') {
        reference(value);
      } else {
        value += is_blank(c) ? ' ' : c;
        ++at_;
      }
    }
    ++at_;
    return value;
  }

  void begin_tag() {
    if (rest().starts_with("<!")) refuse("document types and marked sections are not read");
    if (rest().starts_with("<?")) refuse("processing instructions are not read");
    if (open_.empty() && n_elements_ > 0) refuse("there is a second outermost element");
    if (++n_elements_ > limits_.elements) refuse(fmt::format("it has more than {} elements", limits_.elements));
    if (open_.size() >= limits_.depth) refuse(fmt::format("nested deeper than {} levels", limits_.depth));
    ++at_;
    XmlElement element{.name = a_name(), .attributes = {}};
    for (;;) {
      const std::size_t before = at_;
      skip_blanks();
      if (rest().starts_with(">") || rest().starts_with("/>")) break;
      if (at_ == before) refuse("expected a blank, '>' or '/>'");
      attribute(element);
    }
    const bool is_empty = text_[at_] == '/';
    at_ += is_empty ? 2 : 1;
    events_.begin(element);
    if (is_empty) return events_.end();
    open_.push_back(element.name);
  }

  void attribute(XmlElement& element) {
    const std::size_t begin = at_;
    std::string name = a_name();
    if (element.find(name) != nullptr) refuse_at(begin, fmt::format("the attribute '{}' stands twice", shown(name)));
    if (element.attributes.size() >= limits_.attributes) {
      refuse_at(begin, fmt::format("an element has more than {} attributes", limits_.attributes));
    }
    skip_blanks();
    expect("=");
    skip_blanks();
    element.attributes.emplace_back(std::move(name), attribute_value());
  }

  void end_tag() {
    const std::size_t begin = at_;
    at_ += 2;
    const std::string name = a_name();
    skip_blanks();
    expect(">");
    if (open_.empty()) refuse_at(begin, fmt::format("</{}> ends nothing", shown(name)));
    if (open_.back() != name) {
      refuse_at(begin, fmt::format("</{}> ends <{}>", shown(name), shown(open_.back())));
    }
    open_.pop_back();
    events_.end();
  }

  std::string_view text_;
  const std::string& name_;
  const XmlEvents& events_;
  const XmlLimits& limits_;
  std::size_t at_ = 0, n_elements_ = 0;
  std::vector<std::string> open_;
};

}  // namespace

const std::string* XmlElement::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, [](const auto& one) { return one.first; });
  return found == attributes.end() ? nullptr : &found->second;
}

void read_xml(std::string_view text, const std::string& name, const XmlEvents& events, const XmlLimits& limits) {
  require(text.size() <= limits.bytes, "{}: larger than {} MiB", name, limits.bytes >> 20);
  XmlReader(text, name, events, limits).read();
}

}  // namespace sqrtn::gate
