#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/document.hpp"

/// What screening the processors of a machine found: what each core computed, and where it was wrong.
namespace sqrtn::results {

/// What is multiplied, so that the right answer is known exactly.
enum class Family {
  dense_integers,    ///< integers so small that every sum is exact
  full_mantissas,    ///< one product an entry that is not 0: the correctly rounded product of two full mantissas
  cancelling_pairs,  ///< big + small − big: integers again, of exponents far apart
  predicted_bits,    ///< inexact sums of normals: a sample of entries in the order in which the library is known to add
  same_twice,        ///< inexact sums, the same call twice, now and then on another core: the same bits
  copies,            ///< operands copied and converted: the same bits
};

/// In the order of Family.
inline constexpr std::string_view family_words[] = {"dense integers", "full mantissas", "cancelling pairs",
                                                    "predicted bits", "same twice",     "copies"};

/// What a core did of one family in one type.
struct Exposure {
  Family family = Family::dense_integers;
  std::string dtype;             ///< "f32", "f64"
  std::uint64_t calls = 0;       ///< products, or copies of a matrix
  std::uint64_t operations = 0;  ///< of those that the family is made for: see rate_unit
  std::uint64_t faults = 0;      ///< calls whose answer was wrong
};

/// What an operation of that family is: "fused multiply-adds", "roundings", "alignments", "moves".
std::string_view operation_text(Family family);

/// The least rate of faults an operation that `operations` without one exclude with a certainty of 1 − 1e-6:
/// −ln(1e-6)/operations, as (1 − p)^n ≤ e^(−pn). None for no operations.
std::optional<double> excluded_rate(std::uint64_t operations);

struct ScreenedCore {
  int processor = 0;  ///< as the system numbers it
  int core = 0, package = 0;
  double wall_s = 0;                ///< from the first call to the last
  double product_s = 0;             ///< of it within the library
  double check_s = 0;               ///< of it in checking the products
  double flop = 0;                  ///< of all products
  std::uint64_t faulty_rounds = 0;  ///< rounds in which an answer was wrong; data of different rounds are independent
  std::optional<double> clock_hz, temperature_c;  ///< at the end, where the system tells
  std::vector<Exposure> exposures;

  [[nodiscard]] std::uint64_t calls() const;
  [[nodiscard]] std::uint64_t faults() const;
  /// Per second of the whole time.
  [[nodiscard]] double rate() const { return wall_s > 0 ? flop / wall_s : 0; }
};

/// The same call once more, on one core.
struct Repeats {
  int processor = 0;
  std::uint64_t calls = 0, wrong = 0;
};

/// Where the blame lies.
enum class Cause {
  library,    ///< wrong on every core
  processor,  ///< wrong on one core alone, more often than chance would have it
  memory,     ///< an operand was changed, and the call is right without that
  undecided,
};
/// In the order of Cause.
inline constexpr std::string_view cause_words[] = {"library", "processor", "memory", "undecided"};

/// An answer that was wrong, and what came of trying again.
struct Fault {
  int processor = 0;  ///< that ran the worker
  Family family = Family::dense_integers;
  std::string dtype;
  std::string call;         ///< what `screen --call` repeats: "PROCESSOR:ROUND:STEP"
  std::uint64_t size = 0;   ///< rows and columns
  std::uint64_t calls = 0;  ///< of this worker until it came, this one included
  double time_s = 0;        ///< from the first call until then
  std::uint64_t wrong = 0;  ///< entries
  std::uint64_t row = 0, col = 0;
  std::string got, expected;  ///< in the first wrong entry; expected is empty where only repeating tells
  std::string bits;           ///< got XOR expected, or of two answers: "0x00001000"
  std::string operand;        ///< "A" or "B" if it was not what had been stored there; its entry and bits are told then
  std::vector<Repeats> repeats;  ///< this core first
  std::optional<double> clock_hz, temperature_c;
};

/// The order in which the library adds, which predicts the bits of inexact sums.
struct Prediction {
  std::string dtype;       ///< "f32", "f64"
  std::uint64_t size = 0;  ///< rows and columns
  double share = 0;        ///< of the entries whose order is certified
  bool is_used = false;    ///< whether bits were predicted by it
  /// Whether fresh sums had other bits than in the order that had been read, on each core where it was read.
  bool is_contradicted = false;
  std::string reason = {};  ///< why bits were not predicted, or not of all entries
  double time_s = 0;        ///< that reading it took
};

struct Screening {
  Environment environment;
  std::optional<BlasRecord> blas;
  std::vector<std::string> command;
  std::uint64_t seed = 0;
  double asked_s = 0;      ///< how long every core was to compute
  std::uint64_t size = 0;  ///< of all products, where it was asked for; 0: several
  bool interrupted = false;
  std::vector<Prediction> predictions;
  std::vector<ScreenedCore> cores;
  std::vector<Fault> faults;
  std::vector<Incident> incidents;
};

/// Of a fault, from its repeats and from how all faults lie on the cores. Called alike by chance with a probability of
/// at most 1e-9, each: a library that errs at random on every core does not become one core's fault.
Cause cause_of(const Screening& screening, const Fault& fault);

/// The core that a fault of the cause processor lies on.
int guilty_processor(const Fault& fault);

/// The command that makes the call of the fault again and again, on every core that was screened.
std::string repeating_command(const Screening& screening, const Fault& fault);

/// Fail for a wrong answer or an incident; inconclusive if a core was not screened as long as was asked for, or sums
/// contradict their order, as then either all cores err or there is no such order; skipped if nothing was computed.
claims::Verdict verdict_of(const Screening& screening);

/// Schema "sqrtn.screen/1".
nlohmann::ordered_json to_json(const Screening& screening);

/// What a worker tells of its core and the faults that it found, one line.
struct WorkerReport {
  ScreenedCore core;
  std::vector<Fault> faults;
};
std::string to_line(const WorkerReport& report);

/// Throws: std::invalid_argument for what is no such line.
WorkerReport parse_worker_report(std::string_view line, const std::string& name);

}  // namespace sqrtn::results
