#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/replace.hpp>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "bench.hpp"
#include "command/command.hpp"
#include "command/gate_options.hpp"
#include "command/options.hpp"
#include "gate/program.hpp"
#include "results/document.hpp"
#include "results/format.hpp"
#include "sqrtn/support/require.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

/// A row for each case of OLD, and a note of those that only NEW has.
void match_cases(gate::GateDocument& document, const gate::BenchmarkOutput& older, const gate::BenchmarkOutput& newer) {
  std::map<std::string_view, const gate::BenchmarkCase*> of_newer;
  for (const gate::BenchmarkCase& c : newer.cases) of_newer[c.name] = &c;
  const auto wrong = [](const gate::BenchmarkCase& c) { return c.label.starts_with(bench::wrong_answer); };
  for (const gate::BenchmarkCase& c : older.cases) {
    const auto found = of_newer.find(c.name);
    const bool wrong_now = found != of_newer.end() && wrong(*found->second);
    if (wrong_now && !wrong(c)) document.failed_claims.push_back(c.name + ": wrong answer");
    if (wrong(c)) {
      document.notes.push_back(c.name + ": wrong answer of OLD" + (wrong_now ? " and NEW; not timed" : "; not timed"));
      if (found != of_newer.end()) of_newer.erase(found);
      continue;
    }
    gate::GateRow& row = document.rows.emplace_back();
    row.name = c.name;
    if (found == of_newer.end()) {
      row.fault = gate::GateFault::missing;
      row.note = "OLD has it, NEW has not";
      continue;
    }
    if (!c.fault.empty()) row.note = "OLD: " + c.fault;
    if (!found->second->fault.empty()) row.note += (row.note.empty() ? "NEW: " : "; NEW: ") + found->second->fault;
    if (!row.note.empty()) row.fault = gate::GateFault::unreadable;
    of_newer.erase(found);
  }
  if (of_newer.empty()) return;
  document.notes.push_back(
      fmt::format("{} cases of NEW are not in OLD, {} for one", of_newer.size(), of_newer.begin()->first));
}

/// Times what both sides have, and enters it into the rows.
void time_rows(gate::GateDocument& document, const std::vector<gate::GateProgram>& programs) {
  std::vector<std::string> cases;
  for (const gate::GateRow& row : document.rows) {
    if (row.fault == gate::GateFault::none) cases.push_back(row.name);
  }
  if (cases.empty()) return;
  document.run = gate::time_cases(programs, cases, document.settings);
  auto next = document.run.cases.begin();
  for (gate::GateRow& row : document.rows) {
    if (row.fault == gate::GateFault::none) row.result = std::move(*next++);
  }
  document.run.cases.clear();
  const std::size_t least = statistics::least_observations(cases.size(), document.settings.change);
  if (document.run.blocks < least &&
      std::ranges::any_of(document.rows, [](const gate::GateRow& row) { return gate::word_of(row) == "unresolved"; })) {
    document.notes.push_back(fmt::format(
        "no case could be called slower: that takes {} blocks, and {} fitted into the time; raise --budget, or "
        "time fewer cases",
        least, document.run.blocks));
  }
}

/// Throws unless both were timed in the same way, as far as they tell: a slow-down would have another cause.
void require_comparable(const gate::BenchmarkOutput& older, const gate::BenchmarkOutput& newer) {
  for (const auto& [key, remedy] : {std::pair{"library_build_type", "link both to the same build of Google Benchmark"},
                                    {"num_cpus", "run both on one machine"}}) {
    const auto before = older.context.find(key), now = newer.context.find(key);
    if (before == older.context.end() || now == newer.context.end() || before->second == now->second) continue;
    throw gate::GateStop(not_comparable,
                         fmt::format("OLD and NEW must not be compared: {} is '{}' for OLD and '{}' for NEW; {}", key,
                                     before->second, now->second, remedy));
  }
}

/// The gate itself, up to its verdict.
void compare(gate::GateDocument& document, const std::vector<gate::GateProgram>& programs,
             const gate::GateOptions& options, const std::vector<results::Accepted>& accepted) {
  document.older = gate::gate_subject(programs[0]);
  document.newer = gate::gate_subject(programs[1]);
  document.identical = identical(document.older, document.newer) && gate::same_program(programs[0], programs[1]);
  if (document.identical) return;
  const gate::BenchmarkOutput older = launch(programs[0], {}).output, newer = launch(programs[1], {}).output;
  complete(document.older, older);
  complete(document.newer, newer);
  document.identical = !programs[0].blas.empty() && identical(document.older, document.newer);
  if (document.identical) return;
  require_comparable(older, newer);
  match_cases(document, older, newer);
  const bool ours = older.context.contains("blas_sha256") && newer.context.contains("blas_sha256");
  const bool judged = gate::can_verify(programs[0], older) && gate::can_verify(programs[1], newer);
  if (!options.accept.empty() && !judged) {
    throw gate::GateStop(wrong_usage,
                         "--accept: nothing judges these programs; it is for --blas, and for two sqrtn-bench");
  }
  if (options.verify && ours && !judged)
    document.notes.emplace_back("not verified: no sqrtn stands beside each sqrtn-bench");
  if (options.verify && judged) {
    const std::vector<std::string> failed = gate::new_failures(programs[0], programs[1], accepted, document.notes);
    document.failed_claims.insert(document.failed_claims.end(), failed.begin(), failed.end());
  }
  if (document.failed_claims.empty()) time_rows(document, programs);
}

void deliver_gate(gate::GateDocument& document, const gate::GateOptions& options) {
  gate::make_printable(document);
  if (!options.json.empty()) write_file(options.json, results::to_text(gate::to_json(document)));
  if (!options.junit.empty()) write_file(options.junit, gate::to_junit(document));
  if (!options.summary.empty()) write_file(options.summary, gate::to_markdown(document));
  if (options.json != "-" && document.error.empty()) write_file("-", gate::to_markdown(document));
}

int exit_code_of(const gate::GateDocument& document, bool strict) {
  switch (gate::verdict_of(document)) {
    case gate::GateVerdict::wrong:
    case gate::GateVerdict::regression:
      return claim_failed;
    case gate::GateVerdict::incomplete:
      return nothing_measured;
    case gate::GateVerdict::unresolved:
      return strict ? inconclusive : all_well;
    case gate::GateVerdict::identical:
    case gate::GateVerdict::no_regression:
      break;
  }
  return all_well;
}

int complain(const gate::GateStop& stop) {
  fmt::print(stderr, "sqrtn: {}\n", results::printable(stop.what()));
  return stop.code;
}

/// Results are published: no folder of the user's, and not what a program said.
std::string published_error(std::string text, const std::vector<gate::GateProgram>& programs) {
  text = text.substr(0, text.find(" (it says:"));
  for (const gate::GateProgram& program : programs)
    boost::replace_all(text, program.name, results::published(program.name));
  return text;
}

void check_outputs(const gate::GateOptions& options) {
  const std::array files{options.json, options.junit, options.summary};
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      require(!same_file(files[i], files[j]),
              "two of --json, --junit and --summary name the file '{}'; give each its own", files[i]);
    }
    if (!files[i].empty()) require_writable(files[i]);
  }
}

int gate(const gate::GateOptions& options, const std::vector<std::string>& command) try {
  if (!options.filter.empty()) compile_filter(options.filter);
  const std::vector<gate::GateProgram> programs = gate::gate_programs(options);
  check_outputs(options);
  std::vector<results::Accepted> accepted;
  for (const std::string& file : options.accept)
    std::ranges::move(results::read_accepted(file), std::back_inserter(accepted));
  if (options.self_test) return gate::self_test(options, programs);
  gate::GateDocument document;
  document.environment = describe_environment();
  document.command = command;
  document.settings = options.settings;
  try {
    compare(document, programs, options, accepted);
  } catch (const gate::GateStop& stop) {
    if (stop.code == wrong_usage) throw;
    document.error = published_error(stop.what(), programs);
    document.rows.clear();
    deliver_gate(document, options);
    return complain(stop);
  }
  deliver_gate(document, options);
  return exit_code_of(document, options.strict);
} catch (const gate::GateStop& stop) {
  return complain(stop);
}

}  // namespace

void add_gate(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<gate::GateOptions>();
  CLI::App* subcommand = application.add_subcommand(
      "gate", "Fails when NEW is wrong or slower than OLD: two Google Benchmark programs, or two BLAS libraries");
  add_gate_options(*subcommand, *options);
  subcommand->callback([options, subcommand, &chosen] {
    if (subcommand->count("--seed") == 0) options->settings.seed = std::random_device()();
    chosen = [options, subcommand] { return gate(*options, command_line(*subcommand)); };
  });
}

}  // namespace sqrtn::command
