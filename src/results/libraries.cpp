#include "results/libraries.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>

#include "blas/coverage.hpp"
#include "results/format.hpp"
#include "results/write.hpp"

namespace sqrtn::results {
namespace {

Json claim_json(const claims::Result& result) {
  Writer writer;
  list_finding(writer, result);
  return std::move(writer.json);
}

Json library_json(const Library& library) {
  Writer writer;
  list(writer, library);
  Json& json = writer.json;
  json["word"] = word_of(library) ? Json(word_text(word_of(library))) : Json(nullptr);
  json["identity"] = library.record ? written(library.record->identity) : Json(nullptr);
  writer("incidents", library.incidents);
  json["claims"] = Json::array();
  for (const claims::Result& result : library.claims) json["claims"].push_back(claim_json(result));
  writer("properties", library.properties);
  writer("measurements", library.speeds);
  if (!library.standings.empty()) writer("standings", library.standings);
  for (const LibraryOrder& order : library.orders) json["orders"].push_back(to_json(order));
  return std::move(writer.json);
}

}  // namespace

std::string short_version(const blas::Identity& identity) {
  return identity.version.substr(0, identity.version.find(' ', identity.version.find(' ') + 1));
}

std::string naming_text(const blas::Identity& identity) {
  // Earlier documents tell the interface alone.
  return fmt::format("{}, {} bits", identity.naming.empty() ? identity.interface : identity.naming,
                     identity.integer_bits);
}

std::string not_judged_text(const blas::Identity& identity) {
  return fmt::format("{}", fmt::join(blas::by_routine(identity.not_judged), ", "));
}

std::optional<claims::Word> word_of(const Library& library) {
  const bool wrong_answer = std::ranges::any_of(
      library.speeds, [](const LibrarySpeed& speed) { return speed.row.note.kind == NoteKind::wrong_answer; });
  return word_of(library.claims, library.incidents, wrong_answer);
}

Libraries published(Libraries report) {
  for (Library& library : report.backends) {
    const std::string path = library.blas.substr(0, library.blas.find('@'));
    boost::replace_all(library.refusal, path, published_library(path));
    for (LibraryOrder& order : library.orders) boost::replace_all(order.refusal, path, published_library(path));
    library.blas = published_library(library.blas);
  }
  return report;
}

Json to_json(const Libraries& given) {
  const Libraries report = published(given);
  Json json{{"schema", "sqrtn.backends/2"}, {"provenance", report.provenance}, {"seed", report.seed}};
  json["quick"] = report.quick;
  if (report.environment) json["environment"] = written(*report.environment);
  json["default"] = text(report.default_name);
  json["others_busy"] = number(report.others_busy);
  json["backends"] = Json::array();
  for (const Library& library : report.backends) json["backends"].push_back(library_json(library));
  return json;
}

}  // namespace sqrtn::results
