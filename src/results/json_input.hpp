#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/statistics/hypothesis.hpp"

/// JSON from outside: bounded while it is parsed, checked while it is read, and every complaint is one
/// line that names the file, the field, what was expected and what stood there.
namespace sqrtn::results {

/// What a text of JSON may hold. A value costs up to 100 bytes beside its text, so that a text within
/// these limits takes less than 200 MiB.
struct JsonLimits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t values = 1'000'000;
  std::size_t depth = 16;
  std::size_t string_bytes = 64 << 10;
  std::size_t key_bytes = 200;
  std::size_t fields = 256;                       ///< of one object
  bool control_characters = false;                ///< whether strings may hold them
  bool repeated_fields = false;                   ///< whether an object may have a field twice: the first counts
  const char* remedy = "; write the file again";  ///< of what is no JSON
};

/// The text of a regular file that holds at most `most_bytes`, or of standard input for "-"; a larger one is refused
/// before it is read, standard input once it has given more. `kind`: what the message tells to name instead.
/// Throws: std::system_error if it cannot be read, std::invalid_argument if it is too large or no regular file.
std::string read_text(const std::string& path, std::size_t most_bytes = JsonLimits{}.bytes,
                      const std::string& kind = "results document");

/// Parses strict JSON in UTF-8: one value, no NaN; unless the limits say otherwise no field twice in an object, and no
/// control characters but tab and line ends in its strings. `name` stands for the text in messages.
/// Throws: std::invalid_argument with line and column, also for what exceeds a limit.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& name, const JsonLimits& limits = {});

/// One value and the place where it stands. A field that is absent reads as one that is null.
/// All throw std::invalid_argument: "results.json: claims[12].p_value: expected …, got …".
class JsonInput {
 public:
  /// `json` must outlive this and all that is taken from it.
  JsonInput(const nlohmann::ordered_json& json, std::string name) : json_(&json), name_(std::move(name)) {}

  [[nodiscard]] JsonInput operator[](std::string_view field) const;  ///< of an object
  [[nodiscard]] std::vector<JsonInput> elements() const;             ///< of an array
  [[nodiscard]] std::vector<std::pair<std::string, JsonInput>> fields() const;
  [[nodiscard]] bool is_null() const { return json_ == nullptr || json_->is_null(); }

  [[nodiscard]] bool is_text() const { return json_ != nullptr && json_->is_string(); }

  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string text_or_empty() const;
  [[nodiscard]] bool flag() const;
  [[nodiscard]] double number(double low = -infinity, double high = infinity) const;
  [[nodiscard]] std::optional<double> number_or_none(double low = -infinity, double high = infinity) const;
  /// [low, high]; an end that is null is not a number.
  [[nodiscard]] std::optional<statistics::Interval> interval_or_none(double low = -infinity) const;

  template <class Integer>
  [[nodiscard]] Integer integer() const {
    return static_cast<Integer>(whole(std::numeric_limits<Integer>::max()));
  }
  /// What null stands for where a count is not known.
  template <class Integer>
  [[nodiscard]] Integer integer_or_zero() const {
    return is_null() ? Integer{0} : integer<Integer>();
  }

  [[noreturn]] void refuse(const std::string& expected) const;

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  JsonInput(const nlohmann::ordered_json* json, std::string name, std::string path)
      : json_(json), name_(std::move(name)), path_(std::move(path)) {}
  [[nodiscard]] std::uint64_t whole(std::uint64_t largest) const;

  const nlohmann::ordered_json* json_;  ///< null: absent
  std::string name_, path_;
};

}  // namespace sqrtn::results
