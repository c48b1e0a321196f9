#include "results/document.hpp"

#include <algorithm>

#include "claims/area.hpp"
#include "results/format.hpp"
#include "results/write.hpp"

namespace sqrtn::results {
namespace {

Json finding_json(const experiment::Finding& finding) {
  Json json = written(finding);
  if (finding.published.empty()) json["p_published"] = nullptr;
  json["verdict"] = experiment::verdict(finding);
  return json;
}

bool holds_records(const Json& json) { return json.is_array() && !json.empty() && json.front().is_structured(); }

/// Bytes of the command line that are not UTF-8 are replaced rather than losing the run's results.
std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// A record stands on one line, unless it holds records itself.
void append(std::string& text, const Json& json, const std::string& indent) {
  const bool opens = holds_records(json) || (json.is_object() && std::ranges::any_of(json, holds_records));
  if (!opens) {
    text += line_of(json);
    return;
  }
  const char* separator = json.is_object() ? "{\n" : "[\n";
  const std::string inner = indent + "  ";
  for (const auto& [key, value] : json.items()) {
    text += separator + inner;
    if (json.is_object()) text += line_of(key) + ": ";
    append(text, value, inner);
    separator = ",\n";
  }
  text += '\n' + indent + (json.is_object() ? '}' : ']');
}

bool has_wrong_answer(const Document& document) {
  return std::ranges::any_of(document.measurements,
                             [](const Measurement& row) { return row.note.kind == NoteKind::wrong_answer; });
}

}  // namespace

std::optional<claims::Word> word_of(const std::vector<claims::Result>& claims, const std::vector<Incident>& incidents,
                                    bool wrong_answer) {
  if (wrong_answer) return claims::Word::wrong;
  std::optional<claims::Word> word = claims::word_of(claims);
  if (!incidents.empty()) word = std::max(word.value_or(claims::Word::unsafe), claims::Word::unsafe);
  return word;
}

std::string_view word_text(std::optional<claims::Word> word) { return word ? claims::to_string(*word) : "–"; }

std::optional<claims::Word> word_of(const Document& document) {
  std::vector<claims::Result> about_library = document.claims;
  std::erase_if(about_library,
                [](const claims::Result& result) { return !claims::is_in(claims::Area::products, result.claim.id); });
  return word_of(about_library, document.incidents, has_wrong_answer(document));
}

Document own_part(Document document) {
  std::erase_if(document.claims,
                [](const claims::Result& result) { return claims::is_in(claims::Area::products, result.claim.id); });
  document.incidents.clear();
  document.verdict = verdict_of(document);
  return document;
}

claims::Verdict verdict_of(const Document& document) {
  const claims::Verdict verdict = claims::overall(document.claims, document.strict);
  if (!document.incidents.empty() || has_wrong_answer(document)) return claims::Verdict::fail;
  const bool measured_alone = verdict == claims::Verdict::skipped && !document.measurements.empty();
  return measured_alone ? claims::Verdict::pass : verdict;
}

Json to_json(const Environment& environment) { return written(environment); }

Json to_json(const blas::Identity& identity) { return written(identity); }

Json to_json(const Incident& incident) { return written(incident); }

Json to_json(const Document& document) {
  Writer writer;
  writer("schema", std::string("sqrtn.results/2"), rule::Text{});
  Json& json = writer.json;
  json["environment"] = written(document.environment);
  Json& backend = json["environment"]["backend"];
  if (document.blas) {
    backend = written(document.blas->identity);
    backend["threads"] = document.blas->threads;
    backend["asked"] = text(published_library(document.blas->asked));
  }
  json["command"] = document.command;
  json["seed"] = document.seed;
  writer("claims", document.claims);
  writer("measurements", document.measurements);
  if (!document.properties.empty()) writer("properties", document.properties);
  if (!document.incidents.empty()) writer("incidents", document.incidents);
  for (const experiment::Finding& finding : document.reproduced) json["reproduced"].push_back(finding_json(finding));
  if (!document.propagation.empty()) writer("propagation", document.propagation);
  json["word"] = word_of(document) ? Json(word_text(word_of(document))) : Json(nullptr);
  if (document.strict) json["strict"] = true;
  json["verdict"] = claims::to_string(document.verdict);
  return std::move(writer.json);
}

std::string to_text(const Json& json) {
  if (!json.is_object() || json.empty()) return line_of(json) + '\n';
  std::string text;
  const char* separator = "{\n  ";
  for (const auto& [key, value] : json.items()) {
    text += separator + line_of(key) + ": ";
    append(text, value, "  ");
    separator = ",\n  ";
  }
  return text + "\n}\n";
}

}  // namespace sqrtn::results
