#include "gate/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "blas/library_file.hpp"
#include "gate/power.hpp"
#include "gate/program.hpp"
#include "results/document.hpp"
#include "results/format.hpp"
#include "support/exit_code.hpp"
#include "support/output.hpp"

namespace sqrtn::gate {
namespace {

std::string context_of(const BenchmarkOutput& output, const std::string& key) {
  const auto found = output.context.find(key);
  return found != output.context.end() ? found->second : "";
}

/// What can be told before a launch: the name without folders and, of a file, its SHA-256.
Subject subject_of(const Program& program) {
  Subject subject;
  subject.name = results::published(program.name);
  if (!program.file.empty()) subject.sha256 = blas::sha256_of_file(program.file);
  return subject;
}

/// Adds what a sqrtn-bench says of itself; strangers say nothing.
void complete(Subject& subject, const BenchmarkOutput& output) {
  for (const char* key : {"commit", "blas", "blas_version", "blas_kernel"}) {
    const std::string text = context_of(output, key);
    if (!text.empty()) subject.build += (subject.build.empty() ? "" : " ") + text;
  }
  if (subject.sha256.empty()) subject.sha256 = context_of(output, "blas_sha256");
  subject.kernel = context_of(output, "blas_kernel");
}

/// The same file with the same kernels.
bool identical(const Subject& a, const Subject& b) {
  return !a.sha256.empty() && a.sha256 == b.sha256 && a.kernel == b.kernel;
}

/// Whether what the file does depends on nothing beside it: no script, and no library looked for beside the program.
bool stands_alone(const std::string& file) {
  constexpr std::string_view elf("\177ELF");
  std::ifstream stream(file, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  return content.starts_with(elf) && content.find("$ORIGIN") == std::string::npos;
}

/// Whether both sides run one file that depends on nothing beside it, so that timing them could show nothing.
bool same_program(const Program& a, const Program& b) {
  if (a.file.empty() || b.file.empty()) return false;
  std::error_code unknown;
  return std::filesystem::equivalent(a.file, b.file, unknown) || stands_alone(a.file);
}

/// Enters what the blocks found. Returns: the rows that were timed.
std::vector<const Row*> enter(Document& document, const std::vector<Row*>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row& row = *rows[i];
    row.timed = std::move(document.run.cases[i]);
    row.outcome = outcome_of(row.timed.change.change);
    row.note = row.timed.fault;
    if (row.timed.change.dropped && row.outcome == Outcome::unresolved) row.outcome = Outcome::unreadable;
  }
  document.run.cases.clear();
  return {rows.begin(), rows.end()};
}

/// What a block costs, by the launches that looked for the cases, or, where the budget would not hold what it takes, by
/// another two: the first read files, and looked at a library's answers.
BlockCost cost_of(const std::vector<Program>& programs, const std::vector<std::string>& names, const Launch& older,
                  const Launch& newer, const Settings& settings) {
  BlockCost cost{.block_s = older.wall_s + newer.wall_s};
  for (const Launch* launched : {&older, &newer}) {
    for (const BenchmarkCase& c : launched->output.cases) cost.loops_s += c.loops_s;
  }
  if (plan_of(names.size(), cost, settings).fits) return cost;
  cost.block_s = std::min(cost.block_s, launch(programs[0], names).wall_s + launch(programs[1], names).wall_s);
  return cost;
}

/// Times what both sides have, and enters it into the rows.
void time_rows(Document& document, const std::vector<Program>& programs, const Launch& older, const Launch& newer) {
  std::vector<Row*> rows;
  std::vector<std::string> names;
  for (Row& row : document.rows) {
    if (row.outcome != Outcome::unresolved) continue;  // what one side lacks
    rows.push_back(&row);
    names.push_back(row.name);
  }
  if (rows.empty()) return;
  const Settings& settings = document.settings;
  const Plan plan = plan_of(names.size(), cost_of(programs, names, older, newer, settings), settings);
  if (!plan.possible) {
    document.powerless = "no slow-down, however large, could be found, so nothing was timed; " + plan.text;
    return;
  }
  if (!plan.fits) {
    fmt::print(stderr, "sqrtn: {}\n", plan.text);
    document.notes.push_back(plan.text);
  }
  document.run = time_cases(programs, names, settings);
  document.powerless = powerless_text(enter(document, rows), document.run, settings);
}

/// Throws unless both were timed in the same way, as far as they tell: a slow-down would have another cause.
void require_comparable(const BenchmarkOutput& older, const BenchmarkOutput& newer) {
  for (const auto& [key, remedy] : {std::pair{"library_build_type", "link both to the same build of Google Benchmark"},
                                    {"num_cpus", "run both on one machine"}}) {
    const std::string before = context_of(older, key), now = context_of(newer, key);
    if (!older.context.contains(key) || !newer.context.contains(key) || before == now) continue;
    throw Stop({.code = not_comparable,
                .message = fmt::format("OLD and NEW must not be compared: {} is '{}' for OLD and '{}' for NEW", key,
                                       before, now),
                .remedy = remedy});
  }
}

/// Correctness before speed: what only NEW does wrong.
void judge(Document& document, const std::vector<Program>& programs, const Options& options, const Policy& policy,
           const BenchmarkOutput& older, const BenchmarkOutput& newer) {
  const bool can_judge = can_verify(programs[0], older) && can_verify(programs[1], newer);
  if (!options.accept.empty() && !can_judge) {
    throw Stop({.code = wrong_usage,
                .message = "--accept: nothing judges these programs",
                .remedy = "it is for --blas, and for two sqrtn-bench"});
  }
  if (!options.verify) return;
  if (can_judge) {
    std::ranges::move(new_failures(programs[0], programs[1], policy, document.notes),
                      std::back_inserter(document.failures));
  } else if (older.context.contains("blas_sha256") && newer.context.contains("blas_sha256")) {
    document.notes.emplace_back("not verified: no sqrtn stands beside each sqrtn-bench");
  }
}

/// The gate itself, up to its verdict.
void compare(Document& document, const std::vector<Program>& programs, const Options& options, const Policy& policy) {
  document.older = subject_of(programs[0]);
  document.newer = subject_of(programs[1]);
  document.identical = identical(document.older, document.newer) && same_program(programs[0], programs[1]);
  if (document.identical) return;
  const Launch first_older = launch(programs[0], {}), first_newer = launch(programs[1], {});
  const BenchmarkOutput &older = first_older.output, &newer = first_newer.output;
  complete(document.older, older);
  complete(document.newer, newer);
  document.identical = !programs[0].blas.empty() && identical(document.older, document.newer);
  if (document.identical) return;
  require_comparable(older, newer);
  match_cases(document, older, newer);
  judge(document, programs, options, policy, older, newer);
  if (document.failures.empty()) time_rows(document, programs, first_older, first_newer);
}

void deliver(Document& document, const Options& options) {
  make_printable(document);
  const std::string shown = to_markdown(document);
  const bool shows = options.json != "-" && document.error.empty();
  const auto add_summary = [&] {
    if (!options.summary.empty()) append_file(options.summary, shown);
  };
  attempt_all({[&] {
                 write_each({{shows ? "-" : "", shown},
                             {options.json, results::to_text(to_json(document))},
                             {options.junit, to_junit(document)}});
               },
               add_summary});
}

}  // namespace

int run(const Options& options, const std::vector<std::string>& command) try {
  const std::vector<Program> programs = programs_of(options);
  Policy policy{.accepted = {}, .strict = options.strict};
  for (const std::string& file : options.accept)
    std::ranges::move(results::read_accepted(file), std::back_inserter(policy.accepted));
  if (options.self_test) return self_test(options, programs);
  Document document;
  document.environment = describe_environment();
  document.command = command;
  document.settings = options.settings;
  document.quantity = options.quantity;
  try {
    compare(document, programs, options, policy);
  } catch (const Stop& stop) {
    if (stop.trouble.code == wrong_usage) throw;
    document.error = stop.trouble.published();
    document.rows.clear();
    deliver(document, options);
    throw;
  }
  deliver(document, options);
  const Verdict verdict = verdict_of(document);
  return verdict == Verdict::unresolved && !options.strict ? all_well : words_of(verdict).code;
} catch (const Stop& stop) {
  fmt::print(stderr, "sqrtn: {}\n", results::printable(stop.what()));
  return stop.trouble.code;
}

}  // namespace sqrtn::gate
