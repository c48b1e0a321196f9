#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>

#include "sqrtn/support/require.hpp"
#include "support/child.hpp"
#include "support/interrupt.hpp"

namespace sqrtn {
namespace {

using Clock = std::chrono::steady_clock;
using support::Child;
using support::Descriptor;
using support::Pipe;

/// How long a child is waited for, and what it has come to after that.
struct Patience {
  Clock::time_point start;
  double limit_s = 0;  ///< 0: none
  ProcessEnd::How at_its_end = ProcessEnd::How::timed_out;

  /// 0 when there is none left, −1 for no limit.
  [[nodiscard]] int left_ms() const {
    if (!(limit_s > 0)) return -1;
    const double left_s = limit_s - std::chrono::duration<double>(Clock::now() - start).count();
    return left_s <= 0 ? 0 : static_cast<int>(std::min(left_s, 1e6) * 1e3) + 1;
  }
};

/// Appends what is there to read. Returns false at the end of the stream.
bool append_from(int descriptor, std::string& text) {
  std::array<char, std::size_t{1} << 16> part;  // a pipe's whole content
  const ssize_t got = read(descriptor, part.data(), part.size());
  if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

/// Reads both streams until the child has ended or must be ended. What it wrote before its end is read to
/// the last byte, but nothing that descendants of its own write later.
void listen(const Child& child, int out, int err, const ProcessLimits& limits, Patience patience, ProcessEnd& end,
            const std::function<void(std::string&)>& heard) {
  std::array<pollfd, 4> waits{
      {{out, POLLIN, 0}, {err, POLLIN, 0}, {child.ended(), POLLIN, 0}, {interruption(), POLLIN, 0}}};
  for (bool ended = false;;) {
    const int wait_ms = ended ? 0 : patience.left_ms();
    if (wait_ms == 0 && !ended) {
      end.how = patience.at_its_end;
      return;
    }
    const int ready = poll(waits.data(), waits.size(), wait_ms);
    if (ended && ready <= 0) return;
    if (ready <= 0) continue;
    for (const std::size_t stream : {0, 1}) {
      if (waits[stream].revents == 0) continue;
      if (!append_from(waits[stream].fd, stream == 0 ? end.out : end.err)) waits[stream].fd = -1;
      if (stream == 0 && heard) heard(end.out);
    }
    if (limits.output_bytes > 0 && end.out.size() + end.err.size() > limits.output_bytes) {
      end.how = ProcessEnd::How::too_much_output;
      return;
    }
    if (waits[3].revents != 0) {
      patience = {Clock::now(), limits.grace_s, ProcessEnd::How::interrupted};
      if (!(limits.grace_s > 0)) {
        end.how = patience.at_its_end;
        return;
      }
      child.send(SIGTERM);
      waits[3].fd = -1;
    }
    if (waits[2].revents != 0) {
      ended = true;
      waits[2].fd = -1;
    }
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// "segmentation fault"; capitals within a name stay: "CPU time limit exceeded".
std::string signal_name(int signal) {
  const char* known = sigdescr_np(signal);
  std::string name = known != nullptr ? known : "unknown";
  if (name.size() > 1 && std::islower(static_cast<unsigned char>(name[1])) != 0) {
    name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  }
  return name;
}

/// Whether this process has been asked to end, or is within moments: a signal to all processes of a job may reach the
/// child first.
bool is_asked_to_end() {
  constexpr int moments_ms = 200;
  pollfd wait{interruption(), POLLIN, 0};
  if (wait.fd >= 0) poll(&wait, 1, moments_ms);
  return interrupted();
}

}  // namespace

namespace support {

void describe_end(const ChildEnd& child, ProcessEnd& end) {
  end.left_running = child.left_running;
  if (WIFSIGNALED(child.status) || WIFSTOPPED(child.status)) {
    end.how = ProcessEnd::How::signalled;
    end.code = WIFSTOPPED(child.status) ? WSTOPSIG(child.status) : WTERMSIG(child.status);
    const bool is_wish = end.code == SIGINT || end.code == SIGTERM || end.code == SIGUSR1;
    if (is_wish && is_asked_to_end()) end.how = ProcessEnd::How::interrupted;
  } else {
    end.code = WEXITSTATUS(child.status);
  }
}

}  // namespace support

bool ProcessEnd::stopped() const {
  return how == How::signalled && (code == SIGSTOP || code == SIGTSTP || code == SIGTTIN || code == SIGTTOU);
}

std::string ProcessEnd::to_text() const {
  switch (how) {
    case How::exited:
      return fmt::format("exited with status {}", code);
    case How::signalled:
      return fmt::format("{} by signal {} ({})", stopped() ? "stopped" : "killed", code, signal_name(code));
    case How::timed_out:
      return fmt::format("no answer for {:.3g} s", wall_s);
    case How::too_much_output:
      return "wrote more than it may";
    case How::interrupted:
      return "interrupted";
    case How::not_started:
      return fmt::format("could not be started ({})", std::generic_category().message(code));
  }
  return {};
}

ProcessEnd run_process(const std::vector<std::string>& argv, const ProcessLimits& limits,
                       const EnvironmentAdditions& environment, const std::function<void(std::string&)>& heard) {
  require(!argv.empty(), "a process needs a program to run; give its name first");
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Pipe out = support::make_pipe(), err = support::make_pipe(), failure = support::make_pipe();
  ProcessEnd end;
  end.how = ProcessEnd::How::exited;
  const auto start = Clock::now();
  Child child(argv, limits.memory_bytes, environment,
              {nothing.number(), out.write.number(), err.write.number(), failure.write.number()});
  for (Pipe* pipe : {&out, &err, &failure}) pipe->write.close();
  listen(child, out.read.number(), err.read.number(), limits, {.start = start, .limit_s = limits.wall_s}, end, heard);
  end.wall_s = std::chrono::duration<double>(Clock::now() - start).count();
  const support::ChildEnd told = child.reap();
  end.cpu_s = seconds(told.usage.ru_utime) + seconds(told.usage.ru_stime);
  if (end.how == ProcessEnd::How::exited) support::describe_end(told, end);
  if (read(failure.read.number(), &end.code, sizeof end.code) > 0) end.how = ProcessEnd::How::not_started;
  return end;
}

}  // namespace sqrtn
