#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <list>
#include <system_error>

#include "results/json_input.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::results {
namespace {

using Json = nlohmann::ordered_json;

/// Builds the value while it is parsed, and stops at the first thing that exceeds a limit: the parser's
/// own builder knows no bounds and takes a field twice.
class BoundedBuilder final : public nlohmann::json_sax<Json> {
 public:
  BoundedBuilder(std::string name, std::string_view text, const JsonLimits& limits)
      : name_(std::move(name)), text_(text), limits_(limits) {}

  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr) != nullptr; }
  bool boolean(bool value) override { return add(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return add(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return add(value) != nullptr; }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value) != nullptr; }
  bool string(string_t& value) override {
    check_string(value);
    return add(std::move(value)) != nullptr;
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    check_string(name);
    require(name.size() <= limits_.key_bytes, "{}: a field's name is longer than {} bytes", name_, limits_.key_bytes);
    Json& object = *open_.back();
    const bool repeated = object.contains(name);
    require(limits_.repeated_fields || !repeated, "{}: the field '{:.60}' stands twice in one object", name_, name);
    require(object.size() < limits_.fields, "{}: an object has more than {} fields", name_, limits_.fields);
    member_ = repeated ? &passed_over_.emplace_back() : &object[name];
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& error) override {
    require(dynamic_cast<const nlohmann::detail::out_of_range*>(&error) == nullptr,
            "{}: not JSON, {}: the number {:.40} is out of range{}", name_, place(position), token, limits_.remedy);
    // "[json.exception.parse_error.101] parse error at line 1, column 5: …"
    std::string_view text = error.what();
    if (const auto at = text.find("at line "); at != std::string_view::npos) text.remove_prefix(at + 3);
    constexpr std::size_t longest = 200;
    throw std::invalid_argument(fmt::format("{}: not JSON, {}{}{}", name_, text.substr(0, longest),
                                            text.size() > longest ? "…" : "", limits_.remedy));
  }

 private:
  Json* add(Json value) {
    require(++values_ <= limits_.values, "{}: more than {} values; no document of sqrtn holds as many", name_,
            limits_.values);
    if (open_.empty()) return &(root_ = std::move(value));
    if (open_.back()->is_object()) return &(*member_ = std::move(value));
    open_.back()->push_back(std::move(value));
    return &open_.back()->back();
  }

  bool open(Json container) {
    require(open_.size() < limits_.depth, "{}: nested deeper than {} levels", name_, limits_.depth);
    open_.push_back(add(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  /// "line 1, column 5", of the last character before `position`.
  [[nodiscard]] std::string place(std::size_t position) const {
    const std::string_view before = text_.substr(0, std::min(position, text_.size()));
    const auto lines = std::ranges::count(before, '\n');
    const std::size_t line_begin = before.rfind('\n') + 1;  // 0 in the first line
    return fmt::format("line {}, column {}", lines + 1, before.size() - line_begin);
  }

  /// Such signs would speak to the terminal that shows them.
  void check_string(std::string_view text) const {
    require(text.size() <= limits_.string_bytes, "{}: a string is longer than {} bytes", name_, limits_.string_bytes);
    if (limits_.control_characters) return;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
      const bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F || c1;
      require(!control, "{}: a string holds the control character U+{:04X}", name_,
              c1 ? static_cast<unsigned char>(text[i + 1]) : c);
    }
  }

  std::string name_;
  std::string_view text_;
  JsonLimits limits_;
  Json root_;
  std::vector<Json*> open_;      ///< the containers around the next value, outermost first
  Json* member_ = nullptr;       ///< where the next value of the innermost object goes
  std::list<Json> passed_over_;  ///< values of fields that stood before
  std::size_t values_ = 0;
};

/// A place for the text of a file, and what is said of it where that fails.
struct TextFile {
  std::string path;
  std::size_t most_bytes;
  std::string kind;

  [[nodiscard]] std::system_error cannot_read(std::error_code why) const {
    return std::system_error(why, fmt::format("cannot read '{}' (name a {})", path, kind));
  }
  void require_size(bool fits) const {
    require(fits, "{}: larger than {} MiB; no {} is, so it is not read", path, most_bytes >> 20, kind);
  }

  /// Refuses, unopened, what may never begin, as a pipe, or never end, as a device.
  void check() const {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (error) throw cannot_read(error);
    if (fs::is_directory(status)) throw cannot_read(std::make_error_code(std::errc::is_a_directory));
    require(fs::is_regular_file(status), "cannot read '{}': it is no regular file; name a {}, or - for standard input",
            path, kind);
    const std::uintmax_t bytes = fs::file_size(path, error);
    require_size(error || bytes <= most_bytes);
  }

  [[nodiscard]] std::string read(std::istream& stream) const {
    std::string text;
    while (stream && text.size() <= most_bytes) {
      const std::size_t had = text.size();
      text.resize(std::min(most_bytes + 1, std::max<std::size_t>(1 << 16, 2 * had)));
      stream.read(text.data() + had, static_cast<std::streamsize>(text.size() - had));
      text.resize(had + static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad()) throw cannot_read({errno == 0 ? EIO : errno, std::generic_category()});
    require_size(text.size() <= most_bytes);
    return text;
  }
};

}  // namespace

std::string read_text(const std::string& path, std::size_t most_bytes, const std::string& kind) {
  const TextFile file{path, most_bytes, kind};
  errno = 0;
  if (path == "-") return file.read(std::cin);
  file.check();
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw file.cannot_read({errno == 0 ? ENOENT : errno, std::generic_category()});
  return file.read(stream);
}

Json parse_json(std::string_view text, const std::string& name, const JsonLimits& limits) {
  require(text.size() <= limits.bytes, "{}: larger than {} MiB", name, limits.bytes >> 20);
  BoundedBuilder builder(name, text, limits);
  Json::sax_parse(text, &builder);
  return builder.take();
}

}  // namespace sqrtn::results
