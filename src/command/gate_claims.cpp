#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "gate.hpp"
#include "sqrtn/report/format.hpp"
#include "sqrtn/support/process.hpp"

/// Correctness before speed: the claims of `sqrtn verify`, asked of both sides in processes of their own.
namespace sqrtn::command {
namespace {

using Json = nlohmann::json;

constexpr double longest_verify_s = 1800;

struct Failure {
  std::string id, reason;
};

/// The command that judges this side: this very program for a library, the one beside it for a sqrtn-bench.
std::string judge_of(const GateProgram& program) {
  if (!program.blas.empty()) return std::filesystem::read_symlink("/proc/self/exe").string();
  return (std::filesystem::path(program.file).parent_path() / "sqrtn").string();
}

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<Failure> failures_in(const GateProgram& program, const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  const auto claims = json.is_object() ? json.find("claims") : json.end();
  if (!json.is_object() || claims == json.end() || !claims->is_array()) {
    throw GateStop(wrong_usage, fmt::format("{} '{}': verify printed no results; run '{} verify' to see why",
                                            program.role, program.name, judge_of(program)));
  }
  std::vector<Failure> failures;
  for (const Json& claim : *claims) {
    const std::string verdict = claim.is_object() ? text_at(claim, "verdict") : "";
    if (verdict == "pass" || verdict == "skipped") continue;
    failures.push_back({claim.is_object() ? text_at(claim, "id") : "",
                        verdict + ", " + (claim.is_object() ? text_at(claim, "reason") : "")});
  }
  return failures;
}

std::vector<Failure> failing_claims(const GateProgram& program, const std::string& filter) {
  std::vector<std::string> command{judge_of(program), "verify", "--json", "-"};
  if (!program.blas.empty()) command.insert(command.end(), {"--blas", program.blas});
  if (!filter.empty()) command.insert(command.end(), {"--filter", filter});
  ProcessLimits limits;
  limits.wall_s = longest_verify_s;
  const ProcessEnd end = run_process(command, limits);
  using How = ProcessEnd::How;
  if (end.how == How::signalled || end.how == How::timed_out) return {{"verify", end.to_text()}};
  if (end.how == How::exited && end.code == nothing_measured) return {};  // this side has no such claim
  if (end.how != How::exited || end.code == wrong_usage) {
    throw GateStop(wrong_usage, fmt::format("{} '{}': verify {}{}; --no-verify leaves it out", program.role,
                                            program.name, end.to_text(),
                                            end.err.empty() ? "" : " (" + end.err.substr(0, end.err.find('\n')) + ")"));
  }
  return failures_in(program, end.out);
}

std::string filter_for(const std::vector<Failure>& failures) {
  std::string filter;
  for (const Failure& failure : failures) filter += (filter.empty() ? "" : "|") + report::exact_filter(failure.id);
  return filter;
}

}  // namespace

bool can_verify(const GateProgram& program, const report::BenchmarkOutput& output) {
  if (!program.blas.empty()) return true;
  return output.context.contains("blas_sha256") && std::filesystem::exists(judge_of(program));
}

std::vector<std::string> new_failures(const GateProgram& older, const GateProgram& newer,
                                      std::vector<std::string>& notes) {
  const std::vector<Failure> failures = failing_claims(newer, newer.blas.empty() ? "" : "^products/");
  if (failures.empty()) return {};
  const bool ended_early = failures.front().id == "verify";
  const std::vector<Failure> before =
      ended_early ? std::vector<Failure>{} : failing_claims(older, filter_for(failures));
  std::vector<std::string> fresh;
  for (const Failure& failure : failures) {
    const bool known = std::ranges::find(before, failure.id, &Failure::id) != before.end();
    const std::string text = failure.id + ": " + failure.reason;
    if (known) {
      notes.push_back("fails for OLD too: " + text);
    } else {
      fresh.push_back(text);
    }
  }
  return fresh;
}

}  // namespace sqrtn::command
