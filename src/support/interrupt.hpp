#pragma once

/// Ctrl-C as a wish: what is there by then is shown before the end.
namespace sqrtn {

/// While one lives, the first SIGINT ends the children that run_process waits for and lets interrupted() tell of it;
/// the second ends this process, as each does where there is none. Not where SIGINT is ignored. At most one at a time.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  /// Ends the process by SIGINT if that came: to be called when all has been shown.
  static void end_if_interrupted();
};

/// Whether SIGINT has come.
bool interrupted();

/// Readable once SIGINT has come; −1 where nothing listens for it.
int interruption();

}  // namespace sqrtn
