#pragma once

#include <string>
#include <vector>

#include "sqrtn/report/record.hpp"

/// Findings that are known and accepted, so that a CI fails on new ones only.
namespace sqrtn::command {

/// One claim about one build of a library; about none where the claim is about sqrtn itself.
struct Accepted {
  std::string sha256, claim, reason;
};

/// Throws: std::invalid_argument with file and field for what is no such list, or has a reason that is empty;
/// std::system_error if the file cannot be read.
std::vector<Accepted> read_accepted(const std::string& path);

/// Writes a list of what failed or stayed open in the document, all for that reason.
void write_accepted(const report::Document& document, const std::string& reason, const std::string& path);

/// The results without those that were accepted: what the exit code is taken from.
std::vector<claims::Result> not_accepted(const report::Document& document, const std::vector<Accepted>& accepted);

/// One line for each that was accepted and found, and for each that was accepted and has gone; "" if none.
std::string acceptance_text(const report::Document& document, const std::vector<Accepted>& accepted);

}  // namespace sqrtn::command
