#include <memory>

#include "command/command.hpp"
#include "command/options.hpp"
#include "history/actions.hpp"

namespace sqrtn::command {
namespace {

using history::Options;

constexpr const char* history_footer =
    "A history is a file of lines, one for each run, that is only ever added to: keep it beside the code, or as an "
    "artefact of the CI.\n"
    "Examples:\n"
    "  sqrtn history add results.json --to history.jsonl\n"
    "  sqrtn history check history.jsonl\n"
    "  sqrtn history show history.jsonl --case 'gemm/512'";

constexpr const char* add_footer =
    "The results are a results.json of sqrtn's, or what a Google Benchmark program writes with --benchmark_out; or "
    "JSON of nanobench or hyperfine, or XML of Catch2, which do not tell their machine: name it. Their machine is else "
    "that of the results, or this one; runs of different machines are kept apart.\n"
    "Examples:\n"
    "  sqrtn history add results.json --to history.jsonl\n"
    "  ./bench --benchmark_format=json | sqrtn history add - --commit 1a2b3c4\n"
    "  sqrtn history add out.json --machine runner-a --commit \"$(git rev-parse HEAD)\"\n"
    "  hyperfine ./a.out --export-json out.json && sqrtn history add out.json --machine runner-a";

constexpr const char* show_footer =
    "Of a case that is the only one to match, each run is shown too.\n"
    "Examples:\n"
    "  sqrtn history show\n"
    "  sqrtn history show history.jsonl --case '^gemm/512$'";

constexpr const char* check_footer =
    "A change is new if it was found with the newest run, and is told of once. Each run looks again, and none of that "
    "adds to --alpha: it is over all cases and all looks, ever, whatever the law of the noise.\n"
    "Exit codes: 1 a case became slower, 3 no case has runs enough for anything to be found, 4 there is no such case.\n"
    "Examples:\n"
    "  sqrtn history check history.jsonl\n"
    "  sqrtn history check --newest 3 --summary \"$GITHUB_STEP_SUMMARY\"";

CLI::App* add_word(CLI::App& history, const char* name, const char* description, const char* footer) {
  CLI::App* word = history.add_subcommand(name, description);
  word->footer(footer);
  return word;
}

/// What shows and checks have in common.
void add_telling(CLI::App& word, Options& options) {
  word.add_option("history", options.file, "The history; - is standard input")
      ->type_name("FILE")
      ->check(word_error)
      ->capture_default_str();
  word.add_option("--case", options.settings.filter, "Only cases that match this regular expression")
      ->type_name(regex_type)
      ->check(filter_error);
  word.add_option("--alpha", options.settings.alpha, "Probability of any false change, over all cases and looks")
      ->type_name("P")
      ->check(number_between(1e-6, 0.4))
      ->capture_default_str();
  add_whole_number(word, "--newest", options.settings.newest, "How many of the newest runs are new", {1, 1'000'000})
      ->type_name("N")
      ->capture_default_str();
  add_json(word, options.json);
}

void add_adding(CLI::App& history, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* add = add_word(history, "add", "Adds the results of a run", add_footer);
  add->add_option("results", options->results, "Results of a run; - is standard input")
      ->required()
      ->type_name("RESULTS.json");
  add_file(*add, "--to", options->file, "The history; it is begun if it is not there")->capture_default_str();
  add->add_option("--commit", options->run.commit, "What was timed [$GITHUB_SHA, $CI_COMMIT_SHA]")->check(word_error);
  add->add_option("--machine", options->run.machine, "What the machine is called")->check(word_error);
  add->add_option("--date", options->run.date, "When it was timed [theirs, or now]")->check(word_error);
  add->add_flag_callback(
      "--cpu-time", [options] { options->run.clock = gate::BenchmarkClock::cpu; },
      "Of Google Benchmark's keep the processor's time, not the wall clock's");
  add->callback([options, &chosen] { chosen = [options] { return history::add(*options); }; });
}

}  // namespace

void add_history(CLI::App& application, Action& chosen) {
  CLI::App* history = application.add_subcommand(
      "history", "Keeps the times of many runs, and fails when one of them changed for the worse");
  history->require_subcommand(1);
  history->footer(history_footer);
  add_adding(*history, chosen);
  auto options = std::make_shared<Options>();
  CLI::App* show = add_word(*history, "show", "Every case: its level now, and what changed when", show_footer);
  add_telling(*show, *options);
  show->callback([options, &chosen] { chosen = [options] { return history::show(*options); }; });
  CLI::App* check = add_word(*history, "check", "Fails if a case became slower with the newest run", check_footer);
  add_telling(*check, *options);
  add_file(*check, "--summary", options->summary, "Also add what is shown to a file, as for $GITHUB_STEP_SUMMARY");
  check->add_flag("--learning", options->learning_is_well, "Exit with 0 also while there are too few runs");
  check->callback([options, &chosen] { chosen = [options] { return history::check(*options); }; });
}

}  // namespace sqrtn::command
