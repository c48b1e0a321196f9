#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "init/weight.hpp"

/// What `sqrtn init` is asked for.
namespace sqrtn::command {

struct InitOptions {
  init::WeightOptions weight;
  std::string gain, json;
  std::string layers;  ///< file of names, shapes and rules
  bool list = false;
};

/// The options, and the examples below them.
void add_init_options(CLI::App& subcommand, InitOptions& options);

}  // namespace sqrtn::command
