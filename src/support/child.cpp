#include "support/child.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <string_view>
#include <system_error>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

#ifndef __has_feature
#define __has_feature(name) 0
#endif

namespace sqrtn {
namespace support {
namespace {

constexpr bool sanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
    true;
#else
    false;
#endif

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Groups of the children that run, where a signal handler finds them; 0 is a free place.
std::array<std::atomic<pid_t>, 256> running{};

std::atomic<pid_t>* publish(pid_t id) {
  for (auto& place : running) {
    pid_t none = 0;
    if (place.compare_exchange_strong(none, id)) return &place;
  }
  return nullptr;
}

/// Everything that the child needs, made before the fork: after it, and before exec, nothing may
/// allocate, because another thread may have held the allocator's lock.
struct Start {
  std::vector<char*> argv, envp;
  std::vector<std::string> variables;
  ChildStreams streams;
  std::size_t memory_bytes;
  pid_t parent;
};

void add_environment(Start& start, const EnvironmentAdditions& additions) {
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (!additions.contains(std::string(text.substr(0, text.find('='))))) start.envp.push_back(*variable);
  }
  for (const auto& [name, value] : additions) start.variables.push_back(name + '=' + value);
  for (std::string& variable : start.variables) start.envp.push_back(variable.data());
  start.envp.push_back(nullptr);
}

/// Holds back signals for this thread while it lives.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// Nothing is ignored, handled or held back: the parent's handlers would clean up after the parent.
void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

/// The child's way from fork to exec.
[[noreturn]] void become(const Start& start) {
  setpgid(0, 0);
  reset_signals();
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != start.parent) _exit(0);  // it died before it could be known
#endif
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  if (start.memory_bytes > 0 && !sanitized) {
    const rlimit memory{start.memory_bytes, start.memory_bytes};
    setrlimit(RLIMIT_AS, &memory);
  }
  if (dup2(start.streams.in, STDIN_FILENO) >= 0 && dup2(start.streams.out, STDOUT_FILENO) >= 0 &&
      dup2(start.streams.err, STDERR_FILENO) >= 0) {
#ifdef __linux__
    close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC);
#endif
    execvpe(start.argv.front(), start.argv.data(), start.envp.data());
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t told = write(start.streams.failure, &error, sizeof error);
  _exit(127);
}

pid_t start_child(const std::vector<std::string>& argv, std::size_t memory_bytes,
                  const EnvironmentAdditions& environment, const ChildStreams& streams) {
  Start start{
      .argv = {}, .envp = {}, .variables = {}, .streams = streams, .memory_bytes = memory_bytes, .parent = getpid()};
  for (const std::string& word : argv) start.argv.push_back(const_cast<char*>(word.c_str()));
  start.argv.push_back(nullptr);
  add_environment(start, environment);
  const NoSignals until_the_child_has_none_of_our_handlers;
  const pid_t id = fork();
  if (id < 0) fail("cannot run another program: no process for it");
  if (id == 0) become(start);
  setpgid(id, id);  // by both, so that it holds for both from now on
  return id;
}

/// A process of the group that waits for the death of this one and then ends the group. It sleeps until then, or
/// until the group is ended by us. Returns: 0 where there is no room for it; the child itself dies all the same.
pid_t start_guardian(pid_t group, const Descriptor& lifeline) {
#ifdef __linux__
  const NoSignals whatever_the_group_is_sent;
  const pid_t id = fork();
  if (id == 0) {
    setpgid(0, group);
    // Were an end of another's pipe kept here, that one's end would not be seen.
    dup2(lifeline.number(), STDIN_FILENO);
    close_range(STDIN_FILENO + 1, UINT_MAX, 0);
    char nothing = 0;
    while (read(STDIN_FILENO, &nothing, 1) < 0 && errno == EINTR) {
    }
    ::kill(-group, SIGKILL);
    _exit(0);
  }
  if (id > 0) setpgid(id, group);
  return std::max(id, 0);
#else
  return 0;
#endif
}

}  // namespace

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot run another program: no pipe to it");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Child::Child(const std::vector<std::string>& argv, std::size_t memory_bytes, const EnvironmentAdditions& environment,
             const ChildStreams& streams)
    : lifeline_(make_pipe()),
      id_(start_child(argv, memory_bytes, environment, streams)),
      place_(publish(id_)),
      guardian_(start_guardian(id_, lifeline_.read)) {
  lifeline_.read.close();
}

Child::~Child() {
  if (id_ > 0) reap();
}

void Child::kill_group() const { ::kill(-id_, SIGKILL); }

void Child::wait_for_end() const {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
}

std::pair<int, rusage> Child::reap() {
  kill_group();
  if (place_ != nullptr) *place_ = 0;
  std::pair<int, rusage> end{};
  while (wait4(id_, &end.first, 0, &end.second) < 0 && errno == EINTR) {
  }
  id_ = 0;
  if (guardian_ > 0) ::kill(guardian_, SIGKILL);
  while (guardian_ > 0 && waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
  }
  return end;
}

}  // namespace support

void kill_running_processes() noexcept {
  for (const auto& place : support::running) {
    if (const pid_t id = place; id > 0) ::kill(-id, SIGKILL);
  }
}

}  // namespace sqrtn
