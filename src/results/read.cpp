#include "results/read.hpp"

#include "results/read_fields.hpp"

namespace sqrtn::results {

bool is_schema(const std::string& word, const std::string& schema) {
  for (const char* version : {"/1", "/2"}) {
    if (word == schema + version || word.starts_with(schema + version + '.')) return true;
  }
  return false;
}

namespace {

constexpr const char* results_schema = "sqrtn.results";
constexpr const char* backends_schema = "sqrtn.backends";
constexpr const char* expected =
    "\"sqrtn.results/2\" or /1, the results of sqrtn run, verify, bench, propagate or reproduce";

experiment::Finding read_finding(const JsonInput& json) {
  auto finding = read_as<experiment::Finding>(json);
  if (finding.published.empty()) finding.p_published = 1;
  if (json["verdict"].text() != verdict(finding)) {
    json["verdict"].refuse(fmt::format("\"{}\", which follows from its p-values", verdict(finding)));
  }
  return finding;
}

void check_layer(const JsonInput& json, const ChainLayer& layer, std::size_t place) {
  if (layer.layer != place) json["layer"].refuse(fmt::format("{}, its place", place));
  if (json["log_rms_measured"].is_null() != (layer.state == "finite")) return;
  json["state"].refuse(layer.state == "finite" ? "zero or not finite, as nothing was measured"
                                               : "finite, as there is a measured value");
}

ChainRecord read_chain(const JsonInput& json) {
  auto chain = read_as<ChainRecord>(json);
  const std::vector<JsonInput> layers = json["layers"].elements();
  for (std::size_t i = 0; i < layers.size(); ++i) check_layer(layers[i], chain.layers[i], i);
  if (chain.layers.empty() || chain.layers.size() - 1 != chain.depth) {
    json["layers"].refuse(fmt::format("the input and {} layers", chain.depth));
  }
  return chain;
}

/// A verdict that what the document holds does not contradict.
claims::Verdict read_verdict(const JsonInput& json, const Document& document) {
  claims::Verdict word{};
  Reader reader(json);
  reader("verdict", word, verdicts);
  const claims::Verdict found = verdict_of(document);
  const bool hidden = (found == claims::Verdict::fail && word != found) ||
                      (found == claims::Verdict::inconclusive && word != found && word != claims::Verdict::fail);
  if (hidden) json["verdict"].refuse(fmt::format("\"{}\", which follows from the claims", claims::to_string(found)));
  // Earlier documents knew no classes of claims: any failure was the run's.
  return json["word"].is_null() ? found : word;
}

}  // namespace

AnyDocument read_any(const JsonInput& json) {
  const JsonInput schema = json["schema"];
  const std::string word = schema.text_or_empty();
  if (is_schema(word, results_schema)) return read_results(json);
  if (is_schema(word, backends_schema)) return read_libraries(json);
  schema.refuse(fmt::format("{}, or \"sqrtn.backends/2\" or /1", expected));
}

blas::Identity read_identity(const JsonInput& json) {
  auto identity = read_as<blas::Identity>(json);
  if (identity.interface.empty()) identity.interface = blas::Identity{}.interface;
  return identity;
}

std::vector<Incident> read_incidents(const JsonInput& json) {
  std::vector<Incident> incidents;
  for (const JsonInput& element : json.elements()) {
    // The first version had the text alone.
    if (element.is_text()) {
      incidents.push_back({.kind = IncidentKind::other, .place = "", .text = element.text()});
    } else {
      incidents.push_back(read_as<Incident>(element));
    }
  }
  return incidents;
}

Document read_results(const JsonInput& json) {
  Document document;
  Reader reader(json);
  read(json["environment"], document.environment);
  if (const JsonInput backend = json["environment"]["backend"]; !backend.is_null()) {
    document.blas = {read_identity(backend), backend["threads"].integer<int>(), backend["asked"].text_or_empty()};
  }
  reader("command", document.command, rule::Text{});
  reader("seed", document.seed, rule::Count{});
  document.claims = read_records(json["claims"], [](const JsonInput& claim) {
    return read_claim(claim, [](Reader& fields, claims::Result& result) { list(fields, result); });
  });
  document.measurements = read_records(json["measurements"], read_as<Measurement>);
  document.properties = read_records(json["properties"], read_as<claims::Property>);
  document.reproduced = read_records(json["reproduced"], read_finding);
  if (!json["incidents"].is_null()) document.incidents = read_incidents(json["incidents"]);
  if (!json["propagation"].is_null()) {
    for (const JsonInput& chain : json["propagation"].elements()) document.propagation.push_back(read_chain(chain));
  }
  if (!json["strict"].is_null()) document.strict = json["strict"].flag();
  check_word(json["word"], word_of(document));
  document.verdict = read_verdict(json, document);
  return document;
}

bool names_schema(std::string_view text, std::string_view schema) {
  return text.substr(0, 4096).find(fmt::format("\"{}/", schema)) != text.npos;
}

AnyDocument parse_any(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  return read_any(JsonInput(parsed, name));
}

AnyDocument read_any(const std::string& path) { return parse_any(read_text(path), path); }

Document parse_document(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  const JsonInput json(parsed, name);
  if (!is_schema(json["schema"].text_or_empty(), results_schema)) json["schema"].refuse(expected);
  return read_results(json);
}

Document read_document(const std::string& path) { return parse_document(read_text(path), path); }

}  // namespace sqrtn::results
