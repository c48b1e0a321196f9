#include "report/screen.hpp"

#include <fmt/format.h>

#include "report/summary.hpp"
#include "report/table.hpp"

namespace sqrtn::report {

std::string claims_list(const std::vector<claims::Claim>& claims) {
  Table table{.title = "", .columns = {"claim", "law", "source"}, .rows = {}};
  for (const claims::Claim& claim : claims) table.rows.push_back({claim.id, claim.statement, claim.source});
  return to_markdown(table);
}

std::string claims_text(const results::Document& document) {
  std::string text;
  for (const std::string& group : claim_groups(document)) {
    text += to_markdown(claim_table(document, group)) + '\n';
  }
  if (!document.properties.empty()) text += to_markdown(property_table(document)) + '\n';
  return text + findings(document) + verdict_line(document) + '\n';
}

std::string run_text(const results::Document& document, const results::Libraries& comparison,
                     const std::string& folder) {
  std::string text =
      fmt::format("verdict {}\n{} on {}, {} threads\n\n", verdict_line(document), document.blas->identity.file_name,
                  document.environment.cpu_model, document.environment.available_processors);
  text += to_markdown(backend_table(comparison)) + '\n';
  if (const std::string found = findings(document); !found.empty()) text += found + '\n';
  if (const std::string found = backend_defects(comparison); !found.empty()) text += found + '\n';
  text += to_markdown(verdict_table(document)) + '\n';
  for (const std::string& group : measurement_groups(document)) {
    text += to_markdown(measurement_table(document, group)) + '\n';
  }
  return text +
         fmt::format(
             "Everything is in {}: report.html, report.md, backends.md, claims.csv, measurements.csv, backends.csv, "
             "results.json, backends.json\n",
             folder);
}

}  // namespace sqrtn::report
