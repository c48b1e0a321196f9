#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "gate/program.hpp"
#include "libraries/children.hpp"
#include "results/fields.hpp"
#include "results/format.hpp"
#include "support/exit_code.hpp"

/// Correctness before speed: the claims of `sqrtn verify`, asked of both sides in processes of their own.
namespace sqrtn::gate {
namespace {

constexpr ProcessLimits verify_limits{.wall_s = 1800};
constexpr const char* whole_verify = "verify";

/// A claim that does not pass, or what the library did beside answering.
struct Finding {
  std::string id;  ///< of the claim; "printed in products/gemm/f32" of an incident; "verify" if all ended early
  claims::Verdict verdict = claims::Verdict::fail;
  std::string reason;
  bool accepted = false, differs = false;

  [[nodiscard]] Failure failure() const {
    return {.id = id, .reason = fmt::format("{}, {}", claims::to_string(verdict), reason)};
  }
  [[nodiscard]] std::string to_text() const { return failure().to_text(); }
};

/// The command that judges this side: this very program for a library, the one beside it for a sqrtn-bench.
std::string judge_of(const Program& program) {
  if (!program.blas.empty()) return std::filesystem::read_symlink("/proc/self/exe").string();
  return (std::filesystem::path(program.file).parent_path() / "sqrtn").string();
}

/// "killed in products/gemm/f32": times and texts differ between two that do the same.
std::string id_of(const results::Incident& incident) {
  const std::string_view kind = results::incident_words[static_cast<std::size_t>(incident.kind)];
  return incident.place.empty() ? incident.text : fmt::format("{} in {}", kind, incident.place);
}

std::vector<Finding> findings_in(const results::Document& document) {
  std::vector<Finding> findings;
  for (const results::Incident& incident : document.incidents) {
    findings.push_back({.id = id_of(incident), .reason = incident.text});
  }
  for (const auto& [claim, outcome] : document.claims) {
    if (!results::is_finding({claim, outcome})) continue;
    findings.push_back({.id = claim.id,
                        .verdict = outcome.verdict,
                        .reason = outcome.reason,
                        .accepted = !outcome.accepted.empty(),
                        .differs = claims::word_of(claim.claim_class) == claims::Word::differs});
  }
  return findings;
}

std::vector<Finding> judge_side(const Program& program, const std::string& filter,
                                const std::vector<results::Accepted>& accepted, std::vector<std::string>& notes) {
  std::vector<std::string> command{judge_of(program), "verify"};
  if (!program.blas.empty()) command.insert(command.end(), {"--blas", program.blas});
  if (!filter.empty()) command.insert(command.end(), {"--filter", filter});
  libraries::Answer answer = libraries::ask(command, verify_limits);
  if (answer.document) {
    const std::vector<results::Accepted> gone = results::accept(*answer.document, accepted, false);
    std::istringstream lines(results::acceptance_text(*answer.document, gone));
    for (std::string line; std::getline(lines, line);) notes.push_back(program.role + ": " + line);
    return findings_in(*answer.document);
  }
  if (answer.code == nothing_measured) return {};  // this side has no such claim
  if (answer.code < 0) return {{.id = whole_verify, .reason = answer.complaint()}};
  throw Stop(
      program,
      {.code = wrong_usage, .message = ": verify: " + answer.complaint(), .remedy = "--no-verify leaves it out"});
}

const Finding* find(const std::vector<Finding>& findings, const std::string& id) {
  const auto found = std::ranges::find(findings, id, &Finding::id);
  return found != findings.end() ? &*found : nullptr;
}

/// Whether the older side does no better. Where its verify ended early, it is asked for this claim alone.
bool is_known(const Finding& finding, const Program& older, const std::vector<Finding>& before) {
  if (const Finding* same = find(before, finding.id)) {
    return same->verdict == claims::Verdict::fail || same->verdict == finding.verdict;
  }
  if (find(before, whole_verify) == nullptr) return false;
  std::vector<std::string> told_already;
  return !judge_side(older, results::exact_filter(finding.id), {}, told_already).empty();
}

}  // namespace

bool can_verify(const Program& program, const BenchmarkOutput& output) {
  if (!program.blas.empty()) return true;
  return output.context.contains("blas_sha256") && access(judge_of(program).c_str(), X_OK) == 0;
}

std::vector<Failure> new_failures(const Program& older, const Program& newer, const Policy& policy,
                                  std::vector<std::string>& notes) {
  const char* filter = newer.blas.empty() ? "" : "^products/";
  const std::vector<Finding> before = judge_side(older, filter, policy.accepted, notes);
  const std::vector<Finding> after = judge_side(newer, filter, policy.accepted, notes);
  std::vector<Failure> fresh;
  for (const Finding& finding : after) {
    if (finding.accepted) continue;
    if (is_known(finding, older, before)) {
      notes.push_back("fails for OLD too: " + finding.to_text());
    } else if (finding.differs && !policy.strict) {
      notes.push_back("differs for NEW alone, which only --strict counts: " + finding.to_text());
    } else {
      fresh.push_back(finding.failure());
    }
  }
  for (const Finding& finding : before) {
    if (finding.accepted || find(after, finding.id) != nullptr) continue;
    notes.push_back("fails for OLD alone: " + finding.to_text());
  }
  return fresh;
}

}  // namespace sqrtn::gate
