#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "fleet/message.hpp"

/// Who of the ranks is there, as the first of them knows it.
namespace sqrtn::fleet {

using Clock = std::chrono::steady_clock;

struct Member {
  std::string node;  ///< as it last said; empty: it has not said anything
  Clock::time_point heard = Clock::now();
  enum class State {
    open,  ///< it should be heard of
    done,
    lost
  } state = State::open;
};

class Members {
 public:
  Members(int count, double silence_s) : members_(static_cast<std::size_t>(count)), silence_s_(silence_s) {}

  [[nodiscard]] Member& at(int rank) { return members_.at(static_cast<std::size_t>(rank)); }
  [[nodiscard]] int count() const { return static_cast<int>(members_.size()); }
  [[nodiscard]] std::size_t in(Member::State state) const {
    return static_cast<std::size_t>(std::ranges::count(members_, state, &Member::state));
  }
  /// Notes that it lives, and its node where it tells that.
  void hear(const Message& message) {
    Member& member = at(message.from);
    member.heard = Clock::now();
    if (message.tag == Tag::alive) member.node = message.bytes;
  }
  /// Those but rank 0 that have been silent too long since the last call; they are lost from now on.
  std::vector<int> newly_lost() {
    std::vector<int> lost;
    for (int rank = 1; rank < count(); ++rank) {
      Member& member = at(rank);
      if (member.state != Member::State::open) continue;
      if (std::chrono::duration<double>(Clock::now() - member.heard).count() <= silence_s_) continue;
      member.state = Member::State::lost;
      lost.push_back(rank);
    }
    return lost;
  }
  /// "rank 3 on node17".
  [[nodiscard]] std::string name(int rank) {
    return "rank " + std::to_string(rank) + (at(rank).node.empty() ? "" : " on " + at(rank).node);
  }
  [[nodiscard]] double silence_s() const { return silence_s_; }

 private:
  std::vector<Member> members_;
  double silence_s_;
};

}  // namespace sqrtn::fleet
