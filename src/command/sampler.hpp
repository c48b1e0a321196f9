#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/document.hpp"
#include "samplers/judge.hpp"

/// What verify does with a program that draws weights.
namespace sqrtn::command {

struct SamplerOptions {
  std::string command;  ///< empty: none
  double answer_limit_s = 20;
  std::optional<std::string> blas;  ///< for layers of its weights; empty: none was named
};

/// Adds --sampler and --answer-limit.
void add_sampler(CLI::App& subcommand, SamplerOptions& options);

struct SamplerVerdict {
  results::Document document;
  std::string text;  ///< for a terminal
};

/// Throws: as samplers::judge.
SamplerVerdict judge_sampler(const samplers::Judging& judging, const std::vector<std::string>& command);

}  // namespace sqrtn::command
