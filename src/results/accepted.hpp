#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/document.hpp"

/// Findings that are known and accepted, so that a CI fails on new ones only.
namespace sqrtn::results {

/// One claim about one build of a library; about none where the claim is about sqrtn itself.
struct Accepted {
  std::string sha256, claim, reason;
};

/// `name` stands for the text in messages. Throws: std::invalid_argument with name and field for what is no such list,
/// or has a reason that is empty.
std::vector<Accepted> parse_accepted(std::string_view text, const std::string& name);

/// Throws: as parse_accepted; std::system_error if the file cannot be read.
std::vector<Accepted> read_accepted(const std::string& path);

/// Whether it failed or stayed open.
bool is_finding(const claims::Result& result);

/// Writes a list of what failed or stayed open in the document, all for that reason.
void write_accepted(const Document& document, const std::string& reason, const std::string& path);

/// The results without those that were accepted: what the exit code is taken from.
std::vector<claims::Result> not_accepted(const Document& document, const std::vector<Accepted>& accepted);

/// One line for each that was accepted and found, and for each that was accepted and has gone; "" if none.
std::string acceptance_text(const Document& document, const std::vector<Accepted>& accepted);

}  // namespace sqrtn::results
