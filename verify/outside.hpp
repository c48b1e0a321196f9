#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "gate/document.hpp"
#include "gate/files.hpp"
#include "gate/google_benchmark.hpp"
#include "gate/suites.hpp"
#include "history/history.hpp"
#include "history/text.hpp"
#include "report/compare_text.hpp"
#include "report/fleet_text.hpp"
#include "report/page.hpp"
#include "report/page_machines.hpp"
#include "report/page_weights.hpp"
#include "report/records.hpp"
#include "report/screening_text.hpp"
#include "report/summary.hpp"
#include "results/accepted.hpp"
#include "results/fleet.hpp"
#include "results/read.hpp"
#include "results/read_screening.hpp"

/// Every reader of JSON from outside: whatever the bytes are, it takes them or refuses them by an exception of one
/// kind, and what it takes can be shown. The fuzz target and the test of the corpus ask the same.
namespace sqrtn::verify {

/// Not std::invalid_argument, which is how a reader refuses.
inline void keep(bool promise, const char* what) {
  if (!promise) throw std::runtime_error(what);
}

/// What was read is read again to the same document, and can be compared, tabulated and shown.
inline void use(const results::Document& document) {
  const std::string text = results::to_text(results::to_json(document));
  const results::Document again = results::parse_document(text, "again");
  keep(results::to_text(results::to_json(again)) == text, "a document is read again as another");
  (void)report::to_markdown(results::compare(document, again));
  (void)results::to_json(results::compare(again, document)).dump();
  (void)report::to_markdown(document);
  (void)report::svg_files({document});
  const std::string page = report::to_html({document, again}, document.command);
  keep(page.find("<script") == page.rfind("<script"), "a text of the document opens or closes a script");
}

inline void use(const results::Libraries& libraries) {
  const std::string text = results::to_text(results::to_json(libraries));
  const auto again = std::get<results::Libraries>(results::parse_any(text, "again"));
  keep(results::to_text(results::to_json(again)) == text, "libraries are read again as others");
  (void)report::to_markdown(libraries);
  (void)report::to_csv(report::backend_records(libraries));
  const std::string page = report::to_html({}, {}, {&libraries, 1});
  keep(page.find("<script") == page.rfind("<script"), "a text of the libraries opens or closes a script");
}

inline void use(const results::AnyDocument& any) {
  std::visit([](const auto& one) { use(one); }, any);
}

inline void use(const results::Screening& screening) {
  const std::string text = results::to_text(results::to_json(screening));
  const results::Screening again = results::parse_screening(text, "again");
  keep(results::to_text(results::to_json(again)) == text, "a screening is read again as another");
  (void)report::screening_text(screening);
  (void)report::page_part(screening, "screening", 1);
  (void)report::live_text(screening);
  (void)results::node_of(screening);
}

inline void use(const results::Fleet& fleet) {
  const std::string text = results::to_text(results::to_json(fleet));
  keep(results::to_text(results::to_json(results::parse_fleet(text, "again"))) == text, "a fleet is read as another");
  (void)report::fleet_text(fleet);
  (void)report::page_part(fleet, "fleet", 1);
}

inline void use(const results::InspectionDocument& document) {
  const std::string text = results::to_text(results::to_json(document));
  const results::InspectionDocument again = results::parse_inspection(text, "again");
  keep(results::to_text(results::to_json(again)) == text, "an inspection is read as another");
  const report::More more = report::page_part(document, "weights", 1);
  const std::string page = report::to_html({}, {}, {}, {&more, 1});
  keep(page.find("<script") == page.rfind("<script"), "a text of the tensors opens or closes a script");
}

/// Cases have names and times, or say why not, and no reader of the gate's results is spoken to.
inline void use(const gate::BenchmarkOutput& output) {
  gate::Document document;
  for (const gate::BenchmarkCase& c : output.cases) {
    keep(!c.name.empty() && c.name.size() <= 64 << 10, "a case has no name, or a long one");
    keep(!c.fault.empty() || !c.stopped.empty() || (std::isfinite(c.value) && c.value > 0),
         "a case has neither a value nor a fault");
    gate::Row& row = document.rows.emplace_back();
    row.name = c.name;
    row.note = c.stopped + c.fault;
    row.timed.older = c.value;
  }
  (void)report::to_markdown(gate::compare(output, output));
  (void)results::to_json(gate::compare(output, output)).dump();
  (void)report::to_html({gate::document_of(output)}, {});
  for (const auto& [key, value] : output.context) document.notes.push_back(key + ": " + value);
  gate::make_printable(document);
  const std::string json = results::to_text(gate::to_json(document));
  keep(!nlohmann::json::parse(json, nullptr, false).is_discarded(), "the gate's results are no JSON");
  for (const std::string& text : {json, gate::to_junit(document), gate::to_markdown(document)}) {
    keep(std::ranges::none_of(text, [](unsigned char c) { return (c < ' ' && c != '\n') || c == '\x7f'; }),
         "a control character came through");
  }
}

inline void use(const std::vector<results::Accepted>& accepted) {
  for (const results::Accepted& one : accepted) keep(!one.reason.empty(), "a finding is accepted without a reason");
}

/// What was read is written line by line to the same text, and what is shown of it speaks to no terminal.
inline void use(const history::History& all) {
  for (const history::Series& series : all.series) {
    keep(!series.name.empty() && series.runs.size() == series.times.size(), "a case has no name, or lost a time");
    for (const history::Time& time : series.times) {
      const history::Run run{.commit = "c", .date = "d", .machine = series.machine, .cases = {{series.name, time}}};
      const std::string line = history::to_line(run);
      const history::Run again = history::parse_run(std::string_view(line).substr(0, line.size() - 1), "again");
      keep(history::to_line(again) == line, "a run is read again as another");
    }
  }
  if (all.series.size() > 20) return;  // each number of cases has thresholds of its own, which take a while
  const history::Trends trends = history::find_trends(all, {});
  for (const std::string& text : {history::check_text(all, trends), history::show_text(all, trends)}) {
    keep(std::ranges::none_of(text, [](unsigned char c) { return (c < ' ' && c != '\n') || c == '\x7f'; }),
         "a control character came through");
  }
  keep(!nlohmann::json::parse(history::to_json(all, trends).dump(), nullptr, false).is_discarded(), "no JSON");
}

/// Why the reader refused; empty if it did not.
template <class Read>
std::string refusal_of(Read read) {
  decltype(read()) value;
  try {
    value = read();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  use(value);
  return {};
}

/// Of results or libraries, of a Google Benchmark program's output, of a list of accepted findings, of a history, of a
/// screening, of a fleet, of other benchmark programs' output and of inspected weights, in this order. Throws:
/// std::runtime_error for a promise that was not kept.
inline std::array<std::string, 8> refusals_of(std::string_view text) {
  return {refusal_of([text] { return results::parse_any(text, "input"); }),
          refusal_of([text] { return gate::read_benchmark_output(text); }),
          refusal_of([text] { return results::parse_accepted(text, "input"); }),
          refusal_of([text] { return history::parse_history(text, "input"); }),
          refusal_of([text] { return results::parse_screening(text, "input"); }),
          refusal_of([text] { return results::parse_fleet(text, "input"); }),
          refusal_of([text] { return gate::read_suite_output(text, "input"); }),
          refusal_of([text] { return results::parse_inspection(text, "input"); })};
}

}  // namespace sqrtn::verify
