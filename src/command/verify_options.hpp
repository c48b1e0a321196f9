#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "command/accepting.hpp"
#include "command/options.hpp"
#include "command/sampler.hpp"
#include "command/shapes.hpp"
#include "sqrtn/claims/claim.hpp"

/// What `sqrtn verify` takes.
namespace sqrtn::command {

struct VerifyOptions {
  CommonOptions common;
  claims::Settings settings;
  ShapeOptions shapes;
  SamplerOptions sampler;
  std::vector<std::string> ids;  ///< of the claims that a parent asks this child for
  Accepting accepting;
  bool strict = false, list = false, in_process = false, properties = false, only_properties = false;
  unsigned call_limit_s = 0;
};

/// Adds the options and the footer.
void add_verify_options(CLI::App& subcommand, VerifyOptions& options);

}  // namespace sqrtn::command
