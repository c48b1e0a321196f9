#include "support/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace sqrtn {
namespace {

// At a time limit Slurm sends SIGTERM to a step and again to the job; SIGKILL follows half a minute later.
constexpr std::array wishes{SIGINT, SIGTERM, SIGUSR1};

std::atomic<int> came = 0;  ///< the last of them
std::atomic<int> read_end = -1, write_end = -1;
std::array<struct sigaction, wishes.size()> before{};

/// By a clock that nobody sets; a handler of signals may ask it.
double now_s() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::atomic<double> first_interrupt_s = 0;  ///< when SIGINT first came; 0: not yet

/// Whether somebody pressed Ctrl-C once more. `timeout` and `sudo` send the one signal twice, to the process and to its
/// group; a hand takes longer.
bool insists(int signal) {
  constexpr double one_wish_s = 0.3;
  double none = 0;
  if (signal != SIGINT || first_interrupt_s.compare_exchange_strong(none, now_s())) return false;
  return now_s() - first_interrupt_s > one_wish_s;
}

extern "C" void take_note(int signal) {
  const int error = errno;
  if (insists(signal)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  came = signal;
  [[maybe_unused]] const ssize_t written = write(write_end, "", 1);  // never read: it stays readable
  errno = error;
}

}  // namespace

Interruptible::Interruptible() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;
  read_end = ends[0];
  write_end = ends[1];
  struct sigaction noting {};
  noting.sa_handler = take_note;
  sigemptyset(&noting.sa_mask);
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    sigaction(wishes[i], nullptr, &before[i]);
    if (before[i].sa_handler != SIG_IGN) sigaction(wishes[i], &noting, nullptr);
  }
}

Interruptible::~Interruptible() {
  if (read_end < 0) return;
  for (std::size_t i = 0; i < wishes.size(); ++i) sigaction(wishes[i], &before[i], nullptr);
  close(read_end.exchange(-1));
  close(write_end.exchange(-1));
}

void Interruptible::end_if_interrupted() {
  if (came == 0) return;
  std::signal(came, SIG_DFL);
  std::raise(came);
}

int interrupting_signal() { return came; }

bool interrupted() { return came != 0; }

int interruption() { return read_end; }

}  // namespace sqrtn
