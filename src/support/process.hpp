#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Other programs, run as children that cannot outstay their welcome.
namespace sqrtn {

/// 0 is no limit.
struct ProcessLimits {
  double wall_s = 0;
  double grace_s = 0;            ///< what it has to end by itself, from a SIGTERM on, when this process is interrupted
  std::size_t memory_bytes = 0;  ///< of address space; not set where a sanitizer, which needs more, is built in
  std::size_t output_bytes = std::size_t{64} << 20;  ///< of both streams together
};

/// How a child ended, and what it said.
struct ProcessEnd {
  enum class How { exited, signalled, timed_out, too_much_output, not_started, interrupted };
  How how = How::not_started;
  int code = 0;  ///< exit status, number of the signal that ended or stopped it, or errno of what kept it from starting
  std::string out, err;  ///< what it wrote, as far as the limit goes
  double wall_s = 0;     ///< from start to end
  double cpu_s = 0;      ///< user and system time of the child and of what it waited for
  int left_running = 0;  ///< processes that it left running when it ended by itself, and that were killed

  /// Whether it ended by itself with status 0.
  [[nodiscard]] bool succeeded() const { return how == How::exited && code == 0; }
  /// Whether it was ended because it had stopped.
  [[nodiscard]] bool stopped() const;
  /// "exited with status 3", "killed by signal 11 (segmentation fault)", "stopped by
  /// signal 19 (stopped (signal))", "no answer for 20 s", "wrote more than it may", "could not be started (no such file
  /// or directory)", "interrupted".
  [[nodiscard]] std::string to_text() const;
};

/// Additions to, and replacements in, the environment that a child inherits.
using EnvironmentAdditions = std::map<std::string, std::string>;

/// Runs argv[0] (looked for in PATH if it has no '/') with these arguments, without a shell, and waits for
/// its end. Standard input is empty; no other file of this process is open in the child; signals are as a
/// program expects them; a crash leaves no core file.
/// The child, its process group and, on Linux, whatever else descends from it are killed at a limit, at the child's
/// end (nothing that it started outlives it), when it stops itself, and when this process ends, by SIGKILL too: a
/// guardian waits for that. Safe beside other threads that do the same.
/// `heard`: is handed what the child has written on standard output and nobody has taken yet, whenever there is more;
/// what it takes away counts for no limit.
/// Throws: std::invalid_argument if argv is empty; std::system_error if the system has no room for a child.
ProcessEnd run_process(const std::vector<std::string>& argv, const ProcessLimits& limits = {},
                       const EnvironmentAdditions& environment = {},
                       const std::function<void(std::string& out)>& heard = {});

}  // namespace sqrtn
