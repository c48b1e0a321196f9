#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "libraries/children.hpp"
#include "report/reproduction.hpp"
#include "report/summary.hpp"
#include "support/filter.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct ReproduceOptions {
  CommonOptions common;
  experiment::NotebookSettings settings;
  std::string output;
  bool list = false;
};

int list_numbers(const std::vector<experiment::NotebookExperiment>& experiments) {
  std::string text;
  for (const auto& experiment : experiments) {
    for (const std::string& id : experiment.ids) text += id + '\n';
  }
  write_file("-", text);
  return all_well;
}

int reproduce(ReproduceOptions options, const std::vector<std::string>& command) {
  const Filter wanted(options.common.filter);
  const auto finds = [&wanted](const std::string& id) { return wanted.finds(id); };
  std::vector<experiment::NotebookExperiment> experiments = experiment::notebook_experiments();
  std::erase_if(experiments, [&](const auto& experiment) { return std::ranges::none_of(experiment.ids, finds); });
  if (experiments.empty()) return nothing_matches("number", options.common.filter, "reproduce");
  if (options.list) return list_numbers(experiments);
  if (!options.common.json.empty()) require_writable(options.common.json);
  if (!options.output.empty()) report::require_writable_folder(options.output);

  options.settings.seed = options.common.seed;
  const blas::Backend backend = libraries::load_library(options.common.blas);
  // The experiments run side by side; one thread in the library keeps every bit independent of that.
  backend.set_threads(1);
  Progress progress("notebooks");
  results::Document document = make_document(backend, command, options.common.seed, {}, {});
  document.reproduced = experiment::reproduce(experiments, backend.functions(), options.settings,
                                              [&](double done) { progress.update(done, ""); });
  std::erase_if(document.reproduced, [&](const auto& finding) { return !finds(finding.id); });
  const bool contradicted = std::ranges::any_of(document.reproduced, &experiment::Finding::contradicted);
  document.verdict = contradicted ? claims::Verdict::fail : claims::Verdict::pass;
  const auto write_tables = [&] {
    if (!options.output.empty()) report::write_reproduction(document, options.output);
  };
  attempt_all({write_tables, [&] { deliver(document, options.common.json, report::reproduction_text(document)); }});
  return contradicted ? claim_failed : all_well;
}

}  // namespace

void add_reproduce(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<ReproduceOptions>();
  CLI::App* subcommand = application.add_subcommand(
      "reproduce", "Runs the experiments of the five notebooks and puts every printed number beside its law");
  add_common_options(*subcommand, options->common, "a number's id");
  subcommand
      ->add_option("--repetitions", options->settings.repetitions,
                   "At least so many repetitions in every averaged experiment [the notebook's 100 or 10,000]")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000));
  subcommand->add_option("--threads", options->settings.threads, "Experiments side by side; 0: all available")
      ->type_name("N")
      ->check(CLI::Range(0, 4096));
  subcommand->add_option("--output", options->output, "Also write reproduced.md, .csv and .json into this folder")
      ->type_name("DIR");
  subcommand->add_flag("--list", options->list, "Only list the ids of the numbers that match")->excludes("--json");
  subcommand->footer(
      "Exit codes: 1 if one of our own values contradicts its law; a published value that is improbable is a finding.\n"
      "Examples:\n  sqrtn reproduce --filter '^000/'\n"
      "  sqrtn reproduce --filter '^003/cell17/' --repetitions 10000 --seed 7");
  subcommand->callback([options, subcommand, &chosen] {
    chosen = [options, subcommand] { return reproduce(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
