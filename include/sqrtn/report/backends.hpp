#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sqrtn/report/record.hpp"
#include "sqrtn/report/table.hpp"

/// Every BLAS of a machine side by side: which are right, which are wrong and how, and how fast each is.
namespace sqrtn::report {

/// One product of one library, over interleaved rounds.
struct BackendSpeed {
  Measurement row;  ///< with the median, its interval and the ceiling
  /// Median over the rounds of time of the default library ÷ time of this one: above 1 is faster.
  std::optional<double> ratio;
  std::optional<statistics::Interval> ratio_interval;  ///< level 99 %, none for fewer than 8 common rounds
};

struct BackendEntry {
  std::string name, blas;              ///< short, and as --blas takes it
  std::optional<BlasRecord> record;    ///< none if it cannot be used
  std::string refusal;                 ///< why not
  std::vector<claims::Result> claims;  ///< about it
  std::vector<claims::Property> properties;
  std::vector<std::string> incidents;  ///< what it did beside answering: crashed, printed, …
  std::vector<BackendSpeed> speeds;
  std::size_t slow_rounds = 0;         ///< rounds in which the clock was below the others'
  std::optional<double> first_call_s;  ///< the first product of a process
};

/// All libraries and where they were compared. `default_name` is what ratios refer to.
struct BackendReport {
  std::string provenance, default_name;
  std::uint64_t seed = 1;
  std::vector<BackendEntry> backends;
  std::optional<Environment> environment;  ///< none in documents of earlier versions
};

/// Name and number of what a library says of its version: OpenBLAS tells all of its configuration after them.
std::string short_version(const blas::Identity& identity);

/// The word for a library: that of its claims, "fail" if it crashed or did not answer; "–" if it was not judged.
std::string verdict_of(const BackendEntry& backend);

/// "10 libraries, 1 cannot be used, 8 fail, 1 pass".
std::string verdict_line(const BackendReport& report);

/// One line a library: verdict, claims, kernel, the first call, and by type and threads the geometric mean of its
/// speed relative to the best, over the products that all ranked libraries were timed at. What failed is not ranked.
Table backend_table(const BackendReport& report);

/// By type and threads, a table of rates with their share of the ceiling or, with `ratios`, of ratios to the default.
/// A library that failed is marked in the head of its column; a product that one was not timed at has its reason.
std::vector<Table> speed_tables(const BackendReport& report, bool ratios);

/// The command that judges this claim of this library again.
std::string reproduction(const BackendReport& report, const BackendEntry& backend, const std::string& claim);

/// What is wrong with each, and the shortest command that shows it; "" if nothing is.
std::string backend_defects(const BackendReport& report);

/// What is reported of each and never judged, a line a library and kind of inputs: grade, algorithm, constant and
/// exponent of the growth of rounding errors with their intervals of 99 %, reproducibility. `dtype`: "f32" or "f64".
Table accuracy_table(const BackendReport& report, std::string_view dtype);
/// Both tables under a heading, with what the columns mean; "" if no library's properties are known.
std::string accuracy_text(const BackendReport& report);

/// Provenance, verdicts, defects, accuracy, and by type and threads a table of rates (per cent of the ceiling) and one
/// of ratios to the default, in Markdown.
std::string to_markdown(const BackendReport& report);
nlohmann::ordered_json to_json(const BackendReport& report);
/// Every measurement, for programs; the provenance leads each row.
Table backend_records(const BackendReport& report);

}  // namespace sqrtn::report
