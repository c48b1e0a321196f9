#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "results/document.hpp"

/// Findings as programs in C, which show them without sqrtn.
namespace sqrtn::command {

void add_reproducers(CLI::App& subcommand, std::string& folder);

/// Makes the folder, if one is asked for, before anything is judged. Throws: std::invalid_argument if it cannot be.
void require_folder(const std::string& folder);

/// Writes a program for each finding that has one, ID.c with '-' for '/'; a folder of "" takes none.
/// Returns: what the user is told of it.
std::string write_reproducers(const results::Document& document, const std::string& folder);

}  // namespace sqrtn::command
