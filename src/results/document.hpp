#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "claims/products/properties.hpp"
#include "experiment/notebooks.hpp"
#include "results/chain.hpp"
#include "sqrtn/blas/backend.hpp"
#include "sqrtn/claims/claim.hpp"
#include "support/environment.hpp"

/// The one document of a run, from which every table is made.
namespace sqrtn::results {

/// What there is to say of a row of timing beside its numbers.
enum class NoteKind {
  none,
  wrong_answer,  ///< found before it was timed, so it has no rate
  busy_threads,  ///< more threads computed than were asked for: it has no rate
  idle_threads,  ///< fewer threads computed than were asked for
  left_out,      ///< it would have taken too long, so it was not timed
  cut_short,     ///< the limit of time left it fewer rounds
};

struct Note {
  NoteKind kind = NoteKind::none;
  std::string text;  ///< for people: "1.4 of 2 threads busy"

  [[nodiscard]] bool empty() const { return kind == NoteKind::none; }
};

/// One row of timing. Unset fields have no meaning for it and are null in JSON.
struct Measurement {
  std::string id;       ///< unique in the document: "products/gemm/512x512x512/f32/1"
  std::string group;    ///< "ceilings", "products", "init", "monte_carlo"
  std::string subject;  ///< what ran: "gemm", "normal ars", "std::normal_distribution mt19937_64"
  std::string shape;    ///< "512x512x512", "1 MiB"
  std::string dtype;    ///< "f32", "f64"
  int threads = 1;
  std::string blas;                                           ///< file name, empty where no BLAS ran
  double median_s = 0;                                        ///< of one call
  std::optional<statistics::Interval> confidence_interval_s;  ///< of the median, level 99 %
  double min_s = 0;
  std::size_t rounds = 0;
  std::optional<double> rate;     ///< from the median
  std::string rate_unit;          ///< "GFLOP/s", "Gsamples/s", "GB/s"
  std::optional<double> ceiling;  ///< in rate_unit, the best round of a ceiling of the same run
  std::string ceiling_id;         ///< the measurement it came from
  std::optional<double> percent_of_ceiling;
  Note note;
};

/// The loaded library and its threads.
struct BlasRecord {
  blas::Identity identity;
  int threads = 1;
  std::string asked;  ///< as --blas takes it; in documents only names and paths of the system
};

/// What a library did beside answering.
enum class IncidentKind { other, printed, killed, no_answer, exited, too_much_output, stopped, lingered, left_running };

struct Incident {
  IncidentKind kind = IncidentKind::other;
  std::string place;  ///< what it was asked for: "products/gemm/f32"
  std::string text;   ///< for people: "killed by signal 11 (segmentation fault) in products/gemm/f32"
};

/// Beside what the claims say, an incident breaks one of the class process and a wrong answer one of values.
std::optional<claims::Word> word_of(const std::vector<claims::Result>& claims, const std::vector<Incident>& incidents,
                                    bool wrong_answer);

/// "right", "differs", "unsafe" or "wrong"; "–" for what was not judged.
std::string_view word_text(std::optional<claims::Word> word);

struct Document {
  Environment environment;
  std::optional<BlasRecord> blas;
  std::vector<std::string> command;  ///< program name without folders, and its arguments
  std::uint64_t seed = 0;
  std::vector<claims::Result> claims;
  std::vector<Measurement> measurements;
  std::vector<claims::Property> properties;     ///< of the library, never judged; absent from JSON if empty
  std::vector<Incident> incidents;              ///< what the library did beside answering; absent from JSON if empty
  std::vector<experiment::Finding> reproduced;  ///< the notebooks' numbers; absent from JSON if empty
  std::vector<ChainRecord> propagation;         ///< deep chains by layer; absent from JSON if empty
  bool strict = false;                          ///< claims of the class exceptions count for the verdict too
  claims::Verdict verdict = claims::Verdict::skipped;  ///< skipped: nothing was judged
};

/// The document with the claims that are not about the library alone, and the verdict on them.
Document own_part(Document document);

/// The word for the library of the document; none if nothing was claimed of it.
std::optional<claims::Word> word_of(const Document& document);

/// Of its claims; fail for an incident or a wrong answer beside them, where there are no claims of the answers that
/// were checked before they were timed.
claims::Verdict verdict_of(const Document& document);

/// Schema "sqrtn.results/1". Strict JSON: what is not finite or not set is null.
nlohmann::ordered_json to_json(const Document& document);
nlohmann::ordered_json to_json(const Environment& environment);
nlohmann::ordered_json to_json(const blas::Identity& identity);
nlohmann::ordered_json to_json(const Incident& incident);

/// Indented text of the document with a final newline.
std::string to_text(const nlohmann::ordered_json& json);

}  // namespace sqrtn::results
