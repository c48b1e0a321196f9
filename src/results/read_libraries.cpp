#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "results/read_parts.hpp"

/// Every BLAS of a machine, as `run` and `backends` write it.
namespace sqrtn::results {
namespace {

// A machine has tens of libraries and kernels, timed at some 64 products each. With these a table holds less than a
// million cells.
constexpr std::size_t most_libraries = 256, most_products = 2'000;

/// An interval of two fields; an end that is null is not a number.
std::optional<statistics::Interval> read_ends(const JsonInput& low, const JsonInput& high, double least) {
  if (low.is_null() && high.is_null()) return std::nullopt;
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const statistics::Interval interval{low.number_or_none(least).value_or(unknown),
                                      high.number_or_none(least).value_or(unknown)};
  if (interval.low > interval.high) low.refuse(fmt::format("a number not above {}", interval.high));
  return interval;
}

claims::Result read_library_claim(const JsonInput& json) {
  claims::Result result;
  result.claim.id = read_word(json["id"]);
  result.claim.uses_blas = true;
  result.outcome.verdict = read_verdict(json["verdict"]);
  result.outcome.reason = json["reason"].text_or_empty();
  result.outcome.time_s = json["time_s"].number_or_none(0);
  return result;
}

claims::Property read_library_property(const JsonInput& json) {
  return {.id = read_word(json["id"]),
          .statement = json["statement"].text(),
          .source = json["source"].text(),
          .value = json["value"].text_or_empty(),
          .number = json["number"].number_or_none(),
          .confidence_interval = read_ends(json["low"], json["high"], -std::numeric_limits<double>::infinity())};
}

LibrarySpeed read_speed(const JsonInput& json) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  Measurement row{.id = read_word(json["id"]),
                  .group = "products",
                  .subject = json["subject"].text(),
                  .shape = json["shape"].text(),
                  .dtype = json["dtype"].text(),
                  .threads = json["threads"].integer<int>(),
                  .blas = "",
                  .median_s = json["median_s"].number_or_none(0).value_or(unknown),
                  .confidence_interval_s = read_ends(json["low_s"], json["high_s"], 0),
                  .min_s = unknown,
                  .rounds = json["rounds"].integer<std::size_t>(),
                  .rate = json["rate"].number_or_none(0),
                  .rate_unit = json["rate_unit"].text_or_empty(),
                  .ceiling = std::nullopt,
                  .ceiling_id = "",
                  .percent_of_ceiling = json["percent_of_ceiling"].number_or_none(0),
                  .note = read_note(json["note"])};
  return {std::move(row), json["ratio"].number_or_none(0), read_ends(json["ratio_low"], json["ratio_high"], 0)};
}

/// A list of libraries that were not judged leaves out all that judging finds.
template <class Read>
auto read_some(const JsonInput& json, Read read) {
  return json.is_null() ? decltype(read_records(json, read)){} : read_records(json, read);
}

Library read_entry(const JsonInput& json) {
  Library backend;
  backend.name = read_word(json["name"]);
  backend.blas = read_word(json["blas"]);
  if (!json["identity"].is_null()) backend.record = BlasRecord{read_identity(json["identity"]), 1};
  backend.refusal = json["refusal"].text_or_empty();
  if (!json["incidents"].is_null()) backend.incidents = read_words(json["incidents"]);
  backend.first_call_s = json["first_call_s"].number_or_none(0);
  backend.slow_rounds = json["slow_rounds"].integer_or_zero<std::size_t>();
  backend.claims = read_some(json["claims"], read_library_claim);
  backend.properties = read_some(json["properties"], read_library_property);
  backend.speeds = read_some(json["measurements"], read_speed);
  if (const JsonInput verdict = json["verdict"];
      !verdict.is_null() && verdict.text() != verdict_word(verdict_of(backend))) {
    verdict.refuse(
        fmt::format("\"{}\", which follows from its claims and incidents", verdict_word(verdict_of(backend))));
  }
  return backend;
}

}  // namespace

Libraries read_libraries(const JsonInput& json) {
  Libraries report;
  report.provenance = json["provenance"].text_or_empty();
  report.default_name = json["default"].text_or_empty();
  if (!json["environment"].is_null()) report.environment = read_environment(json["environment"]);
  if (!json["seed"].is_null()) report.seed = json["seed"].integer<std::uint64_t>();
  const std::vector<JsonInput> backends = json["backends"].elements();
  if (backends.size() > most_libraries) {
    json["backends"].refuse(fmt::format("at most {} libraries", most_libraries));
  }
  std::set<std::tuple<std::string, std::string, std::string, int>> products;
  for (const JsonInput& backend : backends) {
    report.backends.push_back(read_entry(backend));
    for (const auto& [row, ratio, interval] : report.backends.back().speeds) {
      products.emplace(row.subject, row.shape, row.dtype, row.threads);
    }
    if (products.size() > most_products) {
      backend["measurements"].refuse(fmt::format("at most {} products over all libraries", most_products));
    }
  }
  const bool known = std::ranges::find(report.backends, report.default_name, &Library::name) != report.backends.end();
  if (!report.default_name.empty() && !known) json["default"].refuse("null or the name of one of its libraries");
  return report;
}

}  // namespace sqrtn::results
