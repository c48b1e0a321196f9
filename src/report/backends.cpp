#include "sqrtn/report/backends.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "sqrtn/report/format.hpp"
#include "sqrtn/support/output.hpp"

namespace sqrtn::report {
namespace {

using claims::Verdict;

/// "f32, 1 thread": the tables of speed.
std::string setting_of(const Measurement& row) {
  return fmt::format("{}, {} thread{}", row.dtype, row.threads, row.threads == 1 ? "" : "s");
}

/// The product without type and threads: "gemm 64x64x64".
std::string product_of(const Measurement& row) { return row.subject + ' ' + row.shape; }

bool is_ranked(const BackendEntry& backend) { return verdict_of(backend) == "pass" && !backend.speeds.empty(); }

bool has_rate(const BackendSpeed& speed) { return speed.row.rate.has_value() && *speed.row.rate > 0; }

template <class Key>
std::vector<std::string> keys(const BackendReport& report, Key key) {
  std::vector<std::string> names;
  for (const BackendEntry& backend : report.backends) {
    for (const BackendSpeed& speed : backend.speeds) {
      if (std::ranges::find(names, key(speed.row)) == names.end()) names.push_back(key(speed.row));
    }
  }
  return names;
}

const BackendSpeed* find(const BackendEntry& backend, const std::string& setting, const std::string& product) {
  for (const BackendSpeed& speed : backend.speeds) {
    if (setting_of(speed.row) == setting && product_of(speed.row) == product) return &speed;
  }
  return nullptr;
}

/// The best rate of each product of one setting, of those that every ranked library was timed at there.
std::map<std::string, double> best_rates(const BackendReport& report, const std::string& setting) {
  std::map<std::string, double> best;
  for (const std::string& product : keys(report, product_of)) {
    double highest = 0;
    bool everyone = true;
    for (const BackendEntry& backend : report.backends) {
      const bool offers = std::ranges::any_of(
          backend.speeds, [&setting](const BackendSpeed& speed) { return setting_of(speed.row) == setting; });
      if (!is_ranked(backend) || !offers) continue;
      const BackendSpeed* speed = find(backend, setting, product);
      everyone = everyone && speed != nullptr && has_rate(*speed);
      if (everyone) highest = std::max(highest, *speed->row.rate);
    }
    if (everyone && highest > 0) best[product] = highest;
  }
  return best;
}

std::string relative_to_best(const BackendEntry& backend, const std::string& setting,
                             const std::map<std::string, double>& best) {
  double sum = 0;
  int n = 0;
  for (const auto& [product, rate] : best) {
    const BackendSpeed* speed = find(backend, setting, product);
    if (speed == nullptr || !has_rate(*speed)) return "–";
    sum += std::log(*speed->row.rate / rate);
    ++n;
  }
  return n > 0 && is_ranked(backend) ? fmt::format("{:.2f}", std::exp(sum / n)) : "–";
}

std::size_t count_of(const BackendEntry& backend, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count_if(
      backend.claims, [verdict](const claims::Result& result) { return result.outcome.verdict == verdict; }));
}

/// Rates with their share of the ceiling, or ratios to the default.
Table speed_table(const BackendReport& report, const std::string& setting, bool ratios) {
  Table table{.title = setting, .columns = {"product"}, .rows = {}};
  for (const BackendEntry& backend : report.backends) {
    const bool failed = verdict_of(backend) == "fail";
    if (!backend.speeds.empty()) table.columns.push_back(backend.name + (failed ? " (failed)" : ""));
  }
  for (const std::string& product : keys(report, product_of)) {
    std::vector<std::string> cells{product};
    for (const BackendEntry& backend : report.backends) {
      if (backend.speeds.empty()) continue;
      const BackendSpeed* speed = find(backend, setting, product);
      std::string cell = "–";
      if (speed != nullptr && ratios && speed->ratio) {
        cell = significant(speed->ratio, 3) + (speed->ratio_interval ? ' ' + compact(speed->ratio_interval, 3) : "");
      } else if (speed != nullptr && !ratios && has_rate(*speed)) {
        cell = significant(speed->row.rate, 3);
        if (speed->row.percent_of_ceiling) cell += fmt::format(" ({:.0f} %)", *speed->row.percent_of_ceiling);
        if (!speed->row.note.empty()) cell += ", " + speed->row.note;
      } else if (speed != nullptr && !ratios && !speed->row.note.empty()) {
        cell = speed->row.note;
      }
      cells.push_back(cell);
    }
    const bool empty = std::all_of(cells.begin() + 1, cells.end(), [](const std::string& cell) { return cell == "–"; });
    if (!empty) table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string speeds_text(const BackendReport& report) {
  std::string text;
  for (const Table& table : speed_tables(report, false)) text += '\n' + to_markdown(table);
  if (report.default_name.empty()) return text;
  text += fmt::format(
      "\n## Speed relative to {}\n\nMedian of the ratios in the same round, with its interval of 99 %; above 1 is "
      "faster. An interval that holds 1 is no difference resolved.\n",
      report.default_name);
  for (const Table& table : speed_tables(report, true)) text += '\n' + to_markdown(table);
  return text;
}

}  // namespace

std::string short_version(const blas::Identity& identity) {
  return identity.version.substr(0, identity.version.find(' ', identity.version.find(' ') + 1));
}

std::string verdict_of(const BackendEntry& backend) {
  if (!backend.record) return "–";
  const Verdict verdict = claims::overall(backend.claims);
  if (verdict != Verdict::fail && !backend.incidents.empty()) return "fail";
  return verdict == Verdict::skipped ? "–" : std::string(claims::to_string(verdict));
}

Table backend_table(const BackendReport& report) {
  Table table{.title = "",
              .columns = {"backend", "verdict", "claims", "failed", "version", "kernel", "first call", "slow rounds"},
              .rows = {}};
  const std::vector<std::string> settings = keys(report, setting_of);
  for (const std::string& setting : settings) table.columns.push_back("of best, " + setting);
  for (const BackendEntry& backend : report.backends) {
    if (!backend.record) continue;
    const blas::Identity& identity = backend.record->identity;
    std::vector<std::string> row{backend.name,
                                 verdict_of(backend),
                                 fmt::to_string(backend.claims.size()),
                                 fmt::to_string(count_of(backend, Verdict::fail)),
                                 short_version(identity),
                                 identity.kernel,
                                 duration(backend.first_call_s, 3),
                                 fmt::to_string(backend.slow_rounds)};
    for (const std::string& setting : settings) {
      row.push_back(relative_to_best(backend, setting, best_rates(report, setting)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<Table> speed_tables(const BackendReport& report, bool ratios) {
  std::vector<Table> tables;
  for (const std::string& setting : keys(report, setting_of)) {
    Table table = speed_table(report, setting, ratios);
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

std::string reproduction(const BackendReport& report, const BackendEntry& backend, const std::string& claim) {
  return shell_line({"./sqrtn", "verify", "--blas", backend.blas, "--seed", fmt::to_string(report.seed), "--filter",
                     exact_filter(claim)});
}

std::string backend_defects(const BackendReport& report) {
  std::string text;
  for (const BackendEntry& backend : report.backends) {
    std::string lines;
    for (const std::string& incident : backend.incidents) lines += fmt::format("- {}\n", incident);
    for (const Verdict verdict : {Verdict::fail, Verdict::inconclusive}) {
      for (const auto& [claim, outcome] : backend.claims) {
        if (outcome.verdict != verdict) continue;
        lines += fmt::format("- {} `{}`: {}\n  Again: `{}`\n", claims::to_string(verdict), claim.id, outcome.reason,
                             reproduction(report, backend, claim.id));
      }
    }
    if (!backend.record) lines += fmt::format("- cannot be used: {}\n", backend.refusal);
    if (!lines.empty()) text += fmt::format("**{}**\n{}", backend.name, lines);
  }
  return text;
}

std::string to_markdown(const BackendReport& report) {
  std::string text =
      fmt::format("# Every BLAS of this machine\n\n{}\n\n{}", report.provenance, to_markdown(backend_table(report)));
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

void write_backends(const BackendReport& report, const std::string& folder) {
  const std::filesystem::path path(folder);
  std::filesystem::create_directories(path);
  write_file(path / "backends.json", to_text(to_json(report)));
  write_file(path / "backends.md", to_markdown(report));
  write_file(path / "backends.csv", to_csv(backend_records(report)));
}

}  // namespace sqrtn::report
