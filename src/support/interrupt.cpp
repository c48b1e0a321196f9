#include "support/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace sqrtn {
namespace {

std::atomic<bool> came = false;
std::atomic<int> read_end = -1, write_end = -1;
struct sigaction before {};

extern "C" void take_note(int /*signal*/) {
  const int error = errno;
  came = true;
  [[maybe_unused]] const ssize_t written = write(write_end, "", 1);  // never read: it stays readable
  errno = error;
}

}  // namespace

Interruptible::Interruptible() {
  std::array<int, 2> ends{};
  sigaction(SIGINT, nullptr, &before);
  if (before.sa_handler == SIG_IGN || pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;
  read_end = ends[0];
  write_end = ends[1];
  struct sigaction noting {};
  noting.sa_handler = take_note;
  noting.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&noting.sa_mask);
  sigaction(SIGINT, &noting, nullptr);
}

Interruptible::~Interruptible() {
  if (read_end < 0) return;
  sigaction(SIGINT, &before, nullptr);
  close(read_end.exchange(-1));
  close(write_end.exchange(-1));
}

void Interruptible::end_if_interrupted() {
  if (!came) return;
  std::signal(SIGINT, SIG_DFL);
  std::raise(SIGINT);
}

bool interrupted() { return came; }

int interruption() { return read_end; }

}  // namespace sqrtn
