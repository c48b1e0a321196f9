#include <algorithm>
#include <set>

#include "results/format.hpp"
#include "results/read_fields.hpp"
#include "results/read_screening.hpp"
#include "results/write.hpp"

/// What screening found, as JSON and from it.
namespace sqrtn::results {

template <class Fields>
void list(Fields& field, Of<Exposure> auto& exposure) {
  field("family", exposure.family, rule::Enum{family_words});
  field("dtype", exposure.dtype, rule::OneOf{{"f32", "f64"}});
  field("calls", exposure.calls, rule::Count{});
  field("operations", exposure.operations, rule::Count{});
  field("faults", exposure.faults, rule::Count{});
}

template <class Fields>
void list(Fields& field, Of<ScreenedCore> auto& core) {
  field("processor", core.processor, rule::Count{});
  field("core", core.core, rule::Count{});
  field("package", core.package, rule::Count{});
  field("wall_s", core.wall_s, rule::positive);
  field("product_s", core.product_s, rule::positive);
  field("check_s", core.check_s, rule::positive);
  field("flop", core.flop, rule::positive);
  field("faulty_rounds", core.faulty_rounds, rule::Count{});
  field("clock_hz", core.clock_hz, rule::positive);
  field("temperature_c", core.temperature_c, rule::Number{});
  field("exposures", core.exposures);
}

template <class Fields>
void list(Fields& field, Of<Repeats> auto& repeats) {
  field("processor", repeats.processor, rule::Count{});
  field("calls", repeats.calls, rule::Count{});
  field("wrong", repeats.wrong, rule::Count{});
}

template <class Fields>
void list(Fields& field, Of<Fault> auto& fault) {
  field("processor", fault.processor, rule::Count{});
  field("family", fault.family, rule::Enum{family_words});
  field("dtype", fault.dtype, rule::OneOf{{"f32", "f64"}});
  field("call", fault.call, rule::Word{});
  field("size", fault.size, rule::Count{});
  field("calls", fault.calls, rule::Count{});
  field("time_s", fault.time_s, rule::positive);
  field("wrong", fault.wrong, rule::Count{});
  field("row", fault.row, rule::Count{});
  field("col", fault.col, rule::Count{});
  field("got", fault.got, rule::Maybe{});
  field("expected", fault.expected, rule::Maybe{});
  field("bits", fault.bits, rule::Maybe{});
  field("operand", fault.operand, rule::Maybe{});
  field("clock_hz", fault.clock_hz, rule::positive);
  field("temperature_c", fault.temperature_c, rule::Number{});
  field("repeats", fault.repeats);
}

template <class Fields>
void list(Fields& field, Of<Prediction> auto& prediction) {
  field("dtype", prediction.dtype, rule::OneOf{{"f32", "f64"}});
  field("size", prediction.size, rule::Count{});
  field("share", prediction.share, rule::share);
  field("is_used", prediction.is_used, rule::Flag{});
  field("is_contradicted", prediction.is_contradicted, rule::Flag{.may_lack = true});
  field("reason", prediction.reason, rule::Maybe{});
  field("time_s", prediction.time_s, rule::positive);
}

namespace {

// A machine has fewer processors, a worker tries again fewer times, and fewer faults are kept.
constexpr std::size_t most_cores = 1 << 14, most_faults = 1 << 12, most_repeats = 1'000, most_predictions = 16;

/// With the rate of faults that each family excludes, which follows from its operations.
Json core_json(const ScreenedCore& core) {
  Json json = written(core);
  for (std::size_t i = 0; i < core.exposures.size(); ++i) {
    const Exposure& exposure = core.exposures[i];
    json["exposures"][i]["excluded_rate"] =
        exposure.faults == 0 ? number(excluded_rate(exposure.operations)) : Json(nullptr);
  }
  return json;
}

Json fault_json(const Screening& screening, const Fault& fault) {
  Json json = written(fault);
  json["cause"] = cause_words[static_cast<std::size_t>(cause_of(screening, fault))];
  json["again"] = repeating_command(screening, fault);
  return json;
}

ScreenedCore read_core(const JsonInput& json) {
  auto core = read_as<ScreenedCore>(json);
  const std::vector<JsonInput> exposures = json["exposures"].elements();
  std::set<std::pair<Family, std::string>> seen;
  for (std::size_t i = 0; i < exposures.size(); ++i) {
    const Exposure& exposure = core.exposures[i];
    if (exposure.faults > exposure.calls) exposures[i]["faults"].refuse("at most as many as calls");
    if (!seen.emplace(exposure.family, exposure.dtype).second) exposures[i].refuse("a family and type once");
  }
  for (double* number : {&core.wall_s, &core.product_s, &core.check_s, &core.flop}) {
    if (!std::isfinite(*number)) *number = 0;
  }
  return core;
}

Fault read_fault(const JsonInput& json) {
  auto fault = read_as<Fault>(json);
  if (!std::isfinite(fault.time_s)) fault.time_s = 0;
  const std::vector<JsonInput> repeats = json["repeats"].elements();
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    if (fault.repeats[i].calls > most_repeats) repeats[i]["calls"].refuse(fmt::format("at most {}", most_repeats));
    if (fault.repeats[i].wrong > fault.repeats[i].calls) repeats[i]["wrong"].refuse("at most as many as calls");
  }
  return fault;
}

/// Earlier documents have none.
std::vector<Prediction> read_predictions(const JsonInput& json) {
  const std::vector<JsonInput> elements = json.elements();
  if (elements.size() > most_predictions) json.refuse(fmt::format("at most {}", most_predictions));
  std::vector<Prediction> predictions;
  for (const JsonInput& element : elements) {
    Prediction& one = predictions.emplace_back(read_as<Prediction>(element));
    for (double* number : {&one.share, &one.time_s}) {
      if (!std::isfinite(*number)) *number = 0;
    }
  }
  return predictions;
}

void check_cores(const JsonInput& json, const Screening& screening) {
  std::set<int> processors;
  for (const ScreenedCore& core : screening.cores) {
    if (!processors.insert(core.processor).second) json["cores"].refuse("each processor once");
  }
  if (processors.size() > most_cores) json["cores"].refuse(fmt::format("at most {} processors", most_cores));
}

}  // namespace

Json to_json(const Screening& screening) {
  Json json;
  json["schema"] = "sqrtn.screen/1";
  json["environment"] = written(screening.environment);
  json["environment"]["backend"] = nullptr;
  if (screening.blas) {
    json["environment"]["backend"] = written(screening.blas->identity);
    json["environment"]["backend"]["threads"] = screening.blas->threads;
    json["environment"]["backend"]["asked"] = text(published_library(screening.blas->asked));
  }
  json["command"] = screening.command;
  json["seed"] = screening.seed;
  json["asked_s"] = screening.asked_s;
  json["size"] = screening.size > 0 ? Json(screening.size) : Json(nullptr);
  json["interrupted"] = screening.interrupted;
  json["predictions"] = Json::array();
  for (const Prediction& prediction : screening.predictions) json["predictions"].push_back(written(prediction));
  json["cores"] = Json::array();
  for (const ScreenedCore& core : screening.cores) json["cores"].push_back(core_json(core));
  json["faults"] = Json::array();
  for (const Fault& fault : screening.faults) json["faults"].push_back(fault_json(screening, fault));
  json["incidents"] = Json::array();
  for (const Incident& incident : screening.incidents) json["incidents"].push_back(to_json(incident));
  json["verdict"] = claims::to_string(verdict_of(screening));
  return json;
}

Screening read_screening(const JsonInput& json) {
  Screening screening;
  Reader reader(json);
  read(json["environment"], screening.environment);
  if (const JsonInput backend = json["environment"]["backend"]; !backend.is_null()) {
    screening.blas = {read_identity(backend), backend["threads"].integer<int>(), backend["asked"].text_or_empty()};
  }
  reader("command", screening.command, rule::Text{});
  reader("seed", screening.seed, rule::Count{});
  screening.asked_s = json["asked_s"].number(0);
  reader("size", screening.size, rule::Known{});
  reader("interrupted", screening.interrupted, rule::Flag{});
  if (!json["predictions"].is_null()) screening.predictions = read_predictions(json["predictions"]);
  for (const JsonInput& core : json["cores"].elements()) screening.cores.push_back(read_core(core));
  check_cores(json, screening);
  const std::vector<JsonInput> faults = json["faults"].elements();
  if (faults.size() > most_faults) json["faults"].refuse(fmt::format("at most {}", most_faults));
  for (const JsonInput& fault : faults) screening.faults.push_back(read_fault(fault));
  screening.incidents = read_incidents(json["incidents"]);
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const auto word = cause_words[static_cast<std::size_t>(cause_of(screening, screening.faults[i]))];
    if (faults[i]["cause"].text() != word) {
      faults[i]["cause"].refuse(fmt::format("\"{}\", which follows from its repeats", word));
    }
  }
  const std::string_view verdict = claims::to_string(verdict_of(screening));
  if (json["verdict"].text() != verdict) {
    json["verdict"].refuse(fmt::format("\"{}\", which follows from what was found", verdict));
  }
  return screening;
}

Screening parse_screening(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name);
  const JsonInput json(parsed, name);
  if (!is_schema(json["schema"].text_or_empty(), screen_schema)) {
    json["schema"].refuse("\"sqrtn.screen/1\", what sqrtn screen writes");
  }
  return read_screening(json);
}

std::string to_line(const WorkerReport& report) {
  Json json{{"core", written(report.core)}, {"faults", Json::array()}};
  for (const Fault& fault : report.faults) json["faults"].push_back(written(fault));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

WorkerReport parse_worker_report(std::string_view line, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(line, name);
  const JsonInput json(parsed, name);
  WorkerReport report{.core = read_core(json["core"]), .faults = {}};
  for (const JsonInput& fault : json["faults"].elements()) report.faults.push_back(read_fault(fault));
  return report;
}

}  // namespace sqrtn::results
