#include "support/exit_guard.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace sqrtn {
namespace {

struct Guarded {
  bool on = false;
  std::string program;
  int status = 1;
};

/// Never freed: it is read when everything else has ended.
Guarded& guarded() {
  static auto* the_guarded = new Guarded;
  return *the_guarded;
}

void refuse_exit() {
  if (!guarded().on) return;
  std::fprintf(stderr, "%s: the library ended the process by exit()\n", guarded().program.c_str());
  std::_Exit(guarded().status);
}

}  // namespace

ExitGuard::ExitGuard(std::string program, int status) {
  static const int registered = std::atexit(refuse_exit);
  static_cast<void>(registered);
  guarded() = {true, std::move(program), status};
}

ExitGuard::~ExitGuard() { guarded().on = false; }

void end_within(int seconds) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  timer_t timer{};
  const itimerspec when{.it_interval = {}, .it_value = {.tv_sec = seconds, .tv_nsec = 0}};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) timer_settime(timer, 0, &when, nullptr);
}

}  // namespace sqrtn
