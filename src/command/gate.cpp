#include "gate/gate.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <random>

#include "command/command.hpp"
#include "command/gate_options.hpp"
#include "command/options.hpp"
#include "sqrtn/support/require.hpp"
#include "support/filter.hpp"
#include "support/output.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* footer =
    "Exit codes: 0 no regression, 1 a regression, or a finding that only NEW has, 2 wrong usage or unreadable output, "
    "3 a slow-down could have passed unseen, or unresolved (with --strict), 4 nothing measured, or a case of OLD is "
    "missing in NEW, 5 not comparable: one has a debug build of Google Benchmark, or they ran on machines of different "
    "size. --self-test: 1 if false alarms are more frequent than --alpha, by the 99 % interval; 3 if no run had the "
    "blocks that one takes.\n"
    "Examples:\n  sqrtn gate old/bench new/bench --min-effect 3% --budget 2m --junit gate.xml\n"
    "  sqrtn gate old/bench new/bench --counter items_per_second --filter '^BM_parse/'\n"
    "  sqrtn verify --blas blis --filter '/zero_factor$' --write-accepted blis.json --reason 'by design'\n"
    "  sqrtn gate --blas openblas --blas blis --filter '^products/.*/f32/1/' --accept blis.json\n"
    "  sqrtn gate --self-test new/bench --runs 200 -- --benchmark_min_time=0.001";

void add_sides(CLI::App& gate, gate::Options& options) {
  // Three options rather than one list: a list that has its least number of words ends at "--".
  gate.add_option("OLD", options.older, "A Google Benchmark program")->type_name("FILE");
  gate.add_option("NEW", options.newer, "The one that must not be slower")->type_name("FILE");
  gate.add_option("ARGUMENTS", options.arguments, "After --: passed on to both");
  gate.add_option("--blas", options.blas,
                  "Twice: compare two libraries, by sqrtn's own product rows unless --filter says otherwise")
      ->type_name("NAME_OR_PATH")
      ->allow_extra_args(false)
      ->check(word_error);
  gate.add_option("--filter", options.filter, "Only the cases that match, as --benchmark_filter has it")
      ->type_name(regex_type)
      ->check(word_error);
}

/// Returns: the one that a self-test, which has no cases to report, cannot write.
CLI::Option* add_outputs(CLI::App& gate, gate::Options& options) {
  add_json(gate, options.json);
  add_file(gate, "--summary", options.summary, "Also write the Markdown to a file, as for $GITHUB_STEP_SUMMARY");
  return add_file(gate, "--junit", options.junit, "Also write JUnit XML, a test a case, as CI systems read it");
}

void add_options(CLI::App& gate, gate::Options& options) {
  add_sides(gate, options);
  add_rates(gate, options);
  CLI::Option* junit = add_outputs(gate, options);
  CLI::Option* strict = gate.add_flag(
      "--strict", options.strict,
      "Exit with 3 if a case is unresolved, with 1 if NEW alone differs with NaN, Inf, α = 0 or underflow");
  add_quantity(gate, options);
  CLI::Option* unverified =
      gate.add_flag("!--no-verify", options.verify, "Time libraries and sqrtn-bench without `sqrtn verify` before");
  CLI::Option* accept = gate.add_option("--accept", options.accept,
                                        "List of findings that are known, as `verify --write-accepted` writes it; "
                                        "repeatable");
  accept->type_name("FILE")->allow_extra_args(false)->check(word_error)->excludes(unverified);
  CLI::Option* self_test = gate.add_flag("--self-test", options.self_test,
                                         "One program against itself, many runs: how often is a word wrong here?");
  for (CLI::Option* option : {junit, strict, accept}) self_test->excludes(option);
  gate.add_option("--runs", options.runs, "Runs of the self-test")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->needs(self_test);
}

void check_outputs(const gate::Options& options) {
  const std::array files{options.json, options.junit, options.summary};
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      require(!same_file(files[i], files[j]),
              "two of --json, --junit and --summary name the file '{}'; give each its own", files[i]);
    }
    if (!files[i].empty()) require_writable(files[i]);
  }
}

}  // namespace

void add_gate(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<gate::Options>();
  CLI::App* gate = application.add_subcommand(
      "gate", "Fails when NEW is wrong or slower than OLD: two Google Benchmark programs, or two BLAS libraries");
  add_options(*gate, *options);
  gate->footer(footer);
  gate->callback([options, gate, &chosen] {
    if (gate->count("--seed") == 0) options->settings.seed = std::random_device()();
    chosen = [options, gate] {
      if (!options->filter.empty()) static_cast<void>(Filter(options->filter));
      settle_quantity(*options);
      check_outputs(*options);
      return gate::run(*options, command_line(*gate));
    };
  });
}

}  // namespace sqrtn::command
