#include "fleet/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "command/steps.hpp"
#include "fleet/members.hpp"
#include "report/fleet_text.hpp"
#include "results/fleet.hpp"
#include "support/output.hpp"
#include "support/place_name.hpp"
#include "support/process.hpp"
#include "support/progress.hpp"

namespace sqrtn::fleet {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

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
  const ProcessEnd end = run_process(argv, {.wall_s = judging.limit_s});
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
  do {
    ranks.send(0, Tag::alive, node);
  } while (own.wait_for(500ms) != std::future_status::ready);
  ranks.send(0, Tag::answer, packed(own.get()));
  auto message = ranks.next();
  for (; !message || message->tag != Tag::end; message = ranks.next()) std::this_thread::sleep_for(10ms);
  if (message->bytes == "leave") ranks.leave(0);
}

/// The first rank's, of all; none of a rank that is lost.
std::vector<std::optional<Answer>> gathered(const Ranks& ranks, const Judging& judging, Members& members) {
  std::vector<std::optional<Answer>> answers(static_cast<std::size_t>(ranks.count()));
  const auto take = [&](int rank, Answer answer) {
    answers.at(static_cast<std::size_t>(rank)) = std::move(answer);
    members.at(rank).state = Member::State::done;
  };
  Progress progress("fleet");
  members.at(0).node = name_of_place("%N");
  std::future<Answer> own = std::async(std::launch::async, answer_of, judging);
  while (members.in(Member::State::open) > 0) {
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
      without.push_back(
          missing(name, fmt::format("{} died, or said nothing for {:g} s", members.name(rank), members.silence_s())));
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
  if (ranks.own() != 0) {
    answer_first(ranks, judging);
    return 0;
  }
  if (!judging.json.empty()) require_writable(judging.json);
  Members members(ranks.count(), judging.silence_s);
  const auto answers = gathered(ranks, judging, members);
  const results::Fleet fleet = fleet_of(answers, members);
  command::deliver(results::to_json(fleet), judging.json, report::fleet_text(fleet));
  const int code = command::exit_code(results::verdict_of(fleet));
  const bool complete = members.in(Member::State::lost) == 0;
  for (int rank = 1; rank < ranks.count(); ++rank) {
    if (members.at(rank).state == Member::State::done) ranks.send(rank, Tag::end, complete ? "" : "leave");
  }
  if (!complete) ranks.leave(code);
  return code;
}

}  // namespace sqrtn::fleet
