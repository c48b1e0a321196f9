#pragma once

#include <CLI/CLI.hpp>

#include "gate/program.hpp"

namespace sqrtn::command {

/// Adds the options of `sqrtn gate`, with its examples; a malformed value is an error of the parser.
void add_gate_options(CLI::App& subcommand, gate::GateOptions& options);

}  // namespace sqrtn::command
