#include <algorithm>
#include <set>
#include <tuple>

#include "results/read_fields.hpp"

/// Every BLAS of a machine, as `run` and `backends` write it.
namespace sqrtn::results {
namespace {

// A machine has tens of libraries and kernels, timed at some 64 products each. With these a table holds less than a
// million cells.
constexpr std::size_t most_libraries = 256, most_products = 2'000;

claims::Result read_library_claim(const JsonInput& json) {
  claims::Result result =
      read_claim(json, [](Reader& reader, claims::Result& fields) { list_finding(reader, fields); });
  result.claim.uses_blas = true;
  return result;
}

LibrarySpeed read_speed(const JsonInput& json) {
  auto speed = read_as<LibrarySpeed>(json);
  if (speed.row.group.empty()) speed.row.group = "products";
  return speed;
}

/// A list of libraries that were not judged leaves out all that judging finds.
Library read_library(const JsonInput& json) {
  Library library;
  Reader reader(json);
  list(reader, library);
  if (!json["identity"].is_null()) library.record = BlasRecord{read_identity(json["identity"]), 1, ""};
  if (!json["incidents"].is_null()) library.incidents = read_incidents(json["incidents"]);
  library.claims = read_records(json["claims"], read_library_claim);
  library.properties = read_records(json["properties"], read_as<claims::Property>);
  library.speeds = read_records(json["measurements"], read_speed);
  if (!json["standings"].is_null()) reader("standings", library.standings);
  if (!json["orders"].is_null()) {
    for (const JsonInput& order : json["orders"].elements()) library.orders.push_back(read_order(order));
  }
  check_word(json["word"], word_of(library));
  return library;
}

}  // namespace

Libraries read_libraries(const JsonInput& json) {
  Libraries report;
  Reader reader(json);
  reader("provenance", report.provenance, rule::Maybe{});
  reader("default", report.default_name, rule::Maybe{});
  if (!json["environment"].is_null()) read(json["environment"], report.environment.emplace());
  if (!json["seed"].is_null()) reader("seed", report.seed, rule::Count{});
  reader("quick", report.quick, rule::Flag{.may_lack = true});
  reader("others_busy", report.others_busy, rule::positive);
  const std::vector<JsonInput> backends = json["backends"].elements();
  if (backends.size() > most_libraries) {
    json["backends"].refuse(fmt::format("at most {} libraries", most_libraries));
  }
  std::set<std::tuple<std::string, std::string, std::string, int>> products;
  for (const JsonInput& backend : backends) {
    report.backends.push_back(read_library(backend));
    for (const LibrarySpeed& speed : report.backends.back().speeds) {
      const Measurement& row = speed.row;
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
