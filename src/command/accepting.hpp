#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "results/accepted.hpp"
#include "results/document.hpp"

/// What is done with findings: those that are known are accepted, and all are written down.
namespace sqrtn::command {

struct Accepting {
  std::string read;    ///< the list of --accept; empty: none
  bool exact = false;  ///< for the very build alone
  std::string write;   ///< the list of --write-accepted; empty: none
  std::string reason;
  std::string reproducers;  ///< folder for programs that show the findings; empty: none
};

void add_accepting(CLI::App& subcommand, Accepting& options);

/// The findings of the list that is read; and that what is to be written can be, before anything is judged.
/// Throws: std::invalid_argument, also if a list is to be written without a reason.
std::vector<results::Accepted> accepted_findings(const Accepting& options);

/// Writes the document's findings as asked for, then accepts those that are known.
/// Returns: what the user is told of it.
std::string accept(results::Document& document, const std::vector<results::Accepted>& accepted,
                   const Accepting& options);

}  // namespace sqrtn::command
