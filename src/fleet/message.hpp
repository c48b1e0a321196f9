#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What ranks of MPI tell each other: strings of bytes, each with a tag. By one thread of a process alone.
namespace sqrtn::fleet {

enum class Tag {
  alive,   ///< the sender's node, again and again
  answer,  ///< what a rank has to say in the end, or of itself at the start
  finish,  ///< the receiver is to answer with what it has by now
  work,    ///< tasks to be computed
  sums,    ///< of these tasks
  end      ///< nothing more will come
};

struct Message {
  int from = 0;
  Tag tag = Tag::alive;
  std::string bytes;
};

/// From its constructor to its destructor this process is a rank.
class Ranks {
 public:
  /// Where no mpirun started this process, it is the only rank.
  Ranks(int& argc, char**& argv);
  ~Ranks();  ///< waits for all others, unless `leave` was called
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  [[nodiscard]] int own() const { return own_; }
  [[nodiscard]] int count() const { return count_; }
  /// Blocks at most until the receiver takes it.
  void send(int to, Tag tag, std::string_view bytes) const;
  /// The next that has come, from anybody; does not wait. Bytes beyond 2³⁰ are refused.
  [[nodiscard]] std::optional<Message> next() const;
  /// Whether OpenMPI's mpirun started it, which ends ranks in its own way.
  [[nodiscard]] static bool below_mpirun();
  /// Ends this rank where some of the others cannot be waited for, and with another code than 0 all of them. mpirun
  /// ends with that code; with 1 under --enable-recovery of OpenMPI.
  [[noreturn]] void leave(int code) const;

 private:
  int own_ = 0, count_ = 1;
};

}  // namespace sqrtn::fleet
