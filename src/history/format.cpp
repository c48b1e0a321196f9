#include "results/format.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <system_error>

#include "history/history.hpp"
#include "results/json_input.hpp"
#include "results/read_fields.hpp"
#include "results/write.hpp"
#include "sqrtn/support/require.hpp"
#include "support/output.hpp"

namespace sqrtn::history {
namespace {

using results::Json;
namespace rule = results::rule;

constexpr const char* schema = "sqrtn.history/1";
constexpr std::size_t longest_name = 64 << 10;

template <class Fields, class R>
void list_head(Fields& field, R& run) {
  field("commit", run.commit, rule::Word{});
  field("date", run.date, rule::Word{});
  field("machine", run.machine, rule::Word{});
}

std::string place_of(const std::string& name, std::size_t i) { return fmt::format("{}: cases[{}]: ", name, i); }

double time_at(const Json& entry, std::size_t at, const std::string& name, std::size_t i) {
  const Json& value = entry[at];
  const double time_s = value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
  if (!std::isfinite(time_s) || time_s <= 0) {
    throw std::invalid_argument(place_of(name, i) + fmt::format("expected a time above 0 in [{}]", at));
  }
  return time_s;
}

// Without JsonInput, which would make the place of each of millions of values before anything is wrong.
Case parse_case(const Json& entry, const std::string& name, std::size_t i) {
  const bool fits = entry.is_array() && (entry.size() == 2 || entry.size() == 4) && entry[0].is_string();
  if (!fits) throw std::invalid_argument(place_of(name, i) + R"(expected ["name", median_s] with low_s, high_s)");
  Case result{.name = entry[0].get<std::string>(), .time = {}};
  if (result.name.empty()) throw std::invalid_argument(place_of(name, i) + "expected a name that is not empty");
  result.time.median_s = time_at(entry, 1, name, i);
  result.time.low_s = result.time.high_s = std::numeric_limits<double>::quiet_NaN();
  if (entry.size() == 2) return result;
  result.time.low_s = time_at(entry, 2, name, i);
  result.time.high_s = time_at(entry, 3, name, i);
  if (result.time.low_s <= result.time.median_s && result.time.median_s <= result.time.high_s) return result;
  throw std::invalid_argument(place_of(name, i) + "expected an interval about the median");
}

}  // namespace

std::string to_line(const Run& run) {
  results::Writer writer;
  writer.json["schema"] = schema;
  const auto text = [&](const char* name, const std::string& value, auto) { writer.json[name] = value; };
  list_head(text, run);
  Json& cases = writer.json["cases"] = Json::array();
  for (const Case& c : run.cases) {
    Json entry = Json::array({c.name, c.time.median_s});
    if (!std::isnan(c.time.low_s) && !std::isnan(c.time.high_s)) {
      entry.push_back(c.time.low_s);
      entry.push_back(c.time.high_s);
    }
    cases.push_back(std::move(entry));
  }
  return writer.json.dump() + '\n';
}

Run parse_run(std::string_view line, const std::string& name) {
  results::JsonLimits limits;
  limits.string_bytes = longest_name;
  const Json parsed = results::parse_json(line, name, limits);
  const results::JsonInput json(parsed, name);
  const std::string word = json["schema"].text_or_empty();
  if (word != schema && !word.starts_with(std::string(schema) + '.')) {
    json["schema"].refuse(fmt::format("\"{}\", a line of sqrtn history add", schema));
  }
  Run run;
  results::Reader reader(json);
  list_head(reader, run);
  const Json* cases = parsed.contains("cases") ? &parsed["cases"] : nullptr;
  if (cases == nullptr || !cases->is_array() || cases->empty()) json["cases"].refuse("an array of cases");
  run.cases.reserve(cases->size());
  for (const Json& entry : *cases) run.cases.push_back(parse_case(entry, name, run.cases.size()));
  return run;
}

void add_run(const Run& run, const std::string& path) {
  const std::string line = to_line(run);
  static_cast<void>(parse_history(line, "what would be added"));
  std::ifstream held(path, std::ios::binary);
  if (held && held.peek() != std::ifstream::traits_type::eof()) {
    std::string first;
    std::getline(held, first);
    static_cast<void>(parse_run(first, path + ", line 1"));
    held.clear();
    held.seekg(-1, std::ios::end);
    require(held.get() == '\n', "{}: its last line is not whole; remove that line, then add again", path);
  }
  held.close();
  append_file(path, line);
}

}  // namespace sqrtn::history
