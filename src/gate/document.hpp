#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "gate/blocks.hpp"
#include "support/environment.hpp"

/// What the gate found, for people (Markdown), for programs (JSON) and for CI (JUnit).
namespace sqrtn::gate {

/// A program or library under the gate.
struct GateSubject {
  std::string name;    ///< as it was given, folders outside the working folder left out
  std::string sha256;  ///< of the file; empty if it cannot be read
  std::string kernel;  ///< of the library; empty if it names none
  std::string build;   ///< what it says of itself: commit, library version; empty for strangers
};

/// Why a case has no verdict by time.
enum class GateFault { none, missing, unreadable };

struct GateRow {
  std::string name;
  gate::GateCase result;
  GateFault fault = GateFault::none;
  std::string note;
};

enum class GateVerdict { no_regression, identical, unresolved, regression, wrong, incomplete };

struct GateDocument {
  Environment environment;
  std::vector<std::string> command;
  gate::GateSettings settings;
  GateSubject older, newer;
  bool identical = false;  ///< the same file with the same kernels: nothing to time
  std::vector<GateRow> rows;
  std::vector<std::string> failed_claims;  ///< of the newer, and not of the older: "id: reason"
  std::vector<std::string> notes;
  gate::GateRun run;  ///< without its cases
  std::string error;  ///< what ended it early; empty if nothing did
};

/// Makes what strangers' programs said printable, for whoever reads it and with whatever.
void make_printable(GateDocument& document);

/// The worst of what was found: wrong, then regression, incomplete, unresolved.
GateVerdict verdict_of(const GateDocument& document);

std::string to_text(statistics::Change change);
std::string to_text(GateVerdict verdict);

/// "same", "slower", "faster", "unresolved", "missing", "unreadable".
std::string word_of(const GateRow& row);

/// One line: "no regression: 40 cases, 38 same, 1 faster, 1 unresolved; 23 blocks in 41 s".
std::string headline(const GateDocument& document);

/// Headline, what was compared, the table (worst first), the notes.
std::string to_markdown(const GateDocument& document);

/// Schema "sqrtn.gate/1"; strict JSON.
nlohmann::ordered_json to_json(const GateDocument& document);

/// One test a case; slower ones and failed claims are failures, missing and unreadable ones errors, unresolved ones
/// skipped. Source: the schema that Jenkins' and GitLab's readers share.
std::string to_junit(const GateDocument& document);

}  // namespace sqrtn::gate
