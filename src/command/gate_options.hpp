#pragma once

#include <CLI/CLI.hpp>

#include "gate/gate.hpp"

namespace sqrtn::command {

/// Adds effect, error rate, budget and seed.
void add_rates(CLI::App& gate, gate::Options& options);

/// Adds --cpu-time, --counter and --better: what of a case the gate compares.
void add_quantity(CLI::App& gate, gate::Options& options);

/// Which way the counter goes: as it was said, or as its name does. Throws: std::invalid_argument if neither tells.
void settle_quantity(gate::Options& options);

}  // namespace sqrtn::command
