#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

/// Completion in shells, made from the very options; one file a shell.
namespace sqrtn::command {

/// What may stand behind an option or as a positional, and the words if there are but a few, with spaces between.
struct Value {
  enum class Kind { none, file, folder, words, text } kind;
  std::string words;
};

Value value_of(const CLI::Option& option);

/// What the first positional of a subcommand may be; none if it has none.
Value positional_of(const CLI::App& subcommand);

/// "--help" and its like, each with its option.
std::vector<std::pair<std::string, const CLI::Option*>> long_options(const CLI::App& application);

/// Text between apostrophes, for any of the shells.
std::string quoted(const std::string& text);

/// The scripts.
std::string bash_completion(const CLI::App& application);
std::string zsh_completion(const CLI::App& application);
std::string fish_completion(const CLI::App& application);

}  // namespace sqrtn::command
