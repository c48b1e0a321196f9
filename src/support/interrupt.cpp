#include "support/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace sqrtn {
namespace {

constexpr std::array wishes{SIGINT, SIGTERM, SIGUSR1};

std::atomic<int> came = 0;  ///< the last of them
std::atomic<int> read_end = -1, write_end = -1;
std::array<struct sigaction, wishes.size()> before{};

extern "C" void take_note(int signal) {
  const int error = errno;
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
    // At a time limit Slurm sends SIGTERM to a step and again to the job; SIGKILL follows half a minute later.
    noting.sa_flags = wishes[i] == SIGINT ? static_cast<int>(SA_RESETHAND) : 0;
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
