#include "gate/google_benchmark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "bench.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

using Json = nlohmann::json;

// context.caches[].type and benchmarks[].name are the deepest of what is read.
constexpr int deepest = 4;
constexpr std::size_t longest_name = 64 << 10;  // as the readers of results take it

/// From the line that is a lone brace, as Google Benchmark begins, or else the first brace, to the last one.
std::string_view json_part(std::string_view text) {
  std::size_t begin = text.starts_with("{") ? 0 : text.find("\n{\n");
  if (begin == std::string_view::npos) begin = text.find('{');
  const std::size_t end = text.rfind('}');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return text;
  return text.substr(begin, end + 1 - begin);
}

/// Bare words outside strings that are no JSON and stand for no number become null.
std::string without_bare_words(std::string_view text) {
  static constexpr std::array<std::string_view, 8> words{"NaN",      "-NaN",      "nan", "-nan",
                                                         "Infinity", "-Infinity", "inf", "-inf"};
  const auto is_word = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '-'; };
  std::string result;
  result.reserve(text.size());
  bool quoted = false;
  for (std::size_t i = 0; i < text.size();) {
    if (!quoted && is_word(text[i])) {
      std::size_t end = i;
      while (end < text.size() && is_word(text[end])) ++end;
      const std::string_view word = text.substr(i, end - i);
      result += std::ranges::find(words, word) != words.end() ? std::string_view("null") : word;
      i = end;
      continue;
    }
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\' && i + 1 < text.size()) result += text[i++];
    result += text[i++];
  }
  return result;
}

Json parse(std::string_view text) {
  const auto shallow = [](int depth, Json::parse_event_t event, Json&) {
    const bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    return !opens || depth <= deepest;
  };
  return Json::parse(without_bare_words(json_part(text)), shallow, false);
}

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// 0 for a unit that Google Benchmark does not know.
double unit_s(const std::string& unit) {
  if (unit == "s") return 1;
  if (unit == "ms") return 1e-3;
  if (unit == "us") return 1e-6;
  return unit == "ns" || unit.empty() ? 1e-9 : 0;  // the default
}

/// All that was printed about one case.
struct Entries {
  BenchmarkCase c;
  std::vector<double> times_s;
  std::optional<double> aggregate_s;
};

void add_time(Entries& entries, const Json& json, BenchmarkClock clock) {
  const std::string aggregate = text_at(json, "run_type") == "aggregate" ? text_at(json, "aggregate_name") : "";
  if (!aggregate.empty() && aggregate != "median" && aggregate != "mean") return;
  const char* key = clock == BenchmarkClock::real ? "real_time" : "cpu_time";
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) {
    entries.c.fault = fmt::format("{} is {}", key, found == json.end() ? "missing" : "not a number");
    return;
  }
  const std::string unit = text_at(json, "time_unit");
  if (unit_s(unit) == 0) {
    entries.c.fault = fmt::format("time_unit is '{}', not s, ms, us or ns", unit);
    return;
  }
  const double time_s = found->get<double>() * unit_s(unit);
  if (!std::isfinite(time_s) || time_s <= 0) {
    entries.c.fault = fmt::format("{} is {}, not a time", key, found->get<double>());
    return;
  }
  if (aggregate.empty()) {
    entries.times_s.push_back(time_s);
  } else if (!entries.aggregate_s || aggregate == "median") {
    entries.aggregate_s = time_s;
  }
}

void add_entry(std::vector<Entries>& all, std::map<std::string, std::size_t>& index, const Json& json,
               BenchmarkClock clock) {
  require(json.is_object(), "its output is no Google Benchmark JSON: an entry of 'benchmarks' is not an object");
  const std::string run_name = text_at(json, "run_name"), name = run_name.empty() ? text_at(json, "name") : run_name;
  require(!name.empty() && name.size() <= longest_name,
          "its output is no Google Benchmark JSON: an entry of 'benchmarks' has no name of 1 to {} bytes",
          longest_name);
  const auto [at, is_new] = index.try_emplace(name, all.size());
  if (is_new) all.emplace_back().c.name = name;
  Entries& entries = all[at->second];
  if (text_at(json, "label") == bench::wrong_answer) entries.c.wrong_answer = true;
  if (const auto error = json.find("error_occurred"); error != json.end() && *error == true) {
    entries.c.fault = "error: " + text_at(json, "error_message");
    return;
  }
  add_time(entries, json, clock);
}

}  // namespace

BenchmarkOutput read_benchmark_output(std::string_view text, BenchmarkClock clock) {
  const Json json = parse(text);
  require(json.is_object(), "its output is no JSON, or truncated ({} bytes)", text.size());
  const auto benchmarks = json.find("benchmarks");
  require(benchmarks != json.end() && benchmarks->is_array(),
          "its output is no Google Benchmark JSON: it has no list 'benchmarks'");
  BenchmarkOutput output;
  if (const auto context = json.find("context"); context != json.end() && context->is_object()) {
    for (const auto& [key, value] : context->items()) {
      if (value.is_string()) output.context[key] = value.get<std::string>();
      if (value.is_number()) output.context[key] = value.dump();
    }
  }
  std::vector<Entries> all;
  std::map<std::string, std::size_t> index;
  for (const Json& entry : *benchmarks) add_entry(all, index, entry, clock);
  for (Entries& entries : all) {
    const std::optional<double> median = statistics::median(entries.times_s);
    if (entries.c.fault.empty() && !median && !entries.aggregate_s) entries.c.fault = "it reports no time";
    if (entries.c.fault.empty()) entries.c.time_s = median ? *median : *entries.aggregate_s;
    output.cases.push_back(std::move(entries.c));
  }
  return output;
}

}  // namespace sqrtn::gate
