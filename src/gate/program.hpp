#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "gate/document.hpp"
#include "gate/gate.hpp"
#include "gate/google_benchmark.hpp"
#include "results/accepted.hpp"

/// What the parts of `sqrtn gate` share.
namespace sqrtn::gate {

/// One side of the gate: a Google Benchmark program, or sqrtn-bench with one library.
struct Program {
  std::string role;                  ///< "OLD", "NEW"
  std::string name;                  ///< as the user gave it
  std::string file;                  ///< whose SHA-256 is its identity: the program, or "" for a library by name
  std::string blas;                  ///< the library as Backend::load takes it, "" for a program
  std::vector<std::string> command;  ///< without filter and format
  std::string filter;                ///< the user's
  double timeout_s = 0;
  Quantity quantity;
};

/// What ends the gate early, and the exit code for it.
struct Trouble {
  int code = 0;
  std::string role = {};     ///< of the program to blame, "OLD"; empty if it is none of them, or both
  std::string name = {};     ///< of that program
  std::string message = {};  ///< what happened, as it follows the program: " killed by signal 11", ", case 'a': …"
  std::string said = {};     ///< what the program printed
  std::string remedy = {};

  /// One line for the user.
  [[nodiscard]] std::string to_text() const;
  /// The same for the results, which are published: no folder of the user's, and not what the program said.
  [[nodiscard]] std::string published() const;
};

class Stop : public std::runtime_error {
 public:
  explicit Stop(Trouble trouble) : std::runtime_error(trouble.to_text()), trouble(std::move(trouble)) {}
  /// The program is to blame.
  Stop(const Program& program, Trouble trouble) : Stop(of(program, std::move(trouble))) {}
  Trouble trouble;

 private:
  static Trouble of(const Program& program, Trouble trouble) {
    trouble.role = program.role;
    trouble.name = program.name;
    return trouble;
  }
};

/// The sides that the options ask for: two, or twice the one of a self-test.
/// Throws: Stop (2) for another number of programs or libraries, or one that is not there.
std::vector<Program> programs_of(const Options& options);

/// What one launch gave.
struct Launch {
  BenchmarkOutput output;
  double cpu_s = 0, wall_s = 0;
};

/// Launches the program once, for these cases alone (all that match the user's filter if empty).
/// Throws: Stop: 2 if it cannot be started or read; 4 if it crashes, hangs, fails or measures nothing.
Launch launch(const Program& program, const std::vector<std::string>& cases);

/// A row for each case of OLD, and notes: of those that only NEW has, and of what the values stand on.
/// Throws: Stop (2) if no case has the counter that the document asks for.
void match_cases(Document& document, const BenchmarkOutput& older, const BenchmarkOutput& newer);

/// Launches both sides in blocks for these cases; one that fails now is dropped, and says why in its fault. With the
/// machine watched and a live line on standard error.
Run time_cases(const std::vector<Program>& programs, const std::vector<std::string>& cases, const Settings& settings);

/// Whether `sqrtn verify` can be asked about this side: a library, or a sqrtn-bench with its command beside it.
bool can_verify(const Program& program, const BenchmarkOutput& output);

/// What a failed claim is forgiven for.
struct Policy {
  std::vector<results::Accepted> accepted;
  bool strict = false;  ///< else failures of the class exceptions are notes
};

/// Judges both sides. What fails for the newer and not for the older, and is not forgiven; what is, or fails for both,
/// or for the older alone, becomes a note.
/// Throws: Stop if verify itself cannot run.
std::vector<Failure> new_failures(const Program& older, const Program& newer, const Policy& policy,
                                  std::vector<std::string>& notes);

/// Runs the gate on a program against itself many times; prints how often a word was wrong. Returns: the exit code, 1
/// if "slower" came more often than stated, beyond the 99 % interval.
int self_test(const Options& options, const std::vector<Program>& programs);

}  // namespace sqrtn::gate
