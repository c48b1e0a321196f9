#include "fleet/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "command/steps.hpp"
#include "fleet/members.hpp"
#include "report/fleet_text.hpp"
#include "results/fleet.hpp"
#include "support/interrupt.hpp"
#include "support/output.hpp"
#include "support/place_name.hpp"
#include "support/process.hpp"
#include "support/progress.hpp"

namespace sqrtn::fleet {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// From a wish to end on. Slurm waits 30 s before it kills, OpenMPI's mpirun one; a child takes a sixth of a second.
constexpr double grace_s = 20, grace_below_mpirun_s = 0.7;

/// A folder of this process's own, gone with it.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "sqrtn-fleet-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "cannot make " + name);
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// What one rank has to say: the document that its command wrote, or why there is none.
struct Answer {
  std::string node, problem, document;
};

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

Answer answer_of(const Judging& judging) {
  std::vector<std::string> argv{judging.command};
  std::ranges::copy(judging.arguments, std::back_inserter(argv));
  argv.insert(argv.end(), {"--json", "-"});
  const ProcessEnd end = run_process(argv, {.wall_s = judging.limit_s, .grace_s = grace_s});
  Answer answer{.node = name_of_place("%N"), .problem = {}, .document = end.out};
  if (answer.document.empty()) {
    const std::string said = last_line(end.err);
    answer.problem = end.to_text() + (said.empty() ? "" : ": " + said);
  }
  return answer;
}

std::string packed(const Answer& answer) {
  return nlohmann::json::array({answer.node, answer.problem, answer.document})
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
Answer unpacked(const std::string& bytes) {
  const auto json = nlohmann::json::parse(bytes);
  return {json.at(0), json.at(1), json.at(2)};
}

/// On every rank but the first: lives, answers, and waits until it may go.
void answer_first(const Ranks& ranks, const Judging& judging) {
  const std::string node = name_of_place("%N");
  std::future<Answer> own = std::async(std::launch::async, answer_of, judging);
  Clock::time_point next = Clock::now();
  do {
    if (Clock::now() >= next) {
      ranks.send(0, Tag::alive, node);
      next += 500ms;
    }
    for (auto message = ranks.next(); message; message = ranks.next()) {
      if (message->tag == Tag::finish) std::raise(SIGTERM);
    }
  } while (own.wait_for(20ms) != std::future_status::ready);
  ranks.send(0, Tag::answer, packed(own.get()));
  auto message = ranks.next();
  for (; !message || message->tag != Tag::end; message = ranks.next()) std::this_thread::sleep_for(10ms);
  if (message->bytes == "leave") ranks.leave(0);
}

/// Tells the others that it was asked to end, by whatever process was. Returns: until when it waits for their answers.
Clock::time_point ask_to_finish(const Ranks& ranks, Members& members) {
  for (int rank = 1; rank < ranks.count(); ++rank) {
    if (members.at(rank).state == Member::State::open) ranks.send(rank, Tag::finish, "");
  }
  // SIGUSR1 it only passes on.
  const bool is_hurried = Ranks::below_mpirun() && interrupting_signal() != SIGUSR1;
  return Clock::now() +
         std::chrono::milliseconds(static_cast<int>(1e3 * (is_hurried ? grace_below_mpirun_s : grace_s)));
}

/// The first rank's, of all; none of a rank that is lost, or has not answered in time after a wish to end.
std::vector<std::optional<Answer>> gathered(const Ranks& ranks, std::future<Answer>& own, Members& members) {
  std::vector<std::optional<Answer>> answers(static_cast<std::size_t>(ranks.count()));
  const auto take = [&](int rank, Answer answer) {
    answers.at(static_cast<std::size_t>(rank)) = std::move(answer);
    members.at(rank).state = Member::State::done;
  };
  Progress progress("fleet");
  members.at(0).node = name_of_place("%N");
  std::optional<Clock::time_point> end;
  while (members.in(Member::State::open) > 0 && !(end && Clock::now() > *end)) {
    if (interrupted() && !end) end = ask_to_finish(ranks, members);
    if (members.at(0).state == Member::State::open && own.wait_for(20ms) == std::future_status::ready) {
      take(0, own.get());
    } else {
      std::this_thread::sleep_for(5ms);
    }
    while (const auto message = ranks.next()) {
      members.hear(*message);
      if (message->tag == Tag::answer) take(message->from, unpacked(message->bytes));
    }
    members.newly_lost();
    const std::size_t done = members.in(Member::State::done), lost = members.in(Member::State::lost);
    progress.update(
        static_cast<double>(done) / ranks.count(),
        fmt::format("{} of {} ranks{}", done, ranks.count(), lost > 0 ? fmt::format(", {} lost", lost) : ""));
  }
  return answers;
}

results::Node missing(const std::string& name, const std::string& problem) {
  results::Node node;
  node.name = name;
  node.kind = results::NodeKind::unreadable;
  node.problem = problem;
  return node;
}

results::Fleet fleet_of(const std::vector<std::optional<Answer>>& answers, Members& members) {
  const Scratch scratch;
  std::vector<std::string> files;
  std::vector<results::Node> without;
  for (int rank = 0; rank < members.count(); ++rank) {
    const auto& answer = answers.at(static_cast<std::size_t>(rank));
    const std::string& node = answer ? answer->node : members.at(rank).node;
    const std::string name = fmt::format("{}-{}", node.empty() ? "unknown" : node, rank);
    if (!answer) {
      const bool is_lost = members.at(rank).state == Member::State::lost;
      without.push_back(missing(
          name, members.name(rank) + (is_lost ? fmt::format(" died, or said nothing for {:g} s", members.silence_s())
                                              : " had no time to answer before the end")));
    } else if (!answer->problem.empty()) {
      without.push_back(missing(name, answer->problem));
    } else {
      files.push_back((scratch / (name + ".json")).string());
      write_file(files.back(), answer->document);
    }
  }
  results::Fleet fleet;
  if (!files.empty()) fleet = results::merge(files);
  std::ranges::move(without, std::back_inserter(fleet.nodes));
  std::ranges::stable_sort(fleet.nodes, {}, &results::Node::name);
  return fleet;
}

}  // namespace

int judge(const Ranks& ranks, const Judging& judging) {
  const Interruptible until_all_is_shown;
  if (ranks.own() != 0) {
    answer_first(ranks, judging);
    return 0;
  }
  if (!judging.json.empty()) require_writable(judging.json);
  Members members(ranks.count(), judging.silence_s);
  std::future<Answer> own = std::async(std::launch::async, answer_of, judging);
  const auto answers = gathered(ranks, own, members);
  const results::Fleet fleet = fleet_of(answers, members);
  command::deliver(results::to_json(fleet), judging.json, report::fleet_text(fleet));
  const int code = command::exit_code(results::verdict_of(fleet));
  std::cout.flush();
  const bool complete = members.in(Member::State::done) == static_cast<std::size_t>(ranks.count());
  for (int rank = 1; rank < ranks.count(); ++rank) {
    if (members.at(rank).state == Member::State::done) ranks.send(rank, Tag::end, complete ? "" : "leave");
  }
  if (!complete) ranks.leave(code);
  return code;
}

}  // namespace sqrtn::fleet
