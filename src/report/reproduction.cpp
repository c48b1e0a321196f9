#include "report/reproduction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "report/records.hpp"
#include "report/summary.hpp"
#include "results/format.hpp"
#include "support/output.hpp"

namespace sqrtn::report {
namespace {

using experiment::Finding;

std::string notebook_of(const Finding& finding) { return finding.id.substr(0, finding.id.find('/')); }

std::vector<std::string> notebooks(const Document& document) {
  std::vector<std::string> names;
  for (const Finding& finding : document.reproduced) {
    if (names.empty() || names.back() != notebook_of(finding)) names.push_back(notebook_of(finding));
  }
  return names;
}

constexpr const char* how_to_read =
    "published is what the notebook printed, law the median that theory predicts, with the interval that holds 99 % "
    "of\n"
    "such numbers; p-value the chance of a number at least as far out, two-sided, of the published one and of ours.\n"
    "A published value is called improbable below 0.001; ours contradicts the law below 1e-9.\n";

std::string improbable(const Document& document) {
  std::string text;
  for (const Finding& finding : document.reproduced) {
    if (!finding.published_improbable() && !finding.contradicted()) continue;
    text += fmt::format("- {}: {}. {}: published {}, the law gives {} ({}), p-value {}; ours {}, p-value {}.{}\n",
                        markdown_code(finding.id), verdict(finding), markdown_text(finding.experiment),
                        finding.published.empty() ? "nothing" : markdown_text(finding.published),
                        markdown_text(finding.expected), markdown_text(finding.law), compact(finding.p_published, 2),
                        markdown_text(finding.value), compact(finding.p_value, 2),
                        finding.note.empty() ? "" : fmt::format("\n  {}", markdown_text(finding.note)));
  }
  return text;
}

std::string counts(const Document& document) {
  const auto n = [&](auto predicate) { return std::ranges::count_if(document.reproduced, predicate); };
  return fmt::format(
      "{}: {} numbers, {} agree with their law, {} published values are improbable, {} of ours contradict it",
      claims::to_string(document.verdict), document.reproduced.size(),
      n([](const Finding& f) { return !f.published_improbable() && !f.contradicted(); }),
      n([](const Finding& f) { return f.published_improbable(); }),
      n([](const Finding& f) { return f.contradicted(); }));
}

}  // namespace

Table reproduction_table(const Document& document, const std::string& notebook) {
  Table table{.title = "Notebook " + notebook,
              .columns = {"number", "experiment", "published", "law", "99 % interval", "p-value", "ours", "our p-value",
                          "verdict"},
              .rows = {}};
  for (const Finding& finding : document.reproduced) {
    if (notebook_of(finding) != notebook) continue;
    const bool open = finding.published.empty();
    table.rows.push_back(
        {finding.id.substr(notebook.size() + 1), finding.experiment, open ? "–" : finding.published, finding.expected,
         std::isfinite(finding.interval.low) ? compact(std::optional(finding.interval), 4) : "–",
         open ? "–" : compact(finding.p_published, 2), finding.value, compact(finding.p_value, 2), verdict(finding)});
  }
  return table;
}

std::string reproduction_text(const Document& document) {
  std::string text;
  for (const std::string& notebook : notebooks(document)) {
    text += to_markdown(reproduction_table(document, notebook)) + '\n';
  }
  return text + improbable(document) + counts(document) + '\n';
}

void write_reproduction(const Document& document, const std::string& folder) {
  const std::filesystem::path path(folder);
  std::filesystem::create_directories(path);
  std::string page =
      fmt::format("# The notebooks, reproduced\n\n{}\n**{}**\n\n", provenance(document), counts(document));
  if (const std::string text = improbable(document); !text.empty()) page += "## Improbable\n\n" + text + '\n';
  for (const std::string& notebook : notebooks(document)) {
    page += to_markdown(reproduction_table(document, notebook)) + '\n';
  }
  write_file(path / "reproduced.md", page + "## How to read the columns\n\n" + how_to_read);
  write_file(path / "reproduced.csv", to_csv(reproduction_records(document)));
  write_file(path / "reproduced.json", to_text(to_json(document)));
}

}  // namespace sqrtn::report
