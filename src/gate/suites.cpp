#include "gate/suites.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "gate/catch2.hpp"
#include "gate/suite_cases.hpp"
#include "results/json_input.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

using results::JsonInput;

constexpr std::string_view blanks = " \t\r\n";

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == text.npos ? std::string_view() : text.substr(begin);
}

bool begins_with_results(std::string_view text) {
  text = without_blanks(text);
  if (!text.starts_with('{')) return false;
  return without_blanks(text.substr(1)).starts_with("\"results\"");
}

bool begins_as_xml(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return without_blanks(text).starts_with('<');
}

/// A time, or why it is none.
void add_time(SuiteCase& one, const JsonInput& field, const char* what) {
  if (field.is_null()) {
    one.fault = fmt::format("{} is missing", what);
    return;
  }
  one.add(field.number(), what);
}

SuiteCase nanobench_case(const JsonInput& result) {
  SuiteCase one;
  const std::string title = result["title"].text_or_empty();
  one.name = result["name"].text();
  if (!title.empty() && title != "benchmark") one.name = title + "/" + one.name;
  if (const double n = result["complexityN"].number_or_none().value_or(-1); n > 0) one.name += fmt::format("/{:g}", n);
  for (const JsonInput& measurement : result["measurements"].elements()) {
    add_time(one, measurement["elapsed"], "elapsed");
  }
  if (one.repetitions.empty() && one.fault.empty()) {
    one.basis = Basis::own_median;
    add_time(one, result["median(elapsed)"], "median(elapsed)");
  }
  return one;
}

/// "exit code 1 in 2 of 6 runs"; empty if all ended well.
std::string failed_runs(const JsonInput& exit_codes) {
  if (exit_codes.is_null()) return {};
  std::size_t n_failed = 0, n = 0;
  std::string first;
  for (const JsonInput& code : exit_codes.elements()) {
    ++n;
    const std::optional<double> value = code.number_or_none();
    if (value == 0) continue;
    if (++n_failed == 1) first = value ? fmt::format("exit code {:g}", *value) : "ended by a signal";
  }
  return n_failed == 0 ? std::string() : fmt::format("{} in {} of {} runs", first, n_failed, n);
}

SuiteCase hyperfine_case(const JsonInput& result) {
  SuiteCase one;
  one.name = result["command"].text();
  if (const std::string failed = failed_runs(result["exit_codes"]); !failed.empty()) one.stopped = "error: " + failed;
  if (const JsonInput parameters = result["parameters"]; !parameters.is_null()) {
    for (const auto& [key, value] : parameters.fields()) one.parameters += fmt::format(" {}={}", key, value.text());
  }
  if (const JsonInput times = result["times"]; !times.is_null()) {
    for (const JsonInput& time : times.elements()) add_time(one, time, "a time");
  }
  if (one.repetitions.empty() && one.fault.empty()) {
    one.basis = Basis::own_median;
    add_time(one, result["median"], "median");
  }
  return one;
}

/// Commands that read alike are told apart by their parameters.
void tell_parameters(std::vector<SuiteCase>& cases) {
  std::map<std::string, std::size_t> n_named;
  for (const SuiteCase& one : cases) ++n_named[one.name];
  for (SuiteCase& one : cases) {
    if (n_named[one.name] > 1) one.name += one.parameters;
  }
}

BenchmarkOutput read_json(std::string_view text, const std::string& name) {
  results::JsonLimits limits;
  limits.control_characters = true;
  limits.remedy = "";
  const nlohmann::ordered_json json = results::parse_json(text, name, limits);
  const std::vector<JsonInput> all = JsonInput(json, name)["results"].elements();
  const bool is_hyperfine = !all.empty() && !all.front()["command"].is_null();
  require(all.empty() || is_hyperfine || !all.front()["measurements"].is_null(),
          "{}: results[0]: expected a 'command', as hyperfine writes it, or 'measurements', as nanobench does", name);
  std::vector<SuiteCase> cases;
  for (const JsonInput& result : all) cases.push_back(is_hyperfine ? hyperfine_case(result) : nanobench_case(result));
  if (is_hyperfine) tell_parameters(cases);
  return output_of(std::move(cases), is_hyperfine ? Tool::hyperfine : Tool::nanobench, name);
}

}  // namespace

bool is_suite_output(std::string_view text) { return begins_as_xml(text) || begins_with_results(text); }

BenchmarkOutput read_suite_output(std::string_view text, const std::string& name) {
  return begins_as_xml(text) ? read_catch2(text, name) : read_json(text, name);
}

}  // namespace sqrtn::gate
