#include "support/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
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

namespace sqrtn::support {
namespace {

constexpr bool sanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
    true;
#else
    false;
#endif

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Everything that the child needs, made before the fork: after it, and before exec, nothing may
/// allocate, because another thread may have held the allocator's lock.
struct Start {
  std::vector<char*> argv, envp;
  std::vector<std::string> variables;
  ChildStreams streams;
  std::size_t memory_bytes;
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
[[noreturn]] void become(const Start& start, [[maybe_unused]] pid_t guardian) {
  setpgid(0, 0);
  reset_signals();
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != guardian) _exit(0);  // it died before it could be known
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

/// Orphans below this process become its children from now on, where children can be listed.
void adopt_orphans() {
#ifdef __linux__
  const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list >= 0) prctl(PR_SET_CHILD_SUBREAPER, 1);
  close(list);
#endif
}

/// As many as are listed at once; what they leave behind is there to be killed when they have ended.
void kill_children() {
  const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  std::array<char, 4096> text;
  const ssize_t size = list < 0 ? 0 : read(list, text.data(), text.size());
  close(list);
  pid_t id = 0;
  for (ssize_t i = 0; i < size; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c >= '0' && c <= '9') {
      id = 10 * id + (c - '0');
    } else if (id > 0) {
      ::kill(std::exchange(id, 0), SIGKILL);
    }
  }
}

/// Kills everything below this process, but waits no longer than seconds for what cannot be killed. Returns: how many
/// did not end before that.
int end_descendants() {
  int killed = 0, status = 0;
  for (int left_ms = 5000; left_ms > 0;) {
    kill_children();
    const pid_t id = waitpid(-1, &status, WNOHANG);
    if (id < 0) break;
    if (id > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ++killed;
    if (id == 0) left_ms -= 1 + poll(nullptr, 0, 1);
  }
  return killed;
}

/// Sends the child the signal whose number can be read from standard input. Returns: false where that is closed.
bool pass_on_signal(pid_t child) {
  unsigned char signal = 0;
  return read(STDIN_FILENO, &signal, 1) == 1 && ::kill(child, signal) == 0;
}

/// Sleeps until the child has ended or stopped, or until the other end of standard input is closed; then ends all.
/// All signals are held back but while it sleeps.
ChildEnd watch_over(pid_t child) {
  sigset_t all_but_ends;
  sigfillset(&all_but_ends);
  sigdelset(&all_but_ends, SIGCHLD);
  pollfd lifeline{STDIN_FILENO, POLLIN, 0};
  siginfo_t seen{};
  const auto id = static_cast<id_t>(child);
  while (waitid(P_PID, id, &seen, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) == 0 && seen.si_pid == 0 &&
         (ppoll(&lifeline, 1, nullptr, &all_but_ends) <= 0 || pass_on_signal(child))) {
  }
  ::kill(-child, SIGKILL);  // the number is the child's until it is waited for
  ::kill(child, SIGKILL);   // it may have left its group
  ChildEnd end;
  while (wait4(child, &end.status, 0, &end.usage) < 0 && errno == EINTR) {
  }
  const int killed = end_descendants();
  if (seen.si_pid != 0 && seen.si_code == CLD_STOPPED) {
    end.status = W_STOPCODE(seen.si_status);
  } else if (seen.si_pid != 0) {
    end.left_running = killed;
  }
  return end;
}

/// fork() without what libraries ask to be run before it: a BLAS takes the lock of its threads there, which in the
/// guardian nobody gives back, if another thread held it when the guardian was forked.
pid_t fork_plainly() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  return _Fork();
#else
  return vfork();  // and what follows ends with exec or _exit
#endif
}

/// The guardian's way from fork to its end.
[[noreturn]] void guard(const Start& start, int lifeline, int report) {
  setpgid(0, 0);
  std::signal(SIGCHLD, [](int) {});
  adopt_orphans();
  const pid_t guardian = getpid(), child = fork_plainly();
  if (child == 0) become(start, guardian);
  if (child < 0) {
    const int error = errno;
    [[maybe_unused]] const ssize_t told = write(start.streams.failure, &error, sizeof error);
    _exit(1);
  }
  setpgid(child, child);  // by both, so that it holds for both from now on
  // Were an end of another's pipe kept here, that one's end would not be seen.
  dup2(lifeline, STDIN_FILENO);
  dup2(report, STDOUT_FILENO);
#ifdef __linux__
  close_range(STDOUT_FILENO + 1, UINT_MAX, 0);
#endif
  const ChildEnd end = watch_over(child);
  [[maybe_unused]] const ssize_t told = write(STDOUT_FILENO, &end, sizeof end);
  _exit(0);
}

pid_t start_guardian(const std::vector<std::string>& argv, std::size_t memory_bytes,
                     const EnvironmentAdditions& environment, const ChildStreams& streams, int lifeline, int report) {
  Start start{.argv = {}, .envp = {}, .variables = {}, .streams = streams, .memory_bytes = memory_bytes};
  for (const std::string& word : argv) start.argv.push_back(const_cast<char*>(word.c_str()));
  start.argv.push_back(nullptr);
  add_environment(start, environment);
  const NoSignals for_the_guardian;
  const pid_t id = fork();
  if (id < 0) fail("cannot run another program: no process for it");
  if (id == 0) guard(start, lifeline, report);
  return id;
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
      report_(make_pipe()),
      guardian_(
          start_guardian(argv, memory_bytes, environment, streams, lifeline_.read.number(), report_.write.number())) {
  report_.write.close();
}

Child::~Child() {
  if (guardian_ > 0) reap();
}

ChildEnd Child::reap() {
  lifeline_.write.close();
  ChildEnd end;
  ssize_t got = 0;
  while ((got = read(report_.read.number(), &end, sizeof end)) < 0 && errno == EINTR) {
  }
  if (got != sizeof end) end.status = SIGKILL;  // the guardian was killed, and its child with it
  while (waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
  }
  guardian_ = 0;
  return end;
}

}  // namespace sqrtn::support
