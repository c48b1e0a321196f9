#include "results/libraries.hpp"

#include "results/strict_json.hpp"

namespace sqrtn::results {
namespace {

Json claim_json(const claims::Result& result) {
  return {{"id", result.claim.id},
          {"verdict", claims::to_string(result.outcome.verdict)},
          {"reason", text(result.outcome.reason)},
          {"time_s", number(result.outcome.time_s)}};
}

Json property_json(const claims::Property& property) {
  const auto& interval = property.confidence_interval;
  return {{"id", property.id},
          {"statement", property.statement},
          {"source", property.source},
          {"value", text(property.value)},
          {"number", number(property.number)},
          {"low", interval ? number(interval->low) : Json(nullptr)},
          {"high", interval ? number(interval->high) : Json(nullptr)}};
}

Json entry_json(const Library& backend) {
  Json json{{"name", backend.name}, {"blas", backend.blas}, {"verdict", verdict_word(verdict_of(backend))}};
  json["identity"] = backend.record ? to_json(backend.record->identity) : Json(nullptr);
  json["refusal"] = text(backend.refusal);
  json["incidents"] = backend.incidents;
  json["first_call_s"] = number(backend.first_call_s);
  json["slow_rounds"] = backend.slow_rounds;
  json["claims"] = Json::array();
  for (const claims::Result& result : backend.claims) json["claims"].push_back(claim_json(result));
  json["properties"] = Json::array();
  for (const claims::Property& property : backend.properties) json["properties"].push_back(property_json(property));
  json["measurements"] = Json::array();
  for (const LibrarySpeed& speed : backend.speeds) json["measurements"].push_back(to_json(speed));
  return json;
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

Json to_json(const LibrarySpeed& speed) {
  const Measurement& row = speed.row;
  Json json;
  json["id"] = row.id;
  json["subject"] = row.subject;
  json["shape"] = row.shape;
  json["dtype"] = row.dtype;
  json["threads"] = row.threads;
  json["rounds"] = row.rounds;
  json["median_s"] = number(row.median_s);
  json["low_s"] = row.confidence_interval_s ? number(row.confidence_interval_s->low) : Json(nullptr);
  json["high_s"] = row.confidence_interval_s ? number(row.confidence_interval_s->high) : Json(nullptr);
  json["rate"] = number(row.rate);
  json["rate_unit"] = text(row.rate_unit);
  json["percent_of_ceiling"] = number(row.percent_of_ceiling);
  json["ratio"] = number(speed.ratio);
  json["ratio_low"] = speed.ratio_interval ? number(speed.ratio_interval->low) : Json(nullptr);
  json["ratio_high"] = speed.ratio_interval ? number(speed.ratio_interval->high) : Json(nullptr);
  json["note"] = text(row.note.text);
  return json;
}

Json to_json(const Libraries& report) {
  Json json{{"schema", "sqrtn.backends/1"}, {"provenance", report.provenance}, {"seed", report.seed}};
  if (report.environment) json["environment"] = to_json(*report.environment);
  json["default"] = text(report.default_name);
  json["backends"] = Json::array();
  for (const Library& backend : report.backends) json["backends"].push_back(entry_json(backend));
  return json;
}

}  // namespace sqrtn::results
