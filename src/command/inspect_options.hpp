#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "claims/weights/expected.hpp"
#include "support/tensor_file.hpp"

/// What `sqrtn inspect` is asked for.
namespace sqrtn::command {

struct InspectOptions {
  std::vector<std::string> files;
  std::string rule, rules, shape, dtype, filter, json, diff;
  std::string picture;  ///< pattern of names
  unsigned threads = 0;
};

/// The options, and the examples below them.
void add_inspect_options(CLI::App& subcommand, InspectOptions& options);

/// The rules that are asserted; those of a file come first.
/// Throws: std::invalid_argument, std::system_error.
std::vector<claims::weights::ExpectedOf> rules_of(const InspectOptions& options);

/// The tensors of these files whose names the filter finds. Throws: as read_tensors.
TensorSet read_weights(const InspectOptions& options, const std::vector<std::string>& files);

}  // namespace sqrtn::command
