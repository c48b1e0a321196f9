#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace sqrtn::command {

/// What was wrong with the command line, and the remedy; with the nearest name where one was mistyped.
std::string usage_message(const CLI::App& application, const CLI::ParseError& error);

/// The same of a word that a subcommand does not know.
std::string unknown_word(const CLI::App& subcommand, const std::string& word);

}  // namespace sqrtn::command
