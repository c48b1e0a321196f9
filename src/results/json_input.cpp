#include "results/json_input.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sqrtn/support/require.hpp"

namespace sqrtn::results {
namespace {

using Json = nlohmann::ordered_json;

/// The start of what stood there, for a message of one line.
std::string excerpt(const Json* json) {
  constexpr std::size_t longest = 60;
  if (json == nullptr) return "nothing";
  if (json->is_object()) return "an object";
  if (json->is_array()) return fmt::format("an array of {}", json->size());
  std::string text = json->dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > longest) text = text.substr(0, longest) + "…";
  return text;
}

std::string bounds_text(const char* what, double low, double high) {
  if (std::isinf(low) && std::isinf(high)) return what;
  if (std::isinf(high)) return fmt::format("{} not below {}", what, low);
  return fmt::format("{} between {} and {}", what, low, high);
}

}  // namespace

void JsonInput::refuse(const std::string& expected) const {
  throw std::invalid_argument(
      fmt::format("{}: {}{}expected {}, got {}", name_, path_, path_.empty() ? "" : ": ", expected, excerpt(json_)));
}

JsonInput JsonInput::operator[](std::string_view field) const {
  if (json_ == nullptr || !json_->is_object()) refuse("an object");
  const auto found = json_->find(field);
  return {found == json_->end() ? nullptr : &*found, name_, path_ + (path_.empty() ? "" : ".") + std::string(field)};
}

std::vector<JsonInput> JsonInput::elements() const {
  if (json_ == nullptr || !json_->is_array()) refuse("an array");
  std::vector<JsonInput> all;
  all.reserve(json_->size());
  for (const Json& element : *json_) all.push_back({&element, name_, fmt::format("{}[{}]", path_, all.size())});
  return all;
}

std::vector<std::pair<std::string, JsonInput>> JsonInput::fields() const {
  if (json_ == nullptr || !json_->is_object()) refuse("an object");
  std::vector<std::pair<std::string, JsonInput>> all;
  for (const auto& [field, value] : json_->items()) all.emplace_back(field, (*this)[field]);
  return all;
}

std::string JsonInput::text() const {
  if (is_null() || !json_->is_string()) refuse("a string");
  return json_->get<std::string>();
}

std::string JsonInput::text_or_empty() const {
  if (is_null()) return {};
  if (!json_->is_string()) refuse("a string or null");
  return json_->get<std::string>();
}

bool JsonInput::flag() const {
  if (is_null() || !json_->is_boolean()) refuse("true or false");
  return json_->get<bool>();
}

double JsonInput::number(double low, double high) const {
  const std::string expected = bounds_text("a number", low, high);
  if (is_null() || !json_->is_number()) refuse(expected);
  const auto x = json_->get<double>();
  if (!(low <= x && x <= high)) refuse(expected);
  return x;
}

std::optional<double> JsonInput::number_or_none(double low, double high) const {
  if (is_null()) return std::nullopt;
  return number(low, high);
}

std::optional<statistics::Interval> JsonInput::interval_or_none(double low) const {
  if (is_null()) return std::nullopt;
  if (!json_->is_array() || json_->size() != 2) refuse("two numbers [low, high] or null");
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const std::vector<JsonInput> ends = elements();
  const statistics::Interval interval{ends[0].number_or_none(low).value_or(unknown),
                                      ends[1].number_or_none(low).value_or(unknown)};
  if (interval.low > interval.high) ends[0].refuse(fmt::format("a number not above {}", interval.high));
  return interval;
}

std::uint64_t JsonInput::whole(std::uint64_t largest) const {
  // A negative integer has a type of its own in the parser.
  if (is_null() || !json_->is_number_unsigned() || json_->get<std::uint64_t>() > largest) {
    refuse(fmt::format("a whole number between 0 and {}", largest));
  }
  return json_->get<std::uint64_t>();
}

}  // namespace sqrtn::results
