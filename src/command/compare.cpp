#include "results/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "gate/files.hpp"
#include "report/compare_text.hpp"
#include "report/order_text.hpp"
#include "results/order.hpp"
#include "sqrtn/support/require.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct CompareOptions {
  std::string before, after, json;
  bool force = false, strict = false, fail_slower = false;
};

/// A report's code: only what turned wrong is its failure, unless --fail-slower; slower is what `gate` judges.
int exit_code_of(const results::Comparison& comparison, bool strict, bool fail_slower) {
  const bool slower = std::ranges::count(comparison.ratios, results::Change::slower, &results::TimeRatio::change) > 0;
  const bool wrong = std::ranges::any_of(comparison.claims, [strict](const results::ClaimChange& change) {
    return (change.turned_wrong() || change.is_new_failure()) && change.counts(strict);
  });
  const bool turned_wrong = std::ranges::any_of(comparison.ratios, &results::TimeRatio::turned_wrong);
  if (wrong || turned_wrong || (strict && !comparison.orders.empty()) || (slower && fail_slower)) return claim_failed;
  // What was checked and is not any more may hide a failure.
  if (std::ranges::any_of(comparison.claims, &results::ClaimChange::no_longer_checked)) return nothing_measured;
  const bool doubtful = std::ranges::any_of(comparison.claims, [](const results::ClaimChange& change) {
    return change.after == claims::Verdict::inconclusive;
  });
  return doubtful ? inconclusive : all_well;
}

int refuse(const CompareOptions& options, const results::Difference& difference) {
  fmt::print(stderr,
             "sqrtn: '{}' and '{}' come from different machines: {} is '{}' in the one and '{}' in the other; "
             "compare runs of one machine, or add --force\n",
             options.before, options.after, difference.field, difference.before, difference.after);
  return not_comparable;
}

/// Throws: std::invalid_argument if a time could not be called slower.
void require_intervals(const results::Comparison& comparison) {
  for (const results::TimeRatio& row : comparison.ratios) {
    require(!row.ratio || row.confidence_interval,
            "--fail-slower: '{}' has too few repetitions for an interval; run both with --benchmark_repetitions=5 or "
            "more (hyperfine: --runs, nanobench: epochs; Catch2 writes none)",
            row.id);
  }
}

/// In what order two versions of a library, or two machines, add.
int compare_orders(const CompareOptions& options) {
  const auto before = results::read_orders(options.before), after = results::read_orders(options.after);
  const auto changed = results::unexpected(before, after);
  const std::size_t in_both = results::orders_in_both(before, after);
  deliver(results::order_changes_json(changed), options.json, report::order_changes_text(changed, in_both));
  return in_both == 0 ? nothing_measured : changed.empty() ? all_well : claim_failed;
}

int compare(const CompareOptions& options) {
  if (!options.json.empty()) require_writable(options.json);
  if (results::holds_orders(options.before) && results::holds_orders(options.after)) return compare_orders(options);
  const results::Comparison comparison = gate::compare_files(options.before, options.after);
  if (!comparison.machine.empty() && !options.force) return refuse(options, comparison.machine.front());
  if (comparison.shares_nothing()) {
    fmt::print(stderr, "sqrtn: '{}' and '{}' share no claim and no measurement; name two runs of the same kind\n",
               options.before, options.after);
    return nothing_measured;
  }
  if (options.fail_slower) require_intervals(comparison);
  deliver(results::to_json(comparison), options.json, report::to_markdown(comparison));
  return exit_code_of(comparison, options.strict, options.fail_slower);
}

}  // namespace

void add_compare(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* subcommand =
      application.add_subcommand("compare", "What became wrong, faster or slower between two results of one machine");
  subcommand
      ->add_option(
          "old", options->before,
          "The earlier results.json or backends.json, JSON of Google Benchmark, nanobench or hyperfine, or XML of "
          "Catch2; - is standard input")
      ->required()
      ->type_name("OLD.json");
  subcommand->add_option("new", options->after, "The later one")->required()->type_name("NEW.json");
  subcommand->add_flag("--force", options->force, "Compare different machines too, and mark it");
  subcommand->add_flag("--strict", options->strict,
                       "Count what differs with NaN, Inf, α = 0 or underflow alone too, and orders of sums");
  subcommand->add_flag("--fail-slower", options->fail_slower,
                       "Exit with 1 if an interval of new/old lies above 1; takes 5 repetitions or more");
  subcommand->add_option("--json", options->json, "Also write the comparison to FILE; '-' is standard output")
      ->type_name("FILE")
      ->check(word_error);
  subcommand->footer(
      "Markdown on standard output: verdicts and properties that changed, times as ratios with intervals, geometric "
      "means; of two backends.json for every library, with the orders of sums that changed.\n"
      "Exit codes: 1 if a claim or an answer turned wrong or is new and fails, 3 if a claim became inconclusive, 4 if "
      "one is no longer checked or the two share nothing, 5 if the machines differ. A slower time is shown and is no "
      "failure without --fail-slower: the two runs were not interleaved, so that drift between them is not excluded. "
      "To let speed fail a build, use sqrtn gate.\n"
      "Examples:\n  sqrtn compare results/old/results.json results/new/results.json\n"
      "  sqrtn compare old-order.json new-order.json   (of sqrtn order --json: which sums are added otherwise)\n"
      "  sqrtn compare old-benchmark.json new-benchmark.json --fail-slower");
  subcommand->callback([options, &chosen] { chosen = [options] { return compare(*options); }; });
}

}  // namespace sqrtn::command
