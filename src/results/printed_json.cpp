#include "results/printed_json.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "support/number.hpp"

namespace sqrtn::results {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Where the document begins; the end if there is none.
std::size_t begin_of(std::string_view text) {
  std::size_t line_with_brace = text.size();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (text[begin] == '{') {
      const std::string_view rest = text.substr(begin + 1, end - begin - 1);
      if (std::ranges::all_of(rest, is_blank)) return begin;
      line_with_brace = std::min(line_with_brace, begin);
    }
    begin = end + 1;
  }
  return line_with_brace < text.size() ? line_with_brace : std::min(text.find('{'), text.size());
}

/// One pass over the document: what was last, and in what.
class Cleaner {
 public:
  explicit Cleaner(std::string_view text) : out_(text) {}

  std::string clean() {
    const std::size_t begin = begin_of(out_);
    if (begin == out_.size()) return std::move(out_);
    blank(0, begin);
    at_ = begin;
    do {
      // What is neither JSON nor a line of log is left for the parser to name.
      if (!step()) return std::move(out_);
    } while (at_ < out_.size() && !open_.empty());
    if (open_.empty()) blank(at_, out_.size());
    return std::move(out_);
  }

 private:
  enum class Last { opened, comma, key, colon, value };

  bool step() {
    if (is_blank(out_[at_])) {
      line_begins_ |= out_[at_] == '\n';
      if (!blank_ || out_[at_] != '\n') blank_ = at_;
      ++at_;
      return true;
    }
    if (take()) return true;
    const bool may_be_log = last_ == Last::value || (line_begins_ && last_ != Last::key && last_ != Last::colon);
    if (may_be_log) skip_line();
    return may_be_log;
  }

  /// Whether what stands here is JSON, as far as can be told from what was last.
  bool take() {
    const char c = out_[at_];
    if (c == '{' || c == '[') return open(c);
    if (c == '}' || c == ']') return close(c);
    if (c == '"') return string();
    if (c == ',') return last_ == Last::value && mark(Last::comma);
    if (c == ':') return last_ == Last::key && mark(Last::colon);
    return word();
  }

  bool open(char c) {
    // Of arrays in arrays there are none, but many lines of log begin with a bracket.
    const bool in_array = !open_.empty() && open_.back() == '[';
    if (last_ == Last::key || (c == '[' && last_ != Last::colon)) return false;
    if (last_ == Last::value && !(c == '{' && open_ == "{[" && insert_comma())) return false;
    if (c == '{' && last_ != Last::colon && !open_.empty() && !in_array) return false;
    open_ += c;
    return mark(Last::opened);
  }

  bool close(char c) {
    if (open_.empty() || open_.back() != (c == '}' ? '{' : '[') || last_ == Last::key || last_ == Last::colon) {
      return false;
    }
    open_.pop_back();
    return mark(Last::value);
  }

  bool string() {
    if (last_ == Last::key || (last_ == Last::value && !(open_ == "{{" && insert_comma()))) return false;
    const bool is_key = open_.back() == '{' && last_ != Last::colon;
    std::size_t end = at_ + 1;
    while (end < out_.size() && out_[end] != '"') end += out_[end] == '\\' ? 2 : 1;
    at_ = std::min(end, out_.size() - 1);
    return mark(is_key ? Last::key : Last::value);
  }

  /// A number, true, false, null, or a number that is none; anything else is no JSON.
  bool word() {
    // The benchmarks are objects: a number among them is one of a log.
    const bool in_numbers = open_.back() == '[' && open_ != "{[" && last_ != Last::value;
    if (last_ != Last::colon && !in_numbers) return false;
    std::size_t end = at_;
    while (end < out_.size() && !is_blank(out_[end]) && std::string_view(",]}").find(out_[end]) == out_.npos) ++end;
    const std::string_view text = std::string_view(out_).substr(at_, end - at_);
    static constexpr std::array<std::string_view, 3> literals{"true", "false", "null"};
    static constexpr std::array<std::string_view, 5> no_numbers{"nan", "inf", "infinity", "nan(ind)", "1.#inf"};
    std::string lower(text.substr(text.starts_with('-') ? 1 : 0));
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    if (std::ranges::find(no_numbers, lower) != no_numbers.end()) {
      // No number is shorter than null: a text is none either.
      out_.replace(at_, text.size(), text.size() < 4 ? "\"-\"" : "null" + std::string(text.size() - 4, ' '));
    } else if (std::ranges::find(literals, text) == literals.end() && !parse_number<double>(text)) {
      return false;
    }
    at_ = end - 1;
    return mark(Last::value);
  }

  bool mark(Last last) {
    last_ = last;
    blank_.reset();
    line_begins_ = false;
    ++at_;
    return true;
  }

  bool insert_comma() {
    if (!blank_) return false;
    out_[*blank_] = ',';
    return true;
  }

  /// To the end of the line, or to the brace with which a benchmark begins, where the log ended without a line end.
  void skip_line() {
    static constexpr std::string_view begins("    {");
    std::size_t end = std::min(out_.find('\n', at_), out_.size());
    std::size_t shown = end;
    while (shown > at_ && is_blank(out_[shown - 1])) --shown;
    if (open_ == "{[" && std::string_view(out_).substr(at_, shown - at_).ends_with(begins)) end = shown - 1;
    blank_ = at_;
    blank(at_, end);
    at_ = end;
  }

  void blank(std::size_t begin, std::size_t end) {
    std::replace_if(
        out_.begin() + static_cast<std::ptrdiff_t>(begin), out_.begin() + static_cast<std::ptrdiff_t>(end),
        [](char c) { return c != '\n'; }, ' ');
  }

  std::string out_;
  std::string open_;  ///< the brackets that are open, outermost first
  std::size_t at_ = 0;
  Last last_ = Last::colon;           ///< as if the document were a value
  std::optional<std::size_t> blank_;  ///< a blank since then, no line end if there is another
  bool line_begins_ = false;          ///< whether the line has had nothing yet
};

}  // namespace

std::string without_noise(std::string_view text) { return Cleaner(text).clean(); }

}  // namespace sqrtn::results
