#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "command/command.hpp"
#include "command/options.hpp"
#include "command/steps.hpp"
#include "report/fleet_text.hpp"
#include "results/fleet.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

struct MergeOptions {
  std::vector<std::string> files;
  std::string json;
};

/// Less than was asked for, where a file cannot be read and nothing else is wrong.
int exit_code_of(const results::Fleet& fleet) {
  const claims::Verdict verdict = verdict_of(fleet);
  const auto is_unreadable = [](const results::Node& node) { return node.kind == results::NodeKind::unreadable; };
  const bool incomplete = std::ranges::any_of(fleet.nodes, is_unreadable);
  return verdict == claims::Verdict::inconclusive && incomplete ? nothing_measured : exit_code(verdict);
}

int merge(const MergeOptions& options) {
  if (!options.json.empty()) require_writable(options.json);
  const results::Fleet fleet = results::merge(options.files);
  deliver(results::to_json(fleet), options.json, report::fleet_text(fleet));
  return exit_code_of(fleet);
}

}  // namespace

void add_merge(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* subcommand =
      application.add_subcommand("merge", "The results of many machines as one: which differ, are slow, are wrong");
  subcommand->add_option("files", options->files, "What screen, run, verify, bench or merge wrote, a file a node")
      ->required()
      ->check(word_error)
      ->type_name("FILE.json");
  add_json(*subcommand, options->json);
  subcommand->footer(
      "A node is called as its file is. The odd ones come first: what fails, what cannot be read, what differs from "
      "most in answer, processor, library or kernel, the slowest. The same files give the same bytes in any order, and "
      "merged files can be merged again.\n"
      "Exit codes: 0 all pass, 1 a node fails, 2 nothing can be read, 3 a node is inconclusive, 4 a file cannot be "
      "read.\n"
      "Examples:\n  sqrtn merge out/*.json\n  sqrtn merge rack1/*.json rack2/*.json --json fleet.json");
  subcommand->callback([options, &chosen] { chosen = [options] { return merge(*options); }; });
}

}  // namespace sqrtn::command
