#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/document.hpp"

/// Every BLAS of a machine side by side: which are right, which are wrong and how, and how fast each is.
namespace sqrtn::results {

/// One product of one library, over interleaved rounds.
struct LibrarySpeed {
  Measurement row;  ///< with the median, its interval and the ceiling
  /// Median over the rounds of time of the default library ÷ time of this one: above 1 is faster.
  std::optional<double> ratio;
  std::optional<statistics::Interval> ratio_interval;  ///< level 99 %, none for fewer than 8 common rounds
};

struct Library {
  std::string name, blas;              ///< short, and as --blas takes it
  std::optional<BlasRecord> record;    ///< none if it cannot be used
  std::string refusal;                 ///< why not
  std::vector<claims::Result> claims;  ///< about it
  std::vector<claims::Property> properties;
  std::vector<Incident> incidents;  ///< what it did beside answering: crashed, printed, …
  std::vector<LibrarySpeed> speeds;
  std::size_t slow_rounds = 0;         ///< rounds in which the clock was below the others'
  std::optional<double> first_call_s;  ///< the first product of a process
};

/// All libraries and where they were compared. `default_name` is what ratios refer to.
struct Libraries {
  std::string provenance, default_name;
  std::uint64_t seed = 1;
  std::vector<Library> backends;
  std::optional<Environment> environment;  ///< none in documents of earlier versions
};

/// Name and number of what a library says of its version: OpenBLAS tells all of its configuration after them.
std::string short_version(const blas::Identity& identity);

/// The verdict on a library: that of its claims, fail if it crashed or did not answer; skipped if it was not judged.
claims::Verdict verdict_of(const Library& backend);

/// "pass", "fail", "inconclusive"; "–" for what was not judged.
std::string_view verdict_word(claims::Verdict verdict);

nlohmann::ordered_json to_json(const Libraries& report);

}  // namespace sqrtn::results
