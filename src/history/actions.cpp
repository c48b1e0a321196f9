#include "history/actions.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "history/text.hpp"
#include "results/document.hpp"
#include "results/format.hpp"
#include "results/json_input.hpp"
#include "support/exit_code.hpp"
#include "support/output.hpp"

namespace sqrtn::history {
namespace {

std::string commit_of_ci() {
  for (const char* name : {"GITHUB_SHA", "CI_COMMIT_SHA"}) {
    if (const char* commit = std::getenv(name); commit != nullptr && *commit != '\0') return commit;
  }
  throw std::invalid_argument("which commit are the times of? add --commit \"$(git rev-parse HEAD)\"");
}

std::string now_text() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

struct Told {
  History history;
  Trends trends;
};

Told judged(const Options& options) {
  for (const std::string& file : {options.json, options.summary}) {
    if (!file.empty()) require_writable(file);
  }
  Told told{.history = read_history(options.file), .trends = {}};
  told.trends = find_trends(told.history, options.settings);
  return told;
}

void deliver(const Told& told, const Options& options, const std::string& text) {
  const auto add_summary = [&] {
    if (!options.summary.empty()) append_file(options.summary, text);
  };
  attempt_all({[&] {
                 write_each({{options.json == "-" ? "" : "-", text},
                             {options.json, results::to_text(to_json(told.history, told.trends))}});
               },
               add_summary});
}

}  // namespace

int add(Options options) {
  if (options.run.commit.empty()) options.run.commit = commit_of_ci();
  const TakenRun taken = run_from(results::read_text(options.results), options.results, options.run, now_text());
  require_writable(options.file);
  add_run(taken.run, options.file);
  std::string said = fmt::format("{}: added {} cases of {} on {}\n", options.file, taken.run.cases.size(),
                                 taken.run.commit, taken.run.machine);
  for (const std::string& left_out : taken.left_out)
    said += fmt::format("left out: {}\n", results::printable(left_out));
  write_file("-", said);
  return all_well;
}

int show(const Options& options) {
  const Told told = judged(options);
  deliver(told, options, show_text(told.history, told.trends));
  return told.trends.cases.empty() ? nothing_measured : all_well;
}

int check(const Options& options) {
  const Told told = judged(options);
  deliver(told, options, check_text(told.history, told.trends));
  switch (word_of(told.trends)) {
    case Word::worse:
      return claim_failed;
    case Word::nothing:
      return nothing_measured;
    case Word::learning:
      return options.learning_is_well ? all_well : inconclusive;
    default:
      return all_well;
  }
}

}  // namespace sqrtn::history
