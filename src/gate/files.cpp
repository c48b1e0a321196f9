#include "gate/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gate/suites.hpp"
#include "results/json_input.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/statistics/unpaired.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

constexpr std::size_t least_repetitions = 5;
constexpr const char* group = "benchmarks";

/// What must be the same on both sides for times to be compared, what is told where it is not, and what is another in
/// every run.
constexpr std::array machine_fields{"num_cpus", "library_build_type"};
constexpr std::array passing_fields{"date", "host_name", "executable", "mhz_per_cpu", "load_avg"};

std::vector<double> logarithms(const std::vector<double>& values) {
  std::vector<double> logs;
  for (const double x : values) logs.push_back(std::log(x));
  return logs;
}

/// Why a case has no value, or what its value stands on.
std::string note_of(const BenchmarkCase& c) {
  if (!c.stopped.empty()) return c.stopped;
  if (!c.fault.empty()) return c.fault;
  if (c.basis == Basis::own_median) return "aggregates only: the program's median";
  return c.basis == Basis::own_mean ? "aggregates only: the program's mean" : "";
}

results::TimeRatio ratio_of(const BenchmarkCase& before, const BenchmarkCase& after) {
  results::TimeRatio row;
  row.id = after.name;
  row.group = group;
  row.before_s = before.value;
  row.after_s = after.value;
  row.change = results::Change::not_ranked;
  const std::string older = note_of(before), newer = note_of(after);
  row.note = older == newer ? older : older.empty() ? newer : newer.empty() ? "old: " + older : older + "; " + newer;
  row.turned_wrong = before.value > 0 && !after.stopped.empty();
  if (!(before.value > 0) || !(after.value > 0)) return row;
  row.ratio = after.value / before.value;
  row.change = results::Change::unresolved;
  const std::size_t fewest = std::min(before.repetitions.size(), after.repetitions.size());
  if (fewest < least_repetitions) {
    row.note += fmt::format("{}{} repetitions, {} are needed", row.note.empty() ? "" : "; ", fewest, least_repetitions);
    return row;
  }
  const auto shift = statistics::shift_interval(logarithms(before.repetitions), logarithms(after.repetitions));
  if (!shift) return row;
  row.confidence_interval = statistics::Interval{std::exp(shift->low), std::exp(shift->high)};
  if (row.confidence_interval->low > 1) row.change = results::Change::slower;
  if (row.confidence_interval->high < 1) row.change = results::Change::faster;
  return row;
}

void compare_contexts(const BenchmarkOutput& before, const BenchmarkOutput& after, results::Comparison& comparison) {
  std::map<std::string, std::string> all = before.context;
  all.insert(after.context.begin(), after.context.end());
  const auto text = [](const BenchmarkOutput& output, const std::string& key) {
    const auto found = output.context.find(key);
    return found == output.context.end() ? std::string("–") : found->second;
  };
  for (const auto& [key, value] : all) {
    const std::string older = text(before, key), newer = text(after, key);
    const bool both = before.context.contains(key) && after.context.contains(key);
    if (older == newer || std::ranges::find(passing_fields, key) != passing_fields.end()) continue;
    const bool machine = both && std::ranges::find(machine_fields, key) != machine_fields.end();
    (machine ? comparison.machine : comparison.other).push_back({key, older, newer});
  }
}

}  // namespace

AnyResults parse_results(std::string_view text, const std::string& name) {
  if (is_suite_output(text)) return read_suite_output(text, name);
  // A document of sqrtn's names its schema, and a file that is neither is refused as one of them.
  const bool own = text.find("\"sqrtn.") != text.npos;
  if (!own && text.find("\"benchmarks\"") != text.npos) return read_benchmark_output(text, {}, name);
  return std::visit([](auto&& document) -> AnyResults { return std::forward<decltype(document)>(document); },
                    results::parse_any(text, name));
}

AnyResults read_results(const std::string& path) { return parse_results(results::read_text(path), path); }

results::Document document_of(const BenchmarkOutput& output) {
  results::Document document;
  for (const BenchmarkCase& c : output.cases) {
    results::Measurement& row = document.measurements.emplace_back();
    row.id = row.subject = c.name;
    row.group = group;
    row.note.text = note_of(c);
    if (!(c.value > 0)) continue;
    row.median_s = c.value;
    row.min_s = c.repetitions.empty() ? c.value : *std::ranges::min_element(c.repetitions);
    row.rounds = std::max<std::size_t>(1, c.repetitions.size());
    row.confidence_interval_s = statistics::median_confidence_interval(c.repetitions);
    row.rate = 1 / c.value;
    row.rate_unit = "1/s";
  }
  return document;
}

results::Comparison compare(const BenchmarkOutput& before, const BenchmarkOutput& after) {
  require(before.tool == after.tool, "the older is output of {}, the newer of {}; name two of one program",
          name_of(before.tool), name_of(after.tool));
  results::Comparison comparison;
  comparison.interval_percent = 99;
  compare_contexts(before, after, comparison);
  std::map<std::string_view, const BenchmarkCase*> old_cases;
  for (const BenchmarkCase& c : before.cases) old_cases[c.name] = &c;
  for (const BenchmarkCase& c : after.cases) {
    const auto found = old_cases.extract(c.name);
    if (found) {
      comparison.ratios.push_back(ratio_of(*found.mapped(), c));
    } else {
      comparison.appeared.push_back(c.name);
    }
  }
  for (const auto& [name, c] : old_cases) comparison.disappeared.emplace_back(name);
  comparison.means = results::mean_ratios(comparison.ratios);
  return comparison;
}

results::Comparison compare_files(const std::string& before, const std::string& after) {
  const AnyResults older = read_results(before), newer = read_results(after);
  require(older.index() == newer.index(),
          "'{}' and '{}' are documents of two kinds; name two results.json or two backends.json, or two outputs of one "
          "benchmark program",
          before, after);
  const auto compare_kind = [&newer](const auto& one) {
    using results::compare, gate::compare;
    return compare(one, std::get<std::decay_t<decltype(one)>>(newer));
  };
  return std::visit(compare_kind, older);
}

}  // namespace sqrtn::gate
