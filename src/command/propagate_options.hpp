#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "experiment/initialised_stack.hpp"

namespace sqrtn::command {

struct PropagateOptions {
  experiment::ChainOptions chain;
  experiment::BlockWords block;
  std::string init = "he_normal", gain, blas = "openblas", json, plot, widths_sweep;
  std::vector<std::string> compare;
  bool all_layers = false;
};

/// Adds them, and the help's columns and examples.
void add_propagate_options(CLI::App& command, PropagateOptions& options);

}  // namespace sqrtn::command
