#include "history/from_results.hpp"

#include <fmt/format.h>

#include <limits>

#include "gate/google_benchmark.hpp"
#include "gate/suites.hpp"
#include "results/format.hpp"
#include "results/read.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"
#include "support/environment.hpp"

namespace sqrtn::history {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

TakenRun run_of(const results::Document& document) {
  TakenRun taken;
  taken.run.machine = machine_name(document.environment);
  for (const results::Measurement& row : document.measurements) {
    if (row.note.kind == results::NoteKind::wrong_answer || row.rounds == 0 || !(row.median_s > 0)) {
      taken.left_out.push_back(fmt::format("{}: {}", row.id, row.note.empty() ? "no time" : row.note.text));
      continue;
    }
    const auto interval = row.confidence_interval_s.value_or(statistics::Interval{unknown, unknown});
    taken.run.cases.push_back({row.id, {row.median_s, interval.low, interval.high}});
  }
  return taken;
}

/// Why the case is left out; empty if it is not.
std::string reason_of(const gate::BenchmarkCase& c) {
  if (c.wrong_answer) return "wrong answer";
  if (!c.stopped.empty()) return c.stopped;
  return c.fault.empty() && !(c.value > 0) ? "no time" : c.fault;
}

TakenRun run_of(const gate::BenchmarkOutput& output) {
  TakenRun taken;
  for (const gate::BenchmarkCase& c : output.cases) {
    const std::string name = results::printable(c.name), reason = reason_of(c);
    if (!reason.empty()) {
      taken.left_out.push_back(fmt::format("{}: {}", name, reason));
      continue;
    }
    const auto interval =
        statistics::median_confidence_interval(c.repetitions).value_or(statistics::Interval{unknown, unknown});
    taken.run.cases.push_back({name, {c.value, interval.low, interval.high}});
  }
  if (const auto date = output.context.find("date"); date != output.context.end())
    taken.run.date = results::printable(date->second);
  const Environment here = describe_environment();
  const auto processors = output.context.find("num_cpus");
  if (processors != output.context.end() && processors->second == fmt::to_string(here.logical_processors)) {
    taken.run.machine = machine_name(here);
  }
  return taken;
}

/// sqrtn's own documents begin with their schema, Google Benchmark's with a context.
bool is_document(std::string_view text) { return text.substr(0, 100).find("\"schema\"") != std::string_view::npos; }

}  // namespace

TakenRun run_from(std::string_view text, const std::string& name, const RunOptions& options, const std::string& now) {
  TakenRun taken;
  if (gate::is_suite_output(text)) {
    require(options.clock == gate::BenchmarkClock::real, "{}: it tells no processor's time for --cpu-time", name);
    taken = run_of(gate::read_suite_output(text, name));
  } else if (is_document(text)) {
    taken = run_of(results::parse_document(text, name));
  } else {
    taken = run_of(gate::read_benchmark_output(text, {.clock = options.clock}, name));
  }
  taken.run.commit = options.commit;
  if (!options.machine.empty()) taken.run.machine = options.machine;
  if (!options.date.empty() || taken.run.date.empty()) taken.run.date = options.date.empty() ? now : options.date;
  require(!taken.run.machine.empty(), "{}: it does not tell its machine, or that is not this one; add --machine NAME",
          name);
  require(!taken.run.cases.empty(), "{}: it has no time of any case", name);
  return taken;
}

}  // namespace sqrtn::history
