#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gate/program.hpp"
#include "report/table.hpp"
#include "results/document.hpp"
#include "results/format.hpp"
#include "support/exit_code.hpp"
#include "support/output.hpp"

/// The gate on a program against itself: "slower" and "faster" are wrong, so counting them measures this machine.
namespace sqrtn::gate {
namespace {

using statistics::Change;

struct Tally {
  std::size_t runs = 0, failed = 0, faster = 0, cases = 0, same = 0, unresolved = 0, blocks = 0, set_aside = 0;
  std::size_t least = 0, able = 0;  ///< blocks that a wrong word takes, and the runs that had them or needed no more
  double time_s = 0;
};

void count_run(Tally& tally, const Run& run) {
  const auto count = [&](Change change) {
    return static_cast<std::size_t>(
        std::ranges::count_if(run.cases, [&](const auto& c) { return c.change.change == change; }));
  };
  ++tally.runs;
  tally.able += run.blocks >= tally.least || count(Change::unresolved) == 0;
  tally.failed += count(Change::slower) > 0;
  tally.faster += count(Change::faster) > 0;
  tally.cases += run.cases.size();
  tally.same += count(Change::same);
  tally.unresolved += count(Change::unresolved);
  tally.blocks += run.blocks;
  tally.set_aside += run.set_aside;
  tally.time_s += run.time_s;
}

constexpr double interval_alpha = 0.01;

statistics::Interval interval_of(std::size_t events, const Tally& tally, double rate) {
  return statistics::binomial_test(events, tally.runs, rate, interval_alpha)->confidence_interval;
}

report::Table table_of(const Tally& tally, double alpha) {
  report::Table table{.title = "", .columns = {"event", "runs", "of", "rate, 99 % interval", "stated"}, .rows = {}};
  for (const auto& [name, events] :
       {std::pair{"any case slower (false alarm)", tally.failed}, {"any case faster", tally.faster}}) {
    table.rows.push_back({name, fmt::to_string(events), fmt::to_string(tally.runs),
                          results::compact(interval_of(events, tally, alpha), 3), fmt::format("≤ {:.2g}", alpha)});
  }
  return table;
}

std::string text_of(const Tally& tally, double alpha) {
  return report::to_markdown(table_of(tally, alpha)) +
         fmt::format(
             "\n{} verdicts: {} same, {} unresolved; {} blocks of two launches a run, {} set aside in all; {} a run\n"
             "A wrong word takes {} blocks: {} of the runs had them, or had resolved every case before{}\n",
             tally.cases, tally.same, tally.unresolved, (tally.blocks + tally.runs / 2) / tally.runs, tally.set_aside,
             results::duration(tally.time_s / static_cast<double>(tally.runs), 3), tally.least, tally.able,
             tally.able > 0 ? "" : ". Nothing was tested; raise --budget, --alpha or time fewer cases");
}

nlohmann::ordered_json to_json(const Tally& tally, const Options& options) {
  const double alpha = options.settings.change.alpha;
  const statistics::Interval interval = interval_of(tally.failed, tally, alpha);
  return {{"schema", "sqrtn.gate.self_test/1"},
          {"environment", results::to_json(describe_environment())},
          {"seed", options.settings.seed},
          {"alpha", alpha},
          {"min_effect", options.settings.change.min_effect},
          {"runs", tally.runs},
          {"runs_with_slower", tally.failed},
          {"runs_with_faster", tally.faster},
          {"interval_of_slower", {interval.low, interval.high}},
          {"verdicts", tally.cases},
          {"same", tally.same},
          {"unresolved", tally.unresolved},
          {"blocks", tally.blocks},
          {"blocks_set_aside", tally.set_aside},
          {"blocks_of_a_word", tally.least},
          {"runs_with_as_many", tally.able},
          {"time_s", tally.time_s}};
}

}  // namespace

int self_test(const Options& options, const std::vector<Program>& programs) {
  std::vector<std::string> cases;
  for (const BenchmarkCase& c : launch(programs[0], {}).output.cases) {
    if (c.fault.empty() && c.stopped.empty()) cases.push_back(c.name);
  }
  if (cases.empty()) {
    throw Stop(programs[0], {.code = nothing_measured, .message = " has no case with a time"});
  }
  Tally tally{.least = statistics::least_observations(cases.size(), options.settings.change)};
  Settings settings = options.settings;
  settings.extend = 1;  // a run as long as was asked for, so that they can be counted
  for (std::size_t run = 0; run < options.runs; ++run, ++settings.seed)
    count_run(tally, time_cases(programs, cases, settings));
  const double alpha = settings.change.alpha;
  const std::string text = text_of(tally, alpha);
  const auto add_summary = [&] {
    if (!options.summary.empty()) append_file(options.summary, text);
  };
  attempt_all({[&] {
                 write_each({{options.json == "-" ? "" : "-", text},
                             {options.json, results::to_text(to_json(tally, options))}});
               },
               add_summary});
  if (tally.able == 0) return inconclusive;
  return interval_of(tally.failed, tally, alpha).low > alpha ? claim_failed : all_well;
}

}  // namespace sqrtn::gate
