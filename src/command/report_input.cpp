#include "command/report_input.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <variant>

#include "gate/files.hpp"
#include "history/page.hpp"
#include "history/text.hpp"
#include "report/fleet_text.hpp"
#include "report/page_machines.hpp"
#include "report/page_orders.hpp"
#include "report/page_weights.hpp"
#include "report/screening_text.hpp"
#include "report/summary.hpp"
#include "results/read_screening.hpp"

namespace sqrtn::command {
namespace {

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

}  // namespace

void ReportInput::tell(const std::string& path, const std::string& line) {
  verdicts += fmt::format("{}: {}\n", path, line);
}

void ReportInput::read(const std::string& path) {
  if (path.ends_with(".jsonl")) return read_history(path);
  const std::string text = results::read_text(path);
  if (results::names_schema(text, results::order_schema)) return add(results::parse_orders(text, path), path);
  if (results::names_schema(text, results::inspection_schema)) return add(results::parse_inspection(text, path), path);
  if (results::names_schema(text, results::screen_schema)) return add(results::parse_screening(text, path), path);
  if (results::names_schema(text, results::fleet_schema)) return add(results::parse_fleet(text, path), path);
  add_results(text, path);
}

void ReportInput::read_history(const std::string& path) {
  const history::History history = history::read_history(path);
  const history::Trends trends = history::find_trends(history, {});
  tell(path, headline(history, trends));
  more.push_back(
      {history::page_section(history, trends, file_name(path), more.size() + 1), show_text(history, trends)});
}

void ReportInput::add(const auto& found, const std::string& path) {
  tell(path, report::verdict_line(found));
  more.push_back(report::page_part(found, file_name(path), more.size() + 1));
}

void ReportInput::add_results(std::string_view text, const std::string& path) {
  gate::AnyResults any = gate::parse_results(text, path);
  if (auto* document = std::get_if<results::Document>(&any)) {
    tell(path, report::verdict_line(*document));
    documents.push_back(std::move(*document));
  } else if (auto* report = std::get_if<results::Libraries>(&any)) {
    tell(path, report::verdict_line(*report));
    libraries.push_back(std::move(*report));
  } else {
    const auto& output = std::get<gate::BenchmarkOutput>(any);
    tell(path, fmt::format("{} cases of {}", output.cases.size(), gate::name_of(output.tool)));
    documents.push_back(gate::document_of(output));
  }
}

}  // namespace sqrtn::command
