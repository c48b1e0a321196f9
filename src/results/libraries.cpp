#include "results/libraries.hpp"

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
  json["verdict"] = verdict_word(verdict_of(library));
  json["identity"] = library.record ? written(library.record->identity) : Json(nullptr);
  writer("incidents", library.incidents);
  json["claims"] = Json::array();
  for (const claims::Result& result : library.claims) json["claims"].push_back(claim_json(result));
  writer("properties", library.properties);
  writer("measurements", library.speeds);
  return std::move(writer.json);
}

}  // namespace

std::string short_version(const blas::Identity& identity) {
  return identity.version.substr(0, identity.version.find(' ', identity.version.find(' ') + 1));
}

claims::Verdict verdict_of(const Library& backend) {
  if (!backend.record) return claims::Verdict::skipped;
  return backend.incidents.empty() ? claims::overall(backend.claims) : claims::Verdict::fail;
}

std::string_view verdict_word(claims::Verdict verdict) {
  return verdict == claims::Verdict::skipped ? "–" : claims::to_string(verdict);
}

Json to_json(const Libraries& report) {
  Json json{{"schema", "sqrtn.backends/2"}, {"provenance", report.provenance}, {"seed", report.seed}};
  if (report.environment) json["environment"] = written(*report.environment);
  json["default"] = text(report.default_name);
  json["backends"] = Json::array();
  for (const Library& library : report.backends) json["backends"].push_back(library_json(library));
  return json;
}

}  // namespace sqrtn::results
