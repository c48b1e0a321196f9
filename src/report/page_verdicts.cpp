#include <algorithm>

#include "report/page_parts.hpp"
#include "sqrtn/report/format.hpp"
#include "sqrtn/report/summary.hpp"
#include "sqrtn/report/table.hpp"

/// The verdicts, what is wrong, and the machines.
namespace sqrtn::report {
namespace {

using html::Cell;
using html::escaped;

/// A sign beside the word, so that colour is not all that tells them apart.
std::string sign(std::string_view verdict) {
  if (verdict == "pass") return "✓";
  if (verdict == "fail") return "✗";
  return verdict == "inconclusive" ? "?" : "–";
}

std::string banner(const Run& run) {
  const std::string& verdict = run.document->verdict;
  const std::string line = verdict_line(*run.document);
  const std::string rest = line.substr(std::min(line.size(), verdict.size() + 2));
  return fmt::format("<div class=\"verdict {}\"><p><strong>{} {}</strong>{} <span>{}</span></div>\n", escaped(verdict),
                     sign(verdict), escaped(verdict), run.label.empty() ? "" : " " + escaped(run.label) + ":",
                     escaped(rest));
}

std::string finding(const Run& run, const claims::Result& result) {
  const auto& [claim, outcome] = result;
  const std::string word(claims::to_string(outcome.verdict));
  std::string text =
      fmt::format("<article class=\"finding {0}\">\n<h3>{1} {0}: {2}{3}</h3>\n<p>{4}\n<p>Law: {5} ({6})\n", word,
                  sign(word), html::code(claim.id), run.label.empty() ? "" : " – " + escaped(run.label),
                  escaped(outcome.reason), escaped(claim.statement), escaped(claim.source));
  if (outcome.observed || outcome.p_value) {
    text += fmt::format("<p>Observed {}, expected {}, interval {}, p-value {}, samples {}, effect {}.\n",
                        compact(outcome.observed), compact(outcome.expected), compact(outcome.confidence_interval),
                        compact(outcome.p_value, 2), count(outcome.n_samples), percent(claim.effect_size));
  }
  return text + fmt::format("<p>Again:\n<pre tabindex=0>{}</pre>\n</article>\n",
                            html::code(reproduction(claim, *run.document)));
}

std::string unranked(const Run& run) {
  std::string text;
  for (const Measurement& row : run.document->measurements) {
    if (row.rate || row.note.empty()) continue;
    text += fmt::format("<article class=finding>\n<h3>{}{}</h3>\n<p>{}\n</article>\n", html::code(row.id),
                        run.label.empty() ? "" : " – " + escaped(run.label), escaped(row.note));
  }
  return text;
}

}  // namespace

std::string verdict_part(const std::vector<Run>& runs) {
  std::string text;
  html::Grid grid{.caption = "Claims by verdict", .columns = {}, .rows = {}, .marks = {}};
  for (const Run& run : runs) {
    text += banner(run);
    const Table table = verdict_table(*run.document);
    grid.columns = columns_with_run(runs, 1, table.columns);
    for (const auto& row : table.rows) {
      grid.add(with_run(runs, run.label, 1, std::vector<Cell>(row.begin(), row.end())), row[2] != "0"   ? "fail"
                                                                                        : row[3] != "0" ? "inconclusive"
                                                                                                        : "");
    }
  }
  return html::section("verdict", "Verdict", text + html::table(grid));
}

std::string findings_part(const std::vector<Run>& runs) {
  std::string text;
  for (const claims::Verdict verdict : {claims::Verdict::fail, claims::Verdict::inconclusive}) {
    for (const Run& run : runs) {
      for (const claims::Result& result : run.document->claims) {
        if (result.outcome.verdict == verdict) text += finding(run, result);
      }
    }
  }
  for (const Run& run : runs) text += unranked(run);
  return html::section("findings", "What is wrong, and the command that shows it again", text);
}

std::string environment_part(const std::vector<Run>& runs) {
  html::Grid grid{.caption = "Machine, build and library", .columns = {"fact"}, .rows = {}, .marks = {}};
  for (const Run& run : runs) grid.columns.push_back(run.label.empty() ? "value" : run.label);
  const auto names = names_over(runs, [](const Document& document) {
    std::vector<std::string> all;
    for (auto& [name, value] : facts(document)) all.push_back(name);
    return all;
  });
  for (const std::string& name : names) {
    std::vector<Cell> row{Cell(name)};
    for (const Run& run : runs) {
      const auto all = facts(*run.document);
      const auto found = std::ranges::find(all, name, &Fact::name);
      row.emplace_back(found == all.end() ? "–" : found->value);
    }
    grid.add(std::move(row));
  }
  return html::section("environment", "Environment", "<div class=wide>\n" + html::table(grid) + "</div>\n");
}

}  // namespace sqrtn::report
