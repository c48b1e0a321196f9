#include "results/document.hpp"

#include "results/strict_json.hpp"

namespace sqrtn::results {
namespace {

/// Machine descriptions use 0 for what they do not know.
template <class Count>
Json known(Count n) {
  return n > 0 ? Json(n) : Json(nullptr);
}

Json claim_json(const claims::Result& result, const std::optional<BlasRecord>& blas) {
  const claims::Claim& claim = result.claim;
  const claims::Outcome& outcome = result.outcome;
  Json json;
  json["id"] = claim.id;
  json["statement"] = claim.statement;
  json["source"] = claim.source;
  json["blas"] = claim.uses_blas && blas ? Json(blas->identity.file_name) : Json(nullptr);
  json["engine"] = text(claim.engine);
  json["alpha"] = number(claim.alpha);
  json["power"] = number(claim.power);
  json["effect_size"] = number(claim.effect_size);
  json["n_samples"] = outcome.n_samples ? Json(*outcome.n_samples) : Json(nullptr);
  json["statistic"] = number(outcome.statistic);
  json["p_value"] = number(outcome.p_value);
  json["confidence_interval"] = interval(outcome.confidence_interval);
  json["observed"] = number(outcome.observed);
  json["expected"] = number(outcome.expected);
  json["verdict"] = claims::to_string(outcome.verdict);
  json["reason"] = text(outcome.reason);
  json["time_s"] = number(outcome.time_s);
  return json;
}

Json property_json(const claims::Property& property, const std::optional<BlasRecord>& blas) {
  Json json;
  json["id"] = property.id;
  json["statement"] = property.statement;
  json["source"] = property.source;
  json["blas"] = blas ? Json(blas->identity.file_name) : Json(nullptr);
  json["value"] = property.value;
  json["number"] = number(property.number);
  json["confidence_interval"] = interval(property.confidence_interval);
  return json;
}

Json measurement_json(const Measurement& row) {
  Json json;
  json["id"] = row.id;
  json["group"] = row.group;
  json["subject"] = row.subject;
  json["shape"] = row.shape;
  json["dtype"] = row.dtype;
  json["threads"] = row.threads;
  json["blas"] = text(row.blas);
  json["median_s"] = number(row.median_s);
  json["confidence_interval_s"] = interval(row.confidence_interval_s);
  json["min_s"] = number(row.min_s);
  json["rounds"] = row.rounds;
  json["rate"] = number(row.rate);
  json["rate_unit"] = text(row.rate_unit);
  json["ceiling"] = number(row.ceiling);
  json["ceiling_id"] = text(row.ceiling_id);
  json["percent_of_ceiling"] = number(row.percent_of_ceiling);
  json["note"] = text(row.note.text);
  return json;
}

Json finding_json(const experiment::Finding& finding) {
  Json json;
  json["id"] = finding.id;
  json["experiment"] = finding.experiment;
  json["law"] = finding.law;
  json["basis"] = finding.basis;
  json["published"] = text(finding.published);
  json["expected"] = finding.expected;
  json["prediction_interval"] = std::isfinite(finding.interval.low) ? interval(finding.interval) : Json(nullptr);
  json["p_published"] = finding.published.empty() ? Json(nullptr) : number(finding.p_published);
  json["value"] = finding.value;
  json["p_value"] = number(finding.p_value);
  json["verdict"] = experiment::verdict(finding);
  json["note"] = text(finding.note);
  return json;
}

Json caches_json(const std::vector<Cache>& caches) {
  Json json = Json::array();
  for (const Cache& cache : caches) {
    json.push_back({{"level", cache.level},
                    {"size_bytes", cache.size_bytes},
                    {"line_bytes", known(cache.line_bytes)},
                    {"shared_by", cache.shared_by}});
  }
  return json;
}

}  // namespace

Json to_json(const Environment& environment) {
  Json json;
  json["version"] = text(environment.version);
  json["commit"] = text(environment.commit);
  json["dirty"] = environment.dirty;
  json["cpu_model"] = text(environment.cpu_model);
  json["cpu_stepping"] = text(environment.cpu_stepping);
  json["architecture"] = text(environment.architecture);
  json["isa"] = environment.isa;
  json["simd_target"] = text(environment.simd_target);
  json["packages"] = known(environment.packages);
  json["cores"] = known(environment.cores);
  json["logical_processors"] = known(environment.logical_processors);
  json["available_processors"] = known(environment.available_processors);
  json["smt"] = environment.smt;
  json["caches"] = caches_json(environment.caches);
  json["memory_bytes"] = known(environment.memory_bytes);
  json["governor"] = text(environment.governor);
  json["kernel"] = text(environment.kernel);
  json["hypervisor"] = text(environment.hypervisor);
  json["compiler"] = text(environment.compiler);
  json["compile_flags"] = text(environment.compile_flags);
  json["build_type"] = text(environment.build_type);
  json["libraries"] = Json::object();
  for (const auto& [name, version] : environment.libraries) json["libraries"][name] = version;
  return json;
}

Json to_json(const blas::Identity& identity) {
  Json json;
  json["name"] = identity.name;
  json["file_name"] = identity.file_name;
  json["soname"] = text(identity.soname);
  json["sha256"] = text(identity.sha256);
  json["version"] = text(identity.version);
  json["kernel"] = text(identity.kernel);
  json["threading"] = text(identity.threading);
  json["integer_bits"] = identity.integer_bits;
  json["interface"] = identity.interface;
  return json;
}

Json to_json(const Document& document) {
  Json json;
  json["schema"] = "sqrtn.results/1";
  json["environment"] = to_json(document.environment);
  Json& backend = json["environment"]["backend"];
  if (document.blas) {
    backend = to_json(document.blas->identity);
    backend["threads"] = document.blas->threads;
  }
  json["command"] = document.command;
  json["seed"] = document.seed;
  json["claims"] = Json::array();
  for (const claims::Result& result : document.claims) json["claims"].push_back(claim_json(result, document.blas));
  json["measurements"] = Json::array();
  for (const Measurement& row : document.measurements) json["measurements"].push_back(measurement_json(row));
  for (const claims::Property& property : document.properties) {
    json["properties"].push_back(property_json(property, document.blas));
  }
  for (const std::string& incident : document.incidents) json["incidents"].push_back(text(incident));
  for (const experiment::Finding& finding : document.reproduced) json["reproduced"].push_back(finding_json(finding));
  for (const ChainRecord& chain : document.propagation) json["propagation"].push_back(to_json(chain));
  json["verdict"] = claims::to_string(document.verdict);
  return json;
}

std::string to_text(const Json& json) {
  // Bytes of the command line that are not UTF-8 are replaced rather than losing the run's results.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace sqrtn::results
