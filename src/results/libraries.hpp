#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/document.hpp"
#include "results/order.hpp"

/// Every BLAS of a machine side by side: which are right, which are wrong and how, and how fast each is.
namespace sqrtn::results {

/// One product of one library, over interleaved rounds.
struct LibrarySpeed {
  Measurement row;  ///< with the median, its interval and the ceiling
  /// Median over the rounds of time of the default library ÷ time of this one: above 1 is faster.
  std::optional<double> ratio;
  std::optional<statistics::Interval> ratio_interval;  ///< level 99 %, none for fewer than 8 common rounds
};

/// The rounds of one routine, type and number of threads: by round, the geometric mean of the rate over those products
/// that every library was timed at in it. Rates of one round stand beside each other.
struct Standing {
  std::string routine, dtype;
  int threads = 1;
  std::size_t n_products = 0;
  std::vector<double> rates;
};

struct Library {
  std::string name, blas;              ///< short, and as --blas takes it
  std::optional<BlasRecord> record;    ///< none if it cannot be used
  std::string refusal;                 ///< why not
  std::vector<claims::Result> claims;  ///< about it
  std::vector<claims::Property> properties;
  std::vector<Incident> incidents;  ///< what it did beside answering: crashed, printed, …
  std::vector<LibrarySpeed> speeds;
  std::vector<Standing> standings;     ///< none in documents of earlier versions
  std::vector<LibraryOrder> orders;    ///< in which it adds; none in documents of earlier versions
  std::size_t slow_rounds = 0;         ///< rounds in which the clock was below the others'
  std::optional<double> first_call_s;  ///< the first product of a process
};

/// All libraries and where they were compared. `default_name` is what ratios refer to.
struct Libraries {
  std::string provenance, default_name;
  std::uint64_t seed = 1;
  bool quick = false;  ///< part of the claims was left to a whole run
  std::vector<Library> backends;
  /// Processors that others kept busy while the libraries were timed, on average; none if it is not known.
  std::optional<double> others_busy;
  std::optional<Environment> environment;  ///< none in documents of earlier versions
};

/// Name and number of what a library says of its version: OpenBLAS tells all of its configuration after them.
std::string short_version(const blas::Identity& identity);

/// By which names its functions are called and how wide their integers are: "scipy_cblas_dgemm64_, 64 bits".
std::string naming_text(const blas::Identity& identity);

/// What it exports and no claim covers: "dsdot, rotg (c d s z)"; "" if there is nothing.
std::string not_judged_text(const blas::Identity& identity);

/// The word for a library: by the worst class of claim that it broke, where an incident is one of the class process
/// and a wrong answer among its times one of values. None if it was not judged.
std::optional<claims::Word> word_of(const Library& library);

/// Without folders that are not the system's.
Libraries published(Libraries report);

/// Of what is published of it.
nlohmann::ordered_json to_json(const Libraries& report);

}  // namespace sqrtn::results
