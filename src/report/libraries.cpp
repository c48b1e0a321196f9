#include "report/libraries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/library_speeds.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using claims::Verdict;

std::size_t count_of(const Library& backend, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count_if(
      backend.claims, [verdict](const claims::Result& result) { return result.outcome.verdict == verdict; }));
}

std::string speeds_text(const Libraries& report) {
  std::string text;
  for (const Table& table : speed_tables(report, false)) text += '\n' + to_markdown(table);
  if (report.default_name.empty()) return text;
  text += fmt::format(
      "\n## Speed relative to {}\n\nMedian of the ratios in the same round, with its interval of 99 %; above 1 is "
      "faster. An interval that holds 1 is no difference resolved.\n",
      markdown_text(report.default_name));
  for (const Table& table : speed_tables(report, true)) text += '\n' + to_markdown(table);
  return text;
}

}  // namespace

std::string verdict_line(const Libraries& report) {
  std::map<std::string, std::size_t> counts;
  for (const Library& backend : report.backends)
    ++counts[backend.record ? std::string(verdict_word(verdict_of(backend))) : "cannot be used"];
  std::string text = fmt::format("{} libraries", report.backends.size());
  for (const auto& [word, n] : counts) text += fmt::format(", {} {}", n, word == "–" ? "not judged" : word);
  return text;
}

Table backend_table(const Libraries& report) {
  Table table{.title = "",
              .columns = {"backend", "verdict", "claims", "failed", "version", "kernel", "first call", "slow rounds"},
              .rows = {}};
  const SpeedIndex speeds(report);
  for (const std::string& setting : speeds.settings()) table.columns.push_back("of best, " + setting);
  for (std::size_t i = 0; i < report.backends.size(); ++i) {
    const Library& backend = report.backends[i];
    if (!backend.record) continue;
    const blas::Identity& identity = backend.record->identity;
    std::vector<std::string> row{backend.name,
                                 std::string(verdict_word(verdict_of(backend))),
                                 fmt::to_string(backend.claims.size()),
                                 fmt::to_string(count_of(backend, Verdict::fail)),
                                 short_version(identity),
                                 identity.kernel,
                                 duration(backend.first_call_s, 3),
                                 fmt::to_string(backend.slow_rounds)};
    for (std::size_t setting = 0; setting < speeds.settings().size(); ++setting) {
      row.push_back(speeds.relative_to_best(i, setting));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<Table> speed_tables(const Libraries& report, bool ratios) {
  std::vector<Table> tables;
  const SpeedIndex speeds(report);
  for (std::size_t setting = 0; setting < speeds.settings().size(); ++setting) {
    Table table = speeds.table(setting, ratios);
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

std::string reproduction(const Libraries& report, const Library& backend, const std::string& claim) {
  return shell_line({"./sqrtn", "verify", "--blas", backend.blas, "--seed", fmt::to_string(report.seed), "--filter",
                     exact_filter(claim)});
}

std::string backend_defects(const Libraries& report) {
  std::string text;
  for (const Library& backend : report.backends) {
    std::string lines;
    for (const Incident& incident : backend.incidents) lines += fmt::format("- {}\n", markdown_text(incident.text));
    for (const Verdict verdict : {Verdict::fail, Verdict::inconclusive}) {
      for (const auto& [claim, outcome] : backend.claims) {
        if (outcome.verdict != verdict) continue;
        lines += fmt::format("- {} {}: {}\n  Again: {}\n", claims::to_string(verdict), markdown_code(claim.id),
                             markdown_text(outcome.reason), markdown_code(reproduction(report, backend, claim.id)));
      }
    }
    if (!backend.record) lines += fmt::format("- cannot be used: {}\n", markdown_text(backend.refusal));
    if (!lines.empty()) text += fmt::format("**{}**\n{}", markdown_text(backend.name), lines);
  }
  return text;
}

std::string to_markdown(const Libraries& report) {
  std::string text = fmt::format("# Every BLAS of this machine\n\n{}\n\n{}", markdown_text(report.provenance),
                                 to_markdown(backend_table(report)));
  text +=
      "\nOf best: geometric mean of the speed relative to the fastest library of each product, over the products that\n"
      "all were timed at; 1.00 would be the fastest everywhere. A library that failed is shown, but not ranked.\n";
  if (const std::string defects = backend_defects(report); !defects.empty()) text += "\n## Defects\n\n" + defects;
  if (const std::string accuracy = accuracy_text(report); !accuracy.empty()) text += '\n' + accuracy;
  if (const std::string speeds = speeds_text(report); !speeds.empty()) {
    text +=
        "\n## Speed\n\nGFLOP/s of gemm, GB/s of gemv, from the median over interleaved rounds; in brackets per cent "
        "of the ceiling that the machine reached in the same run.\n" +
        speeds;
  }
  return text;
}

}  // namespace sqrtn::report
