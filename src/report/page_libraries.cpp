#include <fmt/format.h>

#include <algorithm>

#include "report/answer.hpp"
#include "report/libraries.hpp"
#include "report/page_charts.hpp"
#include "report/page_parts.hpp"
#include "report/summary.hpp"
#include "results/findings.hpp"
#include "results/format.hpp"

/// The libraries of each machine: which is the fastest that is right, what the others get wrong, and all figures.
namespace sqrtn::report {
namespace {

std::string html_of(Table table, const std::string& caption) {
  table.title = caption;
  return html::table(table);
}

/// With the colour of each library's word on it.
Table coloured(Table table) {
  for (Row& row : table.rows) {
    for (Cell& cell : row) {
      if (std::ranges::find(claims::word_words, cell.text) != claims::word_words.end()) cell.mark = cell.text;
    }
  }
  return table;
}

std::string answer_of(const Libraries& report) {
  std::string text;
  for (const std::string& caveat : caveats(report)) text += fmt::format("<p>{}\n", html::escaped(caveat));
  std::string items;
  for (const auto& [setting, library, margin, faster] : fastest_libraries(report)) {
    items += fmt::format("<li>{}: <strong>{}</strong>{}{}", html::escaped(setting),
                         library.empty() ? "none" : html::escaped(library),
                         margin.empty() ? "" : ", " + html::escaped(margin),
                         faster.empty() ? "" : fmt::format(" ({})", html::escaped(faster)));
  }
  if (!items.empty()) text += "<p>Fastest right library at\n<ul class=answer>" + items + "</ul>\n";
  text += "<div class=answer>\n" + html_of(coloured(answer_table(report)), "Every BLAS of this machine") + "</div>\n";
  return text +
         "<p>The numbers are speeds as multiples of the fastest library's, 1.00 is the fastest everywhere; f32 × 2 is "
         "in single precision on two threads. <em>Differs</em>: right for finite data, not for NaN, Inf, α = 0 or "
         "underflow. <em>Unsafe</em>: touches what is not its own. <em>Wrong</em>: wrong for finite data; in 3 of 70: "
         "of the "
         "routines that were judged.\n";
}

/// Every claim that shows it, each with the command that does so again.
std::string examples_of(const Libraries& report, const SharedFinding& finding) {
  const Library& first = report.backends[finding.libraries.front()];
  std::string items;
  for (const claims::Result* result : finding.failures) {
    items += fmt::format("<li>{}: {}<br>{}", html::code(result->claim.id), html::escaped(result->outcome.reason),
                         html::code(reproduction(report, first, result->claim.id)));
  }
  return items.empty() ? "" : "<ul>" + items + "</ul>\n";
}

std::string findings_of(const Libraries& report) {
  std::string text;
  for (const SharedFinding& finding : shared_findings(report)) {
    const std::string_view word = word_text(claims::word_of(finding.claim_class));
    text += html::folded(fmt::format("<span class={0}><strong>{0}</strong></span> {1}: {2}", word,
                                     html::escaped(names_text(report, finding)),
                                     html::escaped(symptom_text(finding.symptom, finding.failures))),
                         examples_of(report, finding), false);
  }
  for (const Library& library : report.backends) {
    if (!library.record && library.incidents.empty()) {
      text += fmt::format("<p>{} cannot be used: {}\n", html::escaped(library.name), html::escaped(library.refusal));
    }
  }
  return text;
}

std::string routines_of(const Libraries& report) {
  const std::string ranks = html_of(rank_table(report), "Speed as a multiple of the fastest (place)");
  const Table coverage = coverage_table(report), orders = orders_table(report);
  return ranks + html_of(coloured(backend_table(report)), "Versions and kernels") +
         (coverage.rows.empty() ? "" : html_of(coverage, "What claims judge, and what they do not")) +
         (orders.rows.empty()
              ? ""
              : html_of(orders, "The order of sums, " + orders.title + ": the same letter is the same bits"));
}

std::string accuracy_of(const Libraries& report) {
  std::string content;
  for (const char* dtype : {"f32", "f64"}) {
    content += html_of(accuracy_table(report, dtype), fmt::format("Accuracy of gemm, {}, not judged", dtype));
  }
  return content;
}

/// A line a library in a chart a product: each as a run of its own.
std::string speed_charts_of(const Libraries& report) {
  std::vector<Document> documents;
  std::vector<std::string> names;
  for (const Library& library : report.backends) {
    if (library.speeds.empty() || names.size() == chart_styles) continue;
    names.push_back(library.name);
    documents.emplace_back();
    for (const LibrarySpeed& speed : library.speeds) documents.back().measurements.push_back(speed.row);
  }
  std::vector<Run> runs;
  for (std::size_t i = 0; i < names.size(); ++i) runs.push_back({names[i], &documents[i], i});
  return charts_of(runs, "products");
}

std::string speeds_of(const Libraries& report) {
  std::string content = speed_charts_of(report), tables;
  for (const Table& table : speed_tables(report, false)) {
    tables += html_of(table, table.title + ": GFLOP/s of gemm, GB/s of gemv (per cent of the ceiling)");
  }
  for (const Table& table : speed_tables(report, true)) {
    tables += html_of(table, fmt::format("{}: times as fast as {}, paired by round, interval of 99 %", table.title,
                                         report.default_name));
  }
  return tables.empty() ? content : content + html::folded("All products, in numbers", tables, false);
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

std::vector<html::Section> libraries_parts(std::span<const Libraries> libraries, const std::vector<Run>& runs) {
  const auto section = [&](const char* id, const char* heading, auto content_of, bool folds) {
    std::string text;
    for (const Libraries& report : libraries) {
      const std::string content = content_of(report), machine = machine_of(report, runs);
      if (!content.empty() && !machine.empty()) text += fmt::format("<h3>{}</h3>\n", html::escaped(machine));
      text += content;
    }
    return html::Section{.id = id, .heading = heading, .content = std::move(text), .filter = folds, .folds = folds};
  };
  return {section("libraries", "Which BLAS", answer_of, false),
          section("library-findings", "What the libraries get wrong", findings_of, false),
          section("library-ranks", "Every BLAS by routine", routines_of, true),
          section("library-speeds", "Every BLAS by product", speeds_of, true),
          section("accuracy", "Accuracy of every BLAS", accuracy_of, true)};
}

}  // namespace sqrtn::report
