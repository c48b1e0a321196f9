#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "claims/area.hpp"
#include "report/table.hpp"
#include "results/format.hpp"
#include "results/peers.hpp"

namespace sqrtn::report {
namespace {

template <class Name>
std::vector<std::string> in_order_of_appearance(const auto& records, Name name) {
  std::vector<std::string> names;
  for (const auto& record : records) {
    if (std::ranges::find(names, name(record)) == names.end()) names.push_back(name(record));
  }
  return names;
}

Row claim_row(const claims::Result& result) {
  const claims::Outcome& outcome = result.outcome;
  return {result.claim.id,
          std::string(claims::to_string(outcome.verdict)),
          compact(outcome.observed, 5),
          compact(outcome.expected, 5),
          compact(outcome.confidence_interval, 5),
          compact(outcome.p_value, 2),
          count(outcome.n_samples),
          percent(result.claim.effect_size),
          duration(outcome.time_s, 3)};
}

Row measurement_row(const Measurement& row) {
  return {row.subject,
          row.shape,
          row.dtype,
          fmt::to_string(row.threads),
          duration(row.median_s),
          duration(row.confidence_interval_s),
          duration(row.min_s),
          fmt::to_string(row.rounds),
          row.rate ? rate_text(row) : "–",
          row.percent_of_ceiling ? fmt::format("{:.1f}", *row.percent_of_ceiling) : "–",
          row.note.text};
}

}  // namespace

std::string rate_text(const Measurement& row) {
  const std::string text = fmt::format("{} {}", significant(row.rate), row.rate_unit);
  if (row.group != "init" || row.rate_unit != "Gsamples/s") return text;
  const int bytes = row.dtype == "f64" ? 8 : row.dtype == "f32" ? 4 : 2;
  return fmt::format("{}, {} GB/s", text, significant(row.rate.value_or(0) * bytes, 3));
}

std::vector<std::string> claim_groups(const Document& document) {
  return in_order_of_appearance(document.claims, [](const claims::Result& r) { return claims::area_of(r.claim.id); });
}

std::vector<std::string> measurement_groups(const Document& document) {
  return in_order_of_appearance(document.measurements, [](const Measurement& row) { return row.group; });
}

Table claim_table(const Document& document, const std::string& group) {
  Table table{
      .title = "Claims: " + group,
      .columns = {"claim", "verdict", "observed", "expected", "interval", "p-value", "samples", "effect", "time"},
      .rows = {}};
  for (const claims::Result& result : document.claims) {
    if (claims::area_of(result.claim.id) == group) table.rows.push_back(claim_row(result));
  }
  return table;
}

Table property_table(const Document& document) {
  Table table{.title = "Properties, not judged", .columns = {"property", "what", "value", "interval"}, .rows = {}};
  for (const claims::Property& property : document.properties) {
    table.rows.push_back({property.id, property.statement, property.value, compact(property.confidence_interval, 3)});
  }
  return table;
}

Table measurement_table(const Document& document, const std::string& group) {
  Table table{.title = "Speed: " + group,
              .columns = {"subject", "shape", "type", "threads", "median", "99 % interval", "min", "rounds", "rate",
                          "% of ceiling", "note", "× best peer", "interval", "best peer"},
              .rows = {}};
  for (const Measurement& row : document.measurements) {
    if (row.group != group) continue;
    table.rows.push_back(measurement_row(row));
    const std::optional<PeerRatio> peer = ratio_to_best_peer(document, row);
    Row& cells = table.rows.back();
    cells.push_back(peer ? significant(peer->ratio, 3) : "");
    cells.push_back(peer ? compact(peer->interval, 3) : "");
    cells.push_back(peer ? peer->peer : "");
  }
  constexpr std::size_t note_column = 10;
  drop_empty_columns(table, note_column);
  return table;
}

Table verdict_table(const Document& document) {
  Table table{.title = "", .columns = {"claims", "pass", "fail", "inconclusive", "skipped", "time"}, .rows = {}};
  for (const std::string& group : claim_groups(document)) {
    std::array<int, 4> counts{};
    double time_s = 0;
    for (const claims::Result& result : document.claims) {
      if (claims::area_of(result.claim.id) != group) continue;
      ++counts.at(static_cast<std::size_t>(result.outcome.verdict));
      time_s += result.outcome.time_s.value_or(0);
    }
    Row row{group};
    for (const int n : counts) row.push_back(fmt::to_string(n));
    row.push_back(duration(time_s, 3));
    table.rows.push_back(row);
  }
  return table;
}

Table law_table(const Document& document, const std::string& group) {
  struct Law {
    const claims::Claim* claim;
    int claims;
  };
  std::vector<Law> laws;
  for (const claims::Result& result : document.claims) {
    const claims::Claim& claim = result.claim;
    if (claims::area_of(claim.id) != group) continue;
    const auto same = [&claim](const Law& law) {
      return law.claim->statement == claim.statement && law.claim->source == claim.source;
    };
    const auto found = std::ranges::find_if(laws, same);
    if (found == laws.end()) {
      laws.push_back({&claim, 1});
    } else {
      ++found->claims;
    }
  }
  Table table{.title = "", .columns = {"law", "source", "claims"}, .rows = {}};
  for (const auto& [claim, n] : laws) table.rows.push_back({claim->statement, claim->source, fmt::to_string(n)});
  return table;
}

}  // namespace sqrtn::report
