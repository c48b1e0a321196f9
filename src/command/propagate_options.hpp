#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "experiment/networks.hpp"
#include "experiment/width_sweep.hpp"

namespace sqrtn::command {

struct PropagateOptions {
  experiment::ChainOptions chain;
  experiment::BlockWords block;
  experiment::GraphWords graph;
  std::string init, gain, blas = "openblas", json, plot, widths_sweep;
  std::vector<std::string> compare;
  double within_exponent = experiment::default_exponent;
  bool all_layers = false;

  /// Those of --compare, else that of --init; of a graph without both the file's own weights.
  [[nodiscard]] std::vector<std::string> initialisers() const;
};

/// Adds them, and the help's columns and examples.
void add_propagate_options(CLI::App& command, PropagateOptions& options);

}  // namespace sqrtn::command
