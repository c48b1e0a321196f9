#pragma once

#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "support/process.hpp"

/// A child process from fork to its end, and the descriptors that join it to its parent.
namespace sqrtn::support {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read, write;
};

/// Throws: std::system_error.
Pipe make_pipe();

/// What becomes the child's standard streams, and where it says why it could not start (errno as int).
struct ChildStreams {
  int in, out, err, failure;
};

/// How a child ended, as its guardian saw it.
struct ChildEnd {
  int status = 0;  ///< as waitpid has it, of one that was stopped too: it is killed then
  rusage usage{};
  int left_running = 0;  ///< processes that it started and that were still there when it ended by itself
};

/// How it ended and what it left running, of a child that this process has not ended.
void describe_end(const ChildEnd& child, ProcessEnd& end);

/// A child that runs, in a process group of its own, below a guardian: a process that waits for the child's end or for
/// this one's, then kills whatever descends from the child, in other sessions too where the system hands orphans to
/// their nearest guardian (Linux), and tells how the child ended. Killed and waited for unless it has been.
class Child {
 public:
  /// Throws: std::system_error if the system has no process for the guardian.
  Child(const std::vector<std::string>& argv, std::size_t memory_bytes, const EnvironmentAdditions& environment,
        const ChildStreams& streams);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// Becomes readable when the child has ended and nothing of it is left.
  [[nodiscard]] int ended() const { return report_.read.number(); }
  /// Has the guardian send it that signal, if it still runs.
  void send(unsigned char signal) const {
    // This process keeps the reading end too, so that nothing comes of writing when the guardian has gone.
    [[maybe_unused]] const ssize_t written = write(lifeline_.write.number(), &signal, 1);
  }
  /// Kills what still runs, and waits for that.
  ChildEnd reap();

 private:
  Pipe lifeline_;  ///< signals to be sent; its end is that of this process, or of its patience
  Pipe report_;
  pid_t guardian_;
};

}  // namespace sqrtn::support
