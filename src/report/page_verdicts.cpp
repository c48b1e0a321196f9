#include <algorithm>

#include "claims/area.hpp"
#include "report/page_parts.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "results/format.hpp"

/// The verdicts, what is wrong, and the machines.
namespace sqrtn::report {
namespace {

using html::escaped;

std::string banner(const Run& run) {
  return html::verdict_box(run.document->verdict, run.label, verdict_counts(*run.document));
}

std::string finding(const Run& run, const claims::Result& result) {
  const auto& [claim, outcome] = result;
  std::string text =
      fmt::format("<article class=\"finding {0}\">\n<h3>{1} {0}: {2}{3}</h3>\n<p>{4}\n<p>Law: {5} ({6})\n",
                  claims::to_string(outcome.verdict), html::sign(outcome.verdict), html::code(claim.id),
                  run.label.empty() ? "" : fmt::format(" – {}", escaped(run.label)), escaped(outcome.reason),
                  escaped(claim.statement), escaped(claim.source));
  if (const std::string figures = figures_text(result); !figures.empty()) text += fmt::format("<p>{}\n", figures);
  return text + fmt::format("<p>Again:\n<pre tabindex=0>{}</pre>\n</article>\n",
                            html::code(reproduction(claim, *run.document)));
}

std::string wrong_rows(const Run& run) {
  std::string text;
  for (const Measurement& row : run.document->measurements) {
    if (!is_finding(row)) continue;
    text += fmt::format("<article class=finding>\n<h3>{}{}</h3>\n<p>{}\n</article>\n", html::code(row.id),
                        run.label.empty() ? "" : fmt::format(" – {}", escaped(run.label)), escaped(row.note.text));
  }
  return text;
}

Table verdict_grid(const Document& document) {
  Table table = verdict_table(document);
  table.title = "Claims by verdict";
  for (Row& row : table.rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const bool of_findings = table.columns[column] == "fail" || table.columns[column] == "inconclusive";
      if (of_findings && row[column].text != "0") row[column].mark = table.columns[column];
    }
  }
  return table;
}

/// "58 pass", "57 pass, 1 fail": what the claims of a group found in one run.
std::string counts_of(const Document& document, const std::string& group) {
  std::string text;
  for (const auto verdict :
       {claims::Verdict::pass, claims::Verdict::fail, claims::Verdict::inconclusive, claims::Verdict::skipped}) {
    const auto n = std::ranges::count_if(document.claims, [&](const claims::Result& result) {
      return result.outcome.verdict == verdict && claims::area_of(result.claim.id) == group;
    });
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, claims::to_string(verdict));
  }
  return text.empty() ? "–" : text;
}

Table verdicts_side_by_side(const std::vector<Run>& runs) {
  Table grid{.title = "Claims by verdict", .columns = {"run"}, .rows = {}};
  const std::vector<std::string> groups = names_over(runs, claim_groups);
  grid.columns.insert(grid.columns.end(), groups.begin(), groups.end());
  if (groups.empty()) return grid;
  for (const Run& run : runs) {
    std::vector<Cell> row{Cell(run.label)};
    for (const std::string& group : groups) row.emplace_back(counts_of(*run.document, group));
    grid.add(std::move(row), run.document->verdict == claims::Verdict::fail ? "fail" : "");
  }
  return grid;
}

std::vector<std::string> fact_names(const Document& document) {
  std::vector<std::string> names;
  for (const Fact& fact : facts(document)) names.push_back(fact.name);
  return names;
}

std::string fact_of(const Document& document, const std::string& name) {
  const std::vector<Fact> all = facts(document);
  const auto found = std::ranges::find(all, name, &Fact::name);
  return found == all.end() ? "–" : found->value;
}

}  // namespace

html::Section verdict_part(const std::vector<Run>& runs) {
  std::string text;
  for (const Run& run : runs) text += banner(run);
  text += html::table(runs.size() == 1 ? verdict_grid(*runs.front().document) : verdicts_side_by_side(runs));
  return {.id = "verdict", .heading = "Verdict", .content = std::move(text)};
}

html::Section findings_part(const std::vector<Run>& runs) {
  std::string text;
  for (const Run& run : runs) {
    for (const claims::Result* result : findings_in_order(*run.document)) text += finding(run, *result);
  }
  for (const Run& run : runs) text += wrong_rows(run);
  return {
      .id = "findings", .heading = "What is wrong, and the command that shows it again", .content = std::move(text)};
}

html::Section environment_part(const std::vector<Run>& runs) {
  Table grid{
      .title = "Machine, build and library", .columns = columns_with_run(runs, 1, {"fact", "value"}), .rows = {}};
  for (const std::string& name : names_over(runs, fact_names)) {
    std::vector<std::pair<std::string, std::vector<std::string>>> values;  // each with the runs that have it
    for (const Run& run : runs) {
      const std::string value = fact_of(*run.document, name);
      auto found = std::ranges::find(values, value, &decltype(values)::value_type::first);
      if (found == values.end()) found = values.insert(found, {value, {}});
      found->second.push_back(run.label);
    }
    for (const auto& [value, labels] : values) {
      grid.add(with_run(runs, shared_label(labels, runs.size()), 1, {name, value}));
    }
  }
  if (grid.rows.empty()) return {};
  return {.id = "environment",
          .heading = "Environment",
          .content = "<div class=wide>\n" + html::table(grid) + "</div>\n",
          .filter = false,
          .folds = true};
}

}  // namespace sqrtn::report
