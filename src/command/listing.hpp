#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

/// What subcommands and options the command has, and how they are called: for its help and what else is made from it.
namespace sqrtn::command {

/// All but the hidden ones, in the order in which they were added.
std::vector<const CLI::App*> visible_subcommands(const CLI::App& application);
std::vector<const CLI::Option*> visible_options(const CLI::App& application);

/// The words that call it after the program's name: "verify", "history add"; empty for the application itself.
std::string called(const CLI::App& subcommand);

/// "sqrtn compare [OPTIONS] old new", where `name` is "sqrtn compare".
std::string usage_of(const CLI::App& application, const std::string& name);

/// "--filter REGEX", or "RULE" of a positional, as it stands in the help.
std::string option_heading(const CLI::Option& option);

}  // namespace sqrtn::command
