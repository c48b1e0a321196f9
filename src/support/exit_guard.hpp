#pragma once

#include <string>

namespace sqrtn {

/// While one lives, exit() ends this process with `status`, not with the status that it was given, and says so in one
/// line on standard error: a library under test that calls it would make a run that was broken off look like one that
/// is well. At most one at a time.
class ExitGuard {
 public:
  ExitGuard(std::string program, int status);
  ~ExitGuard();
  ExitGuard(const ExitGuard&) = delete;
  ExitGuard& operator=(const ExitGuard&) = delete;
};

/// This process ends within so many seconds, by SIGKILL if not by itself: a library's destructors may never end, and
/// take no notice of any other signal.
void end_within(int seconds);

}  // namespace sqrtn
