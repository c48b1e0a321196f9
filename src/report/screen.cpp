#include "report/screen.hpp"

#include <fmt/format.h>

#include "report/summary.hpp"
#include "report/table.hpp"

namespace sqrtn::report {

std::string claims_list(const std::vector<claims::Claim>& claims) {
  Table table{.title = "", .columns = {"claim", "law", "source"}, .rows = {}};
  for (const claims::Claim& claim : claims) table.rows.push_back({claim.id, claim.statement, claim.source});
  return to_screen(table);
}

std::string claims_text(const results::Document& document) {
  std::string text;
  for (const std::string& group : claim_groups(document)) {
    text += to_screen(claim_table(document, group)) + '\n';
  }
  if (!document.properties.empty()) text += to_screen(property_table(document)) + '\n';
  return text + findings(document) + not_judged_text(document) + verdict_line(document) + '\n';
}

std::string run_text(const results::Document& document, const results::Libraries& comparison,
                     const std::string& folder) {
  const results::Document own = own_part(document);
  std::string text = fmt::format("{}, {} threads\n\n{}\n", document.environment.cpu_model,
                                 document.environment.available_processors, answer_text(comparison, to_screen));
  if (!own.claims.empty()) text += fmt::format("sqrtn itself: {}\n\n", verdict_line(own));
  if (const std::string found = library_findings(comparison); !found.empty()) text += found + '\n';
  if (const std::string found = findings(own); !found.empty()) text += found + '\n';
  text += to_screen(verdict_table(document)) + '\n';
  for (const std::string& group : measurement_groups(document)) {
    text += to_screen(measurement_table(document, group)) + '\n';
  }
  return text +
         fmt::format(
             "Everything is in {}: report.html, report.md, backends.md, claims.csv, measurements.csv, backends.csv, "
             "results.json, backends.json\n",
             folder);
}

}  // namespace sqrtn::report
