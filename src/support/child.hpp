#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <atomic>
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

/// A child that runs, in a process group of its own; killed with its group and waited for unless it has been.
class Child {
 public:
  /// Throws: std::system_error if the system has no process for it.
  Child(const std::vector<std::string>& argv, std::size_t memory_bytes, const EnvironmentAdditions& environment,
        const ChildStreams& streams);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  void kill_group() const;
  /// Returns once the child has ended; it keeps its number until it is reaped.
  void wait_for_end() const;
  /// Kills what is left of the group. Returns: the status and the use of time.
  std::pair<int, rusage> reap();

 private:
  Pipe lifeline_;  ///< nothing is written: its end is that of this process
  pid_t id_;
  std::atomic<pid_t>* place_ = nullptr;
  pid_t guardian_;
};

}  // namespace sqrtn::support
