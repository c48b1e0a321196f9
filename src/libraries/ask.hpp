#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/document.hpp"
#include "support/process.hpp"

/// Children of this program that load one library each, and what they answer.
namespace sqrtn::libraries {

/// What happened in an answer's place, or beside it.
struct Complaint {
  results::IncidentKind kind = results::IncidentKind::other;
  std::string text;
};

/// What a child of this program answered.
struct Answer {
  std::optional<results::Document> document;           ///< none if it gave none that can be read
  bool answered = false;                               ///< whether it gave a document of the kind that was asked for
  std::vector<Complaint> complaints;                   ///< if there is no document, the first is the reason
  ProcessEnd::How how = ProcessEnd::How::not_started;  ///< how it ended
  int code = -1;                                       ///< exit status, −1 if it had none
  double cpu_s = 0;                                    ///< processor time that it took
  bool refused = false;                                ///< by a line of its own, without having done anything else

  /// The first of the complaints; empty if there is none.
  [[nodiscard]] std::string complaint() const { return complaints.empty() ? "" : complaints.front().text; }
};

/// What such an end of a child is, where an answer was expected.
results::IncidentKind kind_of(const ProcessEnd& end);

/// What a library did where an answer for `place` was expected, as its child told it: "… in `place`".
std::vector<results::Incident> incidents_in(const Answer& answer, const std::string& place);

/// Takes away what a child writes before its document, as run_process has it.
using Heard = std::function<void(std::string& out)>;

/// Runs `PROGRAM WORDS --json -` and reads what it wrote; nothing that the child does is trusted.
Answer ask(std::vector<std::string> command, const ProcessLimits& limits, const EnvironmentAdditions& environment = {},
           const Heard& heard = {});

/// The path of this very program.
std::string this_program();

/// Takes the text of a document. Throws: std::invalid_argument if it cannot be read.
using TakeText = std::function<void(std::string_view)>;

/// The same of this very program, whose document, of whatever kind, `take` reads.
Answer ask_child_for(std::vector<std::string> words, const ProcessLimits& limits,
                     const EnvironmentAdditions& environment, const TakeText& take);

/// The same, of results.
Answer ask_child(std::vector<std::string> words, const ProcessLimits& limits,
                 const EnvironmentAdditions& environment = {}, const Heard& heard = {});

/// What tells every library, before it is loaded, to start with so many threads.
EnvironmentAdditions started_with(int threads);

/// The variable that tells a child to leave once its answer is out, before the library's own end, which may never come.
inline constexpr const char* leave_at_once = "SQRTN_LEAVE_AT_ONCE";

/// What a program said first, as a clause of a message: at most 400 bytes, without sqrtn's own name and without what a
/// terminal would obey.
std::string first_line(const std::string& text);

/// How many times longer everything takes where others are at work, at least 1.
double slowdown();

}  // namespace sqrtn::libraries
