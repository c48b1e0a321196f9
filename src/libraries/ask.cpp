#include "libraries/ask.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "results/format.hpp"
#include "results/read.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::libraries {
namespace {

using How = ProcessEnd::How;
using Kind = results::IncidentKind;

/// Why there is no document. `unreadable`: what is wrong with one that there is.
Complaint why_none(const ProcessEnd& end, const std::string& unreadable) {
  if (end.how == How::signalled && end.code == SIGALRM) return {Kind::no_answer, "no answer from one call"};
  if (end.how == How::exited && !end.err.empty()) return {Kind::exited, first_line(end.err)};
  if (!unreadable.empty()) return {kind_of(end), unreadable};
  return {kind_of(end), (end.how == How::exited ? "gave no answer and " : "") + end.to_text()};
}

/// What came after the document. Who lingers is ended by SIGKILL, which nobody holds back, or by the limit of time.
Complaint after_answer(const ProcessEnd& end) {
  const bool lingered = end.how == How::timed_out || (end.how == How::signalled && end.code == SIGKILL);
  if (lingered) return {Kind::lingered, "did not end by itself, after its answer"};
  return {kind_of(end), end.to_text() + ", after its answer"};
}

Answer ask_for(std::vector<std::string> command, const ProcessLimits& limits, const EnvironmentAdditions& environment,
               const TakeText& take, const Heard& heard = {}) {
  command.insert(command.end(), {"--json", "-"});
  const ProcessEnd end = run_process(command, limits, environment, heard);
  Answer answer;
  answer.how = end.how;
  answer.cpu_s = end.cpu_s;
  if (end.how == How::exited) answer.code = end.code;
  // Its own watch of calls ended it.
  if (end.how == How::signalled && end.code == SIGALRM) answer.how = How::timed_out;
  std::string unreadable;
  // What a library prints comes before or between; a document is taken whole or not at all.
  const std::size_t begin = end.out.find("{\n");
  try {
    if (begin != std::string::npos) {
      take(std::string_view(end.out).substr(begin));
      answer.answered = true;
    }
  } catch (const std::invalid_argument& error) {
    unreadable = error.what();
  }
  if (!answer.answered) answer.complaints.push_back(why_none(end, unreadable));
  if (answer.answered && begin > 0) {
    answer.complaints.push_back({Kind::printed, fmt::format("printed '{}' on standard output", first_line(end.out))});
  }
  if (answer.answered && end.how != How::exited) answer.complaints.push_back(after_answer(end));
  if (end.left_running > 0) {
    const char* what = end.left_running == 1 ? "left a process running" : "left processes running";
    answer.complaints.push_back({Kind::left_running, what});
  }
  answer.refused = end.how == How::exited && end.code == 2 && !end.err.empty() && answer.complaints.size() == 1;
  return answer;
}

std::vector<std::string> called_here(std::vector<std::string> words) {
  words.insert(words.begin(), this_program());
  return words;
}

}  // namespace

results::IncidentKind kind_of(const ProcessEnd& end) {
  switch (end.how) {
    case How::exited:
      return Kind::exited;
    case How::signalled:
      return end.stopped() ? Kind::stopped : Kind::killed;
    case How::timed_out:
      return Kind::no_answer;
    case How::too_much_output:
      return Kind::too_much_output;
    case How::not_started:
    case How::interrupted:
      return Kind::other;
  }
  return Kind::other;
}

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

Answer ask_child_for(std::vector<std::string> words, const ProcessLimits& limits,
                     const EnvironmentAdditions& environment, const TakeText& take) {
  return ask_for(called_here(std::move(words)), limits, environment, take);
}

Answer ask_child(std::vector<std::string> words, const ProcessLimits& limits, const EnvironmentAdditions& environment,
                 const Heard& heard) {
  return ask(called_here(std::move(words)), limits, environment, heard);
}

EnvironmentAdditions started_with(int threads) {
  EnvironmentAdditions environment;
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "BLIS_NUM_THREADS",
                           "MKL_NUM_THREADS", "NVPL_BLAS_NUM_THREADS", "ARMPL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"}) {
    environment[name] = fmt::to_string(threads);
  }
  return environment;
}

Answer ask(std::vector<std::string> command, const ProcessLimits& limits, const EnvironmentAdditions& environment,
           const Heard& heard) {
  std::optional<results::Document> document;
  const auto take = [&](std::string_view text) { document = results::parse_document(text, "its answer"); };
  Answer answer = ask_for(std::move(command), limits, environment, take, heard);
  answer.document = std::move(document);
  return answer;
}

std::vector<results::Incident> incidents_in(const Answer& answer, const std::string& place) {
  std::vector<results::Incident> incidents;
  for (const auto& [kind, text] : answer.complaints) {
    incidents.push_back({.kind = kind, .place = place, .text = fmt::format("{} in {}", text, place)});
  }
  return incidents;
}

std::string first_line(const std::string& text) {
  std::string_view line = std::string_view(text).substr(0, text.find('\n'));
  if (line.starts_with("sqrtn: ")) line.remove_prefix(7);
  return results::printable(line.size() <= 400 ? std::string(line) : fmt::format("{}…", line.substr(0, 397)));
}

double slowdown() {
  double load = 0;
  if (getloadavg(&load, 1) != 1) return 1;
  return std::max(1.0, load / static_cast<double>(available_threads()));
}

}  // namespace sqrtn::libraries
