#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "gate/blocks.hpp"
#include "gate/google_benchmark.hpp"
#include "support/environment.hpp"
#include "support/exit_code.hpp"

/// What the gate found, for people (Markdown), for programs (JSON) and for CI (JUnit).
namespace sqrtn::gate {

/// A program or library under the gate.
struct Subject {
  std::string name;    ///< as it was given, folders outside the working folder left out
  std::string sha256;  ///< of the file; empty if it cannot be read
  std::string kernel;  ///< of the library; empty if it names none
  std::string build;   ///< what it says of itself: commit, library version; empty for strangers
};

/// What became of a case; what a reader must act on comes first. Failing: NEW alone ends it with an error, or skips it;
/// skipped: both do, or OLD alone.
enum class Outcome { slower, failing, missing, unreadable, unresolved, faster, same, skipped };

/// How an outcome is told: in the table and the JSON, and by which element in JUnit ("" is a test that passes).
struct OutcomeWords {
  Outcome outcome;
  const char* word;
  const char* junit;
};

inline constexpr std::array<OutcomeWords, 8> outcomes{{
    {.outcome = Outcome::slower, .word = "slower", .junit = "failure"},
    {.outcome = Outcome::failing, .word = "failing", .junit = "failure"},
    {.outcome = Outcome::missing, .word = "missing", .junit = "error"},
    {.outcome = Outcome::unreadable, .word = "unreadable", .junit = "error"},
    {.outcome = Outcome::unresolved, .word = "unresolved", .junit = "skipped"},
    {.outcome = Outcome::faster, .word = "faster", .junit = ""},
    {.outcome = Outcome::same, .word = "same", .junit = ""},
    {.outcome = Outcome::skipped, .word = "skipped", .junit = "skipped"},
}};

const OutcomeWords& words_of(Outcome outcome);
Outcome outcome_of(statistics::Change change);

struct Row {
  std::string name;
  Outcome outcome = Outcome::unresolved;  ///< until it is timed, too
  Case timed;
  std::string note;
};

/// What NEW does wrong and OLD does not.
struct Failure {
  std::string id;  ///< of a claim, or the name of a case
  std::string reason;

  [[nodiscard]] std::string to_text() const { return id + ": " + reason; }
};

/// Unresolved: what has no word is still bounded (green_limit), so that only who is strict is told by the exit code.
/// Powerless: a slow-down could have passed unseen.
enum class Verdict { no_regression, identical, unresolved, powerless, regression, wrong, incomplete };

/// How a verdict is told, and by which exit code.
struct VerdictWords {
  Verdict verdict;
  const char* text;
  ExitCode code;
};

inline constexpr std::array<VerdictWords, 7> verdicts{{
    {.verdict = Verdict::no_regression, .text = "no regression", .code = all_well},
    {.verdict = Verdict::identical, .text = "identical", .code = all_well},
    {.verdict = Verdict::unresolved, .text = "no regression found, but not all resolved", .code = inconclusive},
    {.verdict = Verdict::powerless, .text = "inconclusive", .code = inconclusive},
    {.verdict = Verdict::regression, .text = "regression", .code = claim_failed},
    {.verdict = Verdict::wrong, .text = "wrong", .code = claim_failed},
    {.verdict = Verdict::incomplete, .text = "incomplete", .code = nothing_measured},
}};

const VerdictWords& words_of(Verdict verdict);

struct Document {
  Environment environment;
  std::vector<std::string> command;
  Settings settings;
  Subject older, newer;
  bool identical = false;  ///< the same file with the same kernels: nothing to time
  std::vector<Row> rows;
  std::vector<Failure> failures;
  std::vector<std::string> notes;
  Run run;                ///< without its cases
  Quantity quantity;      ///< what was compared
  std::string powerless;  ///< what could not have been found, and what would do; empty if all that counts could
  std::string error;      ///< what ended it early; empty if nothing did
};

/// new/old of what was compared; unset without an interval.
std::optional<statistics::Interval> ratio_interval(const Row& row, const Quantity& quantity);

/// Makes what strangers' programs said printable, for whoever reads it and with whatever.
void make_printable(Document& document);

std::size_t count(const Document& document, Outcome outcome);

/// The worst of what was found: wrong, then regression, incomplete, powerless, unresolved.
Verdict verdict_of(const Document& document);

/// One line: "no regression: 40 cases, 38 same, 1 faster, 1 unresolved; 23 blocks in 41 s".
std::string headline(const Document& document);

/// Headline, what was compared, the table (worst first), the notes.
std::string to_markdown(const Document& document);

/// Schema "sqrtn.gate/1"; strict JSON.
nlohmann::ordered_json to_json(const Document& document);

/// One test a case; slower ones and failures are failures, missing and unreadable ones errors, unresolved ones
/// skipped. Source: the schema that Jenkins' and GitLab's readers share.
std::string to_junit(const Document& document);

}  // namespace sqrtn::gate
