#pragma once

#include <CLI/CLI.hpp>
#include <functional>

/// One file a subcommand. Each adds itself to the application, with --help and an example, and
/// stores what to do when it was chosen; main runs that and turns exceptions into exit codes.
namespace sqrtn::command {

/// Exit codes, everywhere.
enum ExitCode : int {
  all_well = 0,
  claim_failed = 1,
  wrong_usage = 2,
  inconclusive = 3,
  nothing_measured = 4,
  not_comparable = 5,
};

/// Does the work of the chosen subcommand and returns its exit code.
using Action = std::function<int()>;

void add_env(CLI::App& application, Action& chosen);
void add_init(CLI::App& application, Action& chosen);
void add_verify(CLI::App& application, Action& chosen);
void add_bench(CLI::App& application, Action& chosen);
void add_run(CLI::App& application, Action& chosen);
void add_compare(CLI::App& application, Action& chosen);
void add_report(CLI::App& application, Action& chosen);
void add_reproduce(CLI::App& application, Action& chosen);
void add_propagate(CLI::App& application, Action& chosen);
void add_gate(CLI::App& application, Action& chosen);
void add_backends(CLI::App& application, Action& chosen);
void add_bits(CLI::App& application, Action& chosen);

}  // namespace sqrtn::command
