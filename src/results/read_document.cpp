#include <fmt/format.h>

#include <limits>

#include "results/read_parts.hpp"

/// The document of a run.

namespace sqrtn::results {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::vector<Cache> read_caches(const JsonInput& json) {
  std::vector<Cache> caches;
  for (const JsonInput& cache : json.elements()) {
    caches.push_back({.level = cache["level"].integer<int>(),
                      .size_bytes = cache["size_bytes"].integer<std::size_t>(),
                      .line_bytes = cache["line_bytes"].integer_or_zero<std::size_t>(),
                      .shared_by = cache["shared_by"].integer<int>()});
  }
  return caches;
}

void read_build(const JsonInput& json, Environment& environment) {
  environment.version = json["version"].text_or_empty();
  environment.commit = json["commit"].text_or_empty();
  environment.dirty = json["dirty"].flag();
  environment.compiler = json["compiler"].text_or_empty();
  environment.compile_flags = json["compile_flags"].text_or_empty();
  environment.build_type = json["build_type"].text_or_empty();
  for (const auto& [name, version] : json["libraries"].fields()) environment.libraries[name] = version.text();
}

std::optional<BlasRecord> read_blas(const JsonInput& json) {
  if (json.is_null()) return std::nullopt;
  return BlasRecord{read_identity(json), json["threads"].integer<int>()};
}

claims::Claim read_claim(const JsonInput& json, const std::optional<BlasRecord>& blas) {
  claims::Claim claim;
  claim.id = read_word(json["id"]);
  claim.statement = json["statement"].text();
  claim.source = json["source"].text();
  claim.engine = json["engine"].text_or_empty();
  claim.uses_blas = !json["blas"].is_null();
  if (claim.uses_blas && !(blas && json["blas"].text() == blas->identity.file_name)) {
    json["blas"].refuse("null or the file_name of environment.backend");
  }
  claim.alpha = json["alpha"].number_or_none(0, 1);
  claim.power = json["power"].number_or_none(0, 1);
  claim.effect_size = json["effect_size"].number_or_none(0);
  return claim;
}

claims::Outcome read_outcome(const JsonInput& json) {
  claims::Outcome outcome;
  outcome.verdict = read_verdict(json["verdict"]);
  outcome.reason = json["reason"].text_or_empty();
  if (const JsonInput n_samples = json["n_samples"]; !n_samples.is_null()) {
    outcome.n_samples = n_samples.integer<std::size_t>();
  }
  outcome.statistic = json["statistic"].number_or_none();
  outcome.p_value = json["p_value"].number_or_none(0, 1);
  outcome.observed = json["observed"].number_or_none();
  outcome.expected = json["expected"].number_or_none();
  outcome.confidence_interval = json["confidence_interval"].interval_or_none();
  outcome.time_s = json["time_s"].number_or_none(0);
  return outcome;
}

claims::Property read_property(const JsonInput& json) {
  claims::Property property;
  property.id = read_word(json["id"]);
  property.statement = json["statement"].text();
  property.source = json["source"].text();
  property.value = json["value"].text();
  property.number = json["number"].number_or_none();
  property.confidence_interval = json["confidence_interval"].interval_or_none();
  return property;
}

Measurement read_measurement(const JsonInput& json) {
  return {.id = read_word(json["id"]),
          .group = read_word(json["group"]),
          .subject = json["subject"].text(),
          .shape = json["shape"].text(),
          .dtype = json["dtype"].text(),
          .threads = json["threads"].integer<int>(),
          .blas = json["blas"].text_or_empty(),
          .median_s = json["median_s"].number_or_none(0).value_or(unknown),
          .confidence_interval_s = json["confidence_interval_s"].interval_or_none(0),
          .min_s = json["min_s"].number_or_none(0).value_or(unknown),
          .rounds = json["rounds"].integer<std::size_t>(),
          .rate = json["rate"].number_or_none(0),
          .rate_unit = json["rate_unit"].text_or_empty(),
          .ceiling = json["ceiling"].number_or_none(0),
          .ceiling_id = json["ceiling_id"].text_or_empty(),
          .percent_of_ceiling = json["percent_of_ceiling"].number_or_none(0),
          .note = read_note(json["note"])};
}

experiment::Finding read_finding(const JsonInput& json) {
  experiment::Finding finding{
      .id = read_word(json["id"]),
      .experiment = json["experiment"].text(),
      .law = json["law"].text(),
      .basis = json["basis"].text(),
      .published = json["published"].text_or_empty(),
      .expected = json["expected"].text(),
      .interval = json["prediction_interval"].interval_or_none().value_or(statistics::Interval{unknown, unknown}),
      .value = json["value"].text(),
      .p_value = json["p_value"].number_or_none(0, 1).value_or(unknown),
      .note = json["note"].text_or_empty()};
  if (!finding.published.empty()) finding.p_published = json["p_published"].number_or_none(0, 1).value_or(unknown);
  if (json["verdict"].text() != verdict(finding)) {
    json["verdict"].refuse(fmt::format("\"{}\", which follows from its p-values", verdict(finding)));
  }
  return finding;
}

/// A word that what the document holds does not contradict.
claims::Verdict read_overall(const JsonInput& json, const std::vector<claims::Result>& results) {
  const claims::Verdict word = read_verdict(json), found = claims::overall(results);
  const bool hidden = (found == claims::Verdict::fail && word != found) ||
                      (found == claims::Verdict::inconclusive && word != found && word != claims::Verdict::fail);
  if (hidden) json.refuse(fmt::format("\"{}\", which follows from the claims", claims::to_string(found)));
  return word;
}

}  // namespace

Environment read_environment(const JsonInput& json) {
  Environment environment;
  read_build(json, environment);
  environment.cpu_model = json["cpu_model"].text_or_empty();
  environment.cpu_stepping = json["cpu_stepping"].text_or_empty();
  environment.architecture = json["architecture"].text_or_empty();
  environment.isa = read_words(json["isa"]);
  environment.simd_target = json["simd_target"].text_or_empty();
  environment.packages = json["packages"].integer_or_zero<int>();
  environment.cores = json["cores"].integer_or_zero<int>();
  environment.logical_processors = json["logical_processors"].integer_or_zero<int>();
  environment.available_processors = json["available_processors"].integer_or_zero<int>();
  environment.smt = json["smt"].flag();
  environment.caches = read_caches(json["caches"]);
  environment.memory_bytes = json["memory_bytes"].integer_or_zero<std::size_t>();
  environment.governor = json["governor"].text_or_empty();
  environment.kernel = json["kernel"].text_or_empty();
  environment.hypervisor = json["hypervisor"].text_or_empty();
  return environment;
}

Document read_results(const JsonInput& json) {
  Document document;
  document.environment = read_environment(json["environment"]);
  document.blas = read_blas(json["environment"]["backend"]);
  document.command = read_words(json["command"]);
  document.seed = json["seed"].integer<std::uint64_t>();
  document.claims = read_records(json["claims"], [&document](const JsonInput& claim) {
    return claims::Result{read_claim(claim, document.blas), read_outcome(claim)};
  });
  document.measurements = read_records(json["measurements"], read_measurement);
  if (!json["properties"].is_null()) document.properties = read_records(json["properties"], read_property);
  if (!json["incidents"].is_null()) document.incidents = read_words(json["incidents"]);
  if (!json["reproduced"].is_null()) document.reproduced = read_records(json["reproduced"], read_finding);
  if (!json["propagation"].is_null()) {
    for (const JsonInput& chain : json["propagation"].elements()) document.propagation.push_back(read_chain(chain));
  }
  document.verdict = read_overall(json["verdict"], document.claims);
  return document;
}

}  // namespace sqrtn::results
