#include <fmt/format.h>

#include <algorithm>

#include "report/libraries.hpp"
#include "report/page_parts.hpp"
#include "report/summary.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

std::string html_of(const Table& table, const std::string& caption, const std::vector<std::string>& marks = {}) {
  html::Grid grid{.caption = caption, .columns = table.columns, .rows = {}, .marks = {}};
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    grid.add({table.rows[i].begin(), table.rows[i].end()}, i < marks.size() ? marks[i] : "");
  }
  return html::table(grid);
}

/// What is wrong with one library, each with the command that shows it.
std::string defects_of(const Libraries& report, const Library& backend) {
  std::string items;
  for (const Incident& incident : backend.incidents) items += fmt::format("<li>{}", html::escaped(incident.text));
  for (const auto& [claim, outcome] : backend.claims) {
    if (outcome.verdict != claims::Verdict::fail && outcome.verdict != claims::Verdict::inconclusive) continue;
    items += fmt::format("<li>{} {}: {}<br>{}", claims::to_string(outcome.verdict), html::code(claim.id),
                         html::escaped(outcome.reason), html::code(reproduction(report, backend, claim.id)));
  }
  if (!backend.record) items += fmt::format("<li>cannot be used: {}", html::escaped(backend.refusal));
  if (items.empty()) return "";
  return html::folded(html::escaped(backend.name), "<ul>" + items + "</ul>\n", false);
}

std::string verdicts_of(const Libraries& report) {
  std::vector<std::string> marks;
  for (const Library& backend : report.backends) {
    if (backend.record) marks.emplace_back(verdict_word(verdict_of(backend)));
  }
  std::string content = html_of(backend_table(report), "Every BLAS of this machine", marks);
  content +=
      "<p>Of best: geometric mean of the speed relative to the fastest library of each product, over the products that "
      "all were timed at. A library that failed a claim is shown, but not ranked.\n";
  for (const Library& backend : report.backends) content += defects_of(report, backend);
  return content;
}

std::string accuracy_of(const Libraries& report) {
  std::string content;
  for (const char* dtype : {"f32", "f64"}) {
    content += html_of(accuracy_table(report, dtype), fmt::format("Accuracy of gemm, {}, not judged", dtype));
  }
  return content;
}

std::string speeds_of(const Libraries& report) {
  std::string content;
  for (const Table& table : speed_tables(report, false)) {
    content += html_of(table, table.title + ": GFLOP/s of gemm, GB/s of gemv (per cent of the ceiling)");
  }
  for (const Table& table : speed_tables(report, true)) {
    content += html_of(table, fmt::format("{}: times as fast as {}, paired by round, interval of 99 %", table.title,
                                          report.default_name));
  }
  return content;
}

/// Whose libraries they are; empty where the page shows nothing else.
std::string machine_of(const Libraries& report, const std::vector<Run>& runs) {
  const Run* run = run_of(report, runs);
  return run == nullptr ? report.provenance : run->label;
}

}  // namespace

const Run* run_of(const Libraries& libraries, const std::vector<Run>& runs) {
  const auto found = std::ranges::find_if(
      runs, [&](const Run& run) { return provenance_line(*run.document) == libraries.provenance; });
  return found == runs.end() ? nullptr : &*found;
}

std::string libraries_part(std::span<const Libraries> libraries, const std::vector<Run>& runs) {
  const auto section = [&](const char* id, const char* heading, auto content_of) {
    std::string text;
    for (const Libraries& report : libraries) {
      const std::string content = content_of(report), machine = machine_of(report, runs);
      if (!content.empty() && !machine.empty()) text += fmt::format("<h3>{}</h3>\n", html::escaped(machine));
      text += content;
    }
    return html::section(id, heading, text, true);
  };
  return section("libraries", "Every BLAS", verdicts_of) + section("accuracy", "Accuracy of every BLAS", accuracy_of) +
         section("library-speeds", "Speed of every BLAS", speeds_of);
}

}  // namespace sqrtn::report
