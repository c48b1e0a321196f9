#include "history/from_results.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "gate/google_benchmark.hpp"
#include "results/format.hpp"
#include "results/read.hpp"
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

TakenRun run_of(const gate::BenchmarkOutput& output) {
  TakenRun taken;
  for (const gate::BenchmarkCase& c : output.cases) {
    const std::string name = results::printable(c.name);
    if (c.fault.empty() && !c.wrong_answer) {
      taken.run.cases.push_back({name, {c.time_s, unknown, unknown}});
    } else {
      taken.left_out.push_back(fmt::format("{}: {}", name, c.wrong_answer ? "wrong answer" : c.fault));
    }
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
  if (is_document(text)) {
    taken = run_of(results::parse_document(text, name));
  } else {
    try {
      taken = run_of(gate::read_benchmark_output(text, options.clock));
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(
          fmt::format("{}: {}; name a results.json, or what a Google Benchmark program wrote "
                      "with --benchmark_out=FILE",
                      name, error.what()));
    }
  }
  taken.run.commit = options.commit;
  if (!options.machine.empty()) taken.run.machine = options.machine;
  if (!options.date.empty() || taken.run.date.empty()) taken.run.date = options.date.empty() ? now : options.date;
  require(!taken.run.machine.empty(), "{}: it does not tell its machine, and this one is another; add --machine NAME",
          name);
  require(!taken.run.cases.empty(), "{}: it has no time of any case", name);
  return taken;
}

}  // namespace sqrtn::history
