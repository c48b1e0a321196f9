#pragma once

#include "results/fields.hpp"
#include "results/strict_json.hpp"

/// Structs as JSON, by the list of their fields.
namespace sqrtn::results {

template <class Struct>
Json written(const Struct& value);

class Writer {
 public:
  void operator()(const char* name, const std::string& value, rule::Maybe) { json[name] = text(value); }
  void operator()(const char* name, double value, rule::Number) { json[name] = number(value); }
  void operator()(const char* name, const std::vector<double>& values, rule::Number) {
    json[name] = Json::array();
    for (const double value : values) json[name].push_back(number(value));
  }
  void operator()(const char* name, const std::optional<double>& value, rule::Number) { json[name] = number(value); }
  void operator()(const char* name, const statistics::Interval& value, rule::Bounds) {
    json[name] = std::isnan(value.low) && std::isnan(value.high) ? Json(nullptr) : interval(value);
  }
  void operator()(const char* name, const std::optional<statistics::Interval>& value, rule::Bounds) {
    json[name] = interval(value);
  }
  void operator()(const char* name, std::integral auto value, rule::Known) {
    json[name] = value > 0 ? Json(value) : Json(nullptr);
  }
  void operator()(const char* name, const std::optional<std::size_t>& value, rule::Count) {
    json[name] = value ? Json(*value) : Json(nullptr);
  }
  template <class Value>
  void operator()(const char* name, Value value, const rule::Enum& values) {
    json[name] = values.words[static_cast<std::size_t>(value)];
  }
  /// Text, words, flags and counts stand as they are.
  void operator()(const char* name, const auto& value, auto) { json[name] = value; }

  void operator()(const char* name, const Note& note) {
    json[name] = text(note.text);
    json["note_kind"] = note.empty() ? Json(nullptr) : Json(note_words[static_cast<std::size_t>(note.kind)]);
  }
  template <class Struct>
  void operator()(const char* name, const std::vector<Struct>& values) {
    json[name] = Json::array();
    for (const Struct& value : values) json[name].push_back(written(value));
  }

  Json json = Json::object();
};

template <class Struct>
Json written(const Struct& value) {
  Writer writer;
  list(writer, value);
  return std::move(writer.json);
}

}  // namespace sqrtn::results
