#pragma once

#include <CLI/CLI.hpp>

#include "gate.hpp"

namespace sqrtn::command {

/// Adds the options of `sqrtn gate`, with its examples; a malformed value is an error of the parser.
void add_gate_options(CLI::App& subcommand, GateOptions& options);

/// The words that were given, for the results; paths as in published.
std::vector<std::string> gate_command_line(const CLI::App& subcommand);

}  // namespace sqrtn::command
