#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "support/exit_code.hpp"

/// One file a subcommand. Each adds itself to the application, with --help and an example, and
/// stores what to do when it was chosen; main runs that and turns exceptions into exit codes.
namespace sqrtn::command {

/// Does the work of the chosen subcommand and returns its exit code.
using Action = std::function<int()>;

/// The program's name and the words that were given, for the results, each as published.
std::vector<std::string> command_line(const CLI::App& subcommand);

void add_env(CLI::App& application, Action& chosen);
void add_init(CLI::App& application, Action& chosen);
void add_inspect(CLI::App& application, Action& chosen);
void add_verify(CLI::App& application, Action& chosen);
void add_screen(CLI::App& application, Action& chosen);
void add_order(CLI::App& application, Action& chosen);
void add_bench(CLI::App& application, Action& chosen);
void add_run(CLI::App& application, Action& chosen);
void add_compare(CLI::App& application, Action& chosen);
void add_merge(CLI::App& application, Action& chosen);
void add_report(CLI::App& application, Action& chosen);
void add_reproduce(CLI::App& application, Action& chosen);
void add_propagate(CLI::App& application, Action& chosen);
void add_gate(CLI::App& application, Action& chosen);
void add_history(CLI::App& application, Action& chosen);
void add_backends(CLI::App& application, Action& chosen);
void add_bits(CLI::App& application, Action& chosen);
void add_completion(CLI::App& application, Action& chosen);
void add_manual(CLI::App& application, Action& chosen);

}  // namespace sqrtn::command
