#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "claims/promise.hpp"
#include "results/fields.hpp"
#include "results/json_input.hpp"
#include "results/read.hpp"

/// Structs from JSON that is not trusted, by the list of their fields.
namespace sqrtn::results {

/// Reads what stands at `json` into the value, or refuses it.
template <class Struct>
void read(const JsonInput& json, Struct& value);

class Reader {
 public:
  explicit Reader(const JsonInput& json) : json_(json) {}

  void operator()(const char* name, std::string& value, rule::Word) {
    value = json_[name].text();
    if (value.empty()) json_[name].refuse("a string that is not empty");
  }
  void operator()(const char* name, std::string& value, rule::Text) { value = json_[name].text(); }
  void operator()(const char* name, std::string& value, rule::Maybe) { value = json_[name].text_or_empty(); }
  void operator()(const char* name, std::string& value, const rule::OneOf& one) {
    value = json_[name].text();
    if (std::ranges::find(one.words, value) == one.words.end()) {
      json_[name].refuse(fmt::format("{}", fmt::join(one.words, ", ")));
    }
  }
  void operator()(const char* name, std::vector<std::string>& value, rule::Text) {
    value.clear();
    for (const JsonInput& word : json_[name].elements()) value.push_back(word.text());
  }
  void operator()(const char* name, std::vector<std::string>& value, rule::Words) {
    if (!json_[name].is_null()) (*this)(name, value, rule::Text{});
  }
  void operator()(const char* name, std::map<std::string, std::string>& value, rule::Text) {
    value.clear();
    for (const auto& [key, text] : json_[name].fields()) value[key] = text.text();
  }
  void operator()(const char* name, bool& value, rule::Flag flag) {
    if (flag.may_lack && json_[name].is_null()) return;
    const bool first = flag.first != nullptr && json_[name].is_null();
    value = first ? !json_[flag.first].is_null() : json_[name].flag();
  }
  void operator()(const char* name, double& value, rule::Number bounds) {
    value = json_[name].number_or_none(bounds.low, bounds.high).value_or(unknown);
  }
  void operator()(const char* name, std::vector<double>& values, rule::Number bounds) {
    values.clear();
    for (const JsonInput& element : json_[name].elements()) {
      values.push_back(element.number_or_none(bounds.low, bounds.high).value_or(unknown));
    }
  }
  void operator()(const char* name, std::optional<double>& value, rule::Number bounds) {
    value = json_[name].number_or_none(bounds.low, bounds.high);
  }
  void operator()(const char* name, std::optional<statistics::Interval>& value, rule::Bounds bounds) {
    value = json_[name].is_null() && bounds.first_low != nullptr
                ? ends(json_[bounds.first_low], json_[bounds.first_high], bounds.low)
                : json_[name].interval_or_none(bounds.low);
  }
  void operator()(const char* name, statistics::Interval& value, rule::Bounds bounds) {
    value = json_[name].interval_or_none(bounds.low).value_or(statistics::Interval{unknown, unknown});
  }
  template <class Whole>
  void operator()(const char* name, Whole& value, rule::Count) {
    value = json_[name].integer<Whole>();
  }
  void operator()(const char* name, std::optional<std::size_t>& value, rule::Count) {
    value.reset();
    if (!json_[name].is_null()) value = json_[name].integer<std::size_t>();
  }
  void operator()(const char* name, std::size_t& value, rule::Tally) {
    value = json_[name].integer_or_zero<std::size_t>();
  }
  template <class Whole>
  void operator()(const char* name, Whole& value, rule::Known) {
    value = json_[name].integer_or_zero<Whole>();
  }
  template <class Value>
  void operator()(const char* name, Value& value, const rule::Enum& values) {
    if (values.may_lack && json_[name].is_null()) return;
    const auto found = std::ranges::find(values.words, json_[name].text());
    if (found == values.words.end()) json_[name].refuse(alternatives(values));
    value = static_cast<Value>(found - values.words.begin());
  }
  void operator()(const char* name, Note& note);
  template <class Struct>
  void operator()(const char* name, std::vector<Struct>& values) {
    values.clear();
    for (const JsonInput& element : json_[name].elements()) read(element, values.emplace_back());
  }

 private:
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

  /// "pass, fail, inconclusive or skipped"
  static std::string alternatives(const rule::Enum& values);
  /// An interval of two fields, as the first version had it.
  static std::optional<statistics::Interval> ends(const JsonInput& low, const JsonInput& high, double least);

  const JsonInput& json_;
};

template <class Struct>
void read(const JsonInput& json, Struct& value) {
  Reader reader(json);
  list(reader, value);
}

template <class Struct>
Struct read_as(const JsonInput& json) {
  Struct value;
  read(json, value);
  return value;
}

/// The elements of the array `json`, read by `read`, no id twice; none if it is null.
template <class Read>
auto read_records(const JsonInput& json, Read read) {
  std::vector<decltype(read(json))> records;
  if (json.is_null()) return records;
  std::set<std::string> ids;
  for (const JsonInput& element : json.elements()) {
    records.push_back(read(element));
    if (!ids.insert(element["id"].text()).second) element["id"].refuse("an id that stands once");
  }
  return records;
}

/// Whose class, if it is not told, follows from the claim's id.
template <class List>
claims::Result read_claim(const JsonInput& json, List list_fields) {
  claims::Result result;
  Reader reader(json);
  result.claim.claim_class = claims::class_of(json["id"].text());
  list_fields(reader, result);
  return result;
}

/// Whether it is one of the two versions of that schema, with whatever later minor versions add.
bool is_schema(const std::string& word, const std::string& schema);

/// Refuses a word that is not the one which follows from what was found; earlier documents tell none.
void check_word(const JsonInput& json, std::optional<claims::Word> follows);
std::vector<Incident> read_incidents(const JsonInput& json);
Document read_results(const JsonInput& json);
Libraries read_libraries(const JsonInput& json);
/// Of a run or of every library, as its schema says.
AnyDocument read_any(const JsonInput& json);
blas::Identity read_identity(const JsonInput& json);

}  // namespace sqrtn::results
