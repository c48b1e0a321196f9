#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/document.hpp"

/// Findings that are known and accepted, so that a CI fails on new ones only.
namespace sqrtn::results {

/// One claim about one library; about none where the claim is about sqrtn itself.
struct Accepted {
  std::string claim;
  std::string library;  ///< its SONAME, else the name of its file; empty in lists of the first version
  std::string sha256;   ///< of the build in which it was found
  claims::ClaimClass claim_class = claims::ClaimClass::values;
  std::string reason;
};

/// `name` stands for the text in messages. Throws: std::invalid_argument with name and field for what is no such list,
/// or has a reason that is empty.
std::vector<Accepted> parse_accepted(std::string_view text, const std::string& name);

/// Throws: as parse_accepted; std::system_error if the file cannot be read.
std::vector<Accepted> read_accepted(const std::string& path);

/// Whether it failed or stayed open.
bool is_finding(const claims::Result& result);

/// Writes a list of what failed or stayed open in the document, all for that reason. Of the classes values and memory
/// nothing is accepted in bulk: such a finding is left out unless its claim alone was judged.
/// Returns: the ids of those that were left out.
std::vector<std::string> write_accepted(const Document& document, const std::string& reason, const std::string& path);

/// Marks the findings of the document that the list has, by claim, class and library, or by the very build if
/// `exact`, and takes its verdict anew.
/// Returns: what is on the list and was judged, but is no finding any more.
std::vector<Accepted> accept(Document& document, const std::vector<Accepted>& accepted, bool exact);

/// One line for each finding that was accepted and for each of `gone`; "" if none.
std::string acceptance_text(const Document& document, const std::vector<Accepted>& gone);

}  // namespace sqrtn::results
