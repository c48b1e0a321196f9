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

}  // namespace sqrtn
