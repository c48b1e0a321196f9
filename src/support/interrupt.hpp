#pragma once

/// Ctrl-C, SIGTERM of `kill`, `timeout` or a job's end, and SIGUSR1, which schedulers can send some time before that
/// and mpirun passes on, as a wish: what is there by then is shown before the end.
namespace sqrtn {

/// While one lives, the first of them ends the children that run_process waits for and lets interrupted() tell of it;
/// a second SIGINT, later than what is sent twice at once, ends this process, as each of them does where there is none.
/// One that is ignored stays so. At most one at a time.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  /// Ends the process by the signal that came, if one did: to be called when all has been shown.
  static void end_if_interrupted();
};

/// Whether one of them has come, and which was the last; 0: none.
bool interrupted();
int interrupting_signal();

/// Readable once one has come; −1 where nothing listens for them.
int interruption();

}  // namespace sqrtn
