#include "command/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "claims/area.hpp"
#include "claims/routines/own_shapes.hpp"
#include "command/command.hpp"
#include "sqrtn/random/fill.hpp"
#include "support/filter.hpp"
#include "support/output.hpp"

namespace sqrtn::command {

namespace {

/// Those that may have one of these ids, if any is asked for: the design of the statistical ones takes longer than many
/// a claim about a library.
std::vector<claims::Claim> claims_for(const std::vector<std::string>& ids, const claims::Settings& settings) {
  const auto is_about_products = [](const std::string& id) { return claims::is_in(claims::Area::products, id); };
  const bool only_products = !ids.empty() && std::ranges::all_of(ids, is_about_products);
  return only_products ? claims::product_claims(settings) : claims::all_claims(settings);
}

}  // namespace

std::vector<claims::Claim> matching_claims(const claims::Settings& settings, const std::string& filter) {
  return chosen_claims(settings, filter, {}, {});
}

std::vector<claims::Claim> chosen_claims(const claims::Settings& settings, const std::string& filter,
                                         const ShapeOptions& options, const std::vector<std::string>& ids) {
  ShapeOptions shapes = options;
  for (const std::string& id : ids) {
    if (const std::optional<std::string> shape = claims::own_shape(id)) shapes.shapes.push_back(*shape);
  }
  std::vector<claims::Claim> claims;
  for_asked_shapes(shapes, [&](const std::string& shape) {
    std::ranges::move(claims::claims_of_shape(shape), std::back_inserter(claims));
  });
  if (claims.empty()) claims = claims_for(ids, settings);
  const Filter wanted(filter);
  const std::set<std::string> asked(ids.begin(), ids.end());
  std::erase_if(claims, [&](const claims::Claim& claim) {
    return !wanted.finds(claim.id) || (!asked.empty() && !asked.contains(claim.id));
  });
  return claims;
}

void add_incidents(results::Document& document, const std::vector<results::Incident>& incidents) {
  document.incidents.insert(document.incidents.end(), incidents.begin(), incidents.end());
  document.verdict = verdict_of(document);
}

bool all_measured(const std::vector<std::string>& ids, const std::vector<results::Measurement>& measurements) {
  return std::ranges::all_of(ids, [&measurements](const std::string& id) {
    return std::ranges::find(measurements, id, &results::Measurement::id) != measurements.end();
  });
}

results::Document make_document(const blas::Backend& backend, std::vector<std::string> command, std::uint64_t seed,
                                std::vector<claims::Result> claims, std::vector<results::Measurement> measurements) {
  return make_document(results::BlasRecord{backend.identity(), backend.threads(), ""}, std::move(command), seed,
                       std::move(claims), std::move(measurements));
}

results::Document make_document(const results::BlasRecord& blas, std::vector<std::string> command, std::uint64_t seed,
                                std::vector<claims::Result> claims, std::vector<results::Measurement> measurements) {
  results::Document document;
  document.environment = describe_environment();
  document.environment.simd_target = random::simd_target();
  document.blas = blas;
  document.command = std::move(command);
  document.seed = seed;
  document.claims = std::move(claims);
  document.measurements = std::move(measurements);
  document.verdict = verdict_of(document);
  return document;
}

void deliver(const nlohmann::ordered_json& content, const std::string& json, const std::string& text) {
  write_each({{json == "-" ? "" : "-", text}, {json, results::to_text(content)}});
}

void deliver(const results::Document& document, const std::string& json, const std::string& text) {
  deliver(results::to_json(document), json, text);
}

int nothing_matches(const std::string& what, const std::string& filter, const std::string& subcommand) {
  fmt::print(stderr, "sqrtn: no {} matches --filter '{}'; `./sqrtn {} --list` shows the ids\n", what, filter,
             subcommand);
  return nothing_measured;
}

int exit_code(claims::Verdict verdict) {
  switch (verdict) {
    case claims::Verdict::pass:
      return all_well;
    case claims::Verdict::fail:
      return claim_failed;
    case claims::Verdict::inconclusive:
      return inconclusive;
    case claims::Verdict::skipped:
      return nothing_measured;
  }
  return claim_failed;
}

}  // namespace sqrtn::command
