#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "gate/document.hpp"
#include "gate/google_benchmark.hpp"
#include "results/accepted.hpp"

/// What the parts of `sqrtn gate` share.
namespace sqrtn::gate {

struct GateOptions {
  std::string older, newer;            ///< the first two words: programs, unless --blas or --self-test take fewer
  std::vector<std::string> arguments;  ///< the others: what is passed on
  std::vector<std::string> blas;       ///< two libraries, or none
  std::vector<std::string> accept;     ///< lists of known findings, of either
  std::string filter, json, junit, summary;
  gate::GateSettings settings;
  double timeout_s = 120;  ///< of one launch
  std::size_t runs = 20;   ///< of the self-test
  bool self_test = false, strict = false, verify = true, cpu_time = false;
};

/// Ends the gate early: one line that names program and case, and the exit code for it.
class GateStop : public std::runtime_error {
 public:
  GateStop(int code, const std::string& message) : std::runtime_error(message), code(code) {}
  int code;
};

/// One side of the gate: a Google Benchmark program, or sqrtn-bench with one library.
struct GateProgram {
  std::string role;                  ///< "OLD", "NEW"
  std::string name;                  ///< as the user gave it
  std::string file;                  ///< whose SHA-256 is its identity: the program, or "" for a library by name
  std::string blas;                  ///< the library as Backend::load takes it, "" for a program
  std::vector<std::string> command;  ///< without filter and format
  std::string filter;                ///< the user's
  double timeout_s = 0;
  gate::BenchmarkClock clock = gate::BenchmarkClock::real;
};

/// The sides that the options ask for: two, or twice the one of a self-test.
/// Throws: GateStop (2) for another number of programs or libraries, or one that is not there.
std::vector<GateProgram> gate_programs(const GateOptions& options);

/// What one launch gave.
struct GateLaunch {
  gate::BenchmarkOutput output;
  double cpu_s = 0;
};

/// Launches the program once, for these cases alone (all that match the user's filter if empty).
/// Throws: GateStop: 2 if it cannot be started or read; 4 if it crashes, hangs, fails or measures nothing.
GateLaunch launch(const GateProgram& program, const std::vector<std::string>& cases);

/// What the page says of one side: its name without folders and, for a file, its SHA-256.
gate::GateSubject gate_subject(const GateProgram& program);

/// Adds what the program says of itself.
void complete(gate::GateSubject& subject, const gate::BenchmarkOutput& output);

/// The same file with the same kernels.
bool identical(const gate::GateSubject& a, const gate::GateSubject& b);

/// Whether both sides run one file that depends on nothing beside it, so that timing them could show nothing.
bool same_program(const GateProgram& a, const GateProgram& b);

/// Whether `sqrtn verify` can be asked about this side: a library, or a sqrtn-bench with its command beside it.
bool can_verify(const GateProgram& program, const gate::BenchmarkOutput& output);

/// Judges both sides. What fails for the newer and not for the older, and is not accepted, as "id: reason"; what fails
/// for both, or for the older alone, becomes a note, and so does what was accepted.
/// Throws: GateStop if verify itself cannot run.
std::vector<std::string> new_failures(const GateProgram& older, const GateProgram& newer,
                                      const std::vector<results::Accepted>& accepted, std::vector<std::string>& notes);

/// Runs the gate on a program against itself many times; prints how often a word was wrong. Returns: the exit code, 1
/// if "slower" came more often than stated, beyond the 99 % interval.
int self_test(const GateOptions& options, const std::vector<GateProgram>& programs);

/// Launches both sides in blocks for these cases, with the machine watched and a live line on standard error.
gate::GateRun time_cases(const std::vector<GateProgram>& programs, const std::vector<std::string>& cases,
                         const gate::GateSettings& settings);

}  // namespace sqrtn::gate
