#include <algorithm>
#include <cmath>
#include <map>

#include "claims/area.hpp"
#include "report/page_parts.hpp"
#include "report/table.hpp"
#include "results/format.hpp"

/// The claims, each with its interval about the law, and the notebooks' numbers.
namespace sqrtn::report {
namespace {

using html::escaped;

/// −100 … 100 for a relative deviation of −100 % … 100 %: linear within a tenth of a per mille,
/// logarithmic beyond, so that intervals of 0.1 % and of 30 % are seen in one picture.
double position(double deviation) {
  constexpr double linear = 0.0005;
  return std::clamp(100 * std::asinh(deviation / linear) / std::asinh(1 / linear), -100.0, 100.0);
}

/// A bar from low to high and a diamond at the point, in a picture of 200 units.
std::string bar_and_point(double low, double high, double point, const std::string& more = {}) {
  return fmt::format(
      "<svg class=f viewBox=\"-100 -8 200 16\" aria-hidden=true><path d=\"M{:.0f} 0H{:.0f}\"/><path "
      "d=\"M{:.1f}-5l3 5-3 5-3-5z\"/>{}</svg>",
      std::floor(low), std::ceil(high), point, more);
}

/// Observed over expected, or observed itself where the law's value is 0, with its interval.
Cell forest_cell(const claims::Outcome& outcome) {
  Cell cell;
  if (!outcome.observed || !outcome.expected || !outcome.confidence_interval) return cell;
  const double expected = *outcome.expected, scale = expected == 0 ? 1 : std::fabs(expected);
  const auto deviation = [=](double x) { return (x - expected) / scale; };
  const statistics::Interval& interval = *outcome.confidence_interval;
  const double at = deviation(*outcome.observed);
  if (!std::isfinite(at) || !std::isfinite(interval.low) || !std::isfinite(interval.high)) return cell;
  cell.value = fmt::format("{:.3g}", at);
  cell.graphic = bar_and_point(position(deviation(interval.low)), position(deviation(interval.high)), position(at));
  return cell;
}

constexpr std::size_t time_column = 9;

std::vector<Cell> claim_cells(const claims::Result& result) {
  const auto& [claim, outcome] = result;
  std::string verdict(claims::to_string(outcome.verdict));
  if (outcome.verdict == claims::Verdict::skipped) verdict += ": " + outcome.reason;
  Cell samples(count(outcome.n_samples)), time(duration(outcome.time_s, 3));
  if (outcome.n_samples) samples.value = fmt::to_string(*outcome.n_samples);
  if (outcome.time_s) time.value = fmt::format("{}", *outcome.time_s);
  return {claim.id,
          verdict,
          forest_cell(outcome),
          compact(outcome.observed, 5),
          compact(outcome.expected, 5),
          compact(outcome.confidence_interval, 5),
          compact(outcome.p_value, 2),
          samples,
          percent(claim.effect_size),
          time};
}

/// Rows that several runs share are shown once: what does not depend on the library is the same in all.
struct SharedRow {
  std::vector<Cell> cells;
  claims::Verdict verdict;
  std::size_t claim = 0;  ///< place of its id
  std::vector<std::string> labels;
};

std::vector<SharedRow> shared_rows(const std::vector<Run>& runs, const std::string& group) {
  std::vector<SharedRow> rows;
  std::map<std::string, std::size_t> place_of_id, row_of_content;
  for (const Run& run : runs) {
    for (const claims::Result& result : run.document->claims) {
      if (claims::area_of(result.claim.id) != group) continue;
      const std::size_t place = place_of_id.emplace(result.claim.id, place_of_id.size()).first->second;
      std::vector<Cell> cells = claim_cells(result);
      if (runs.size() > 1) cells.erase(cells.begin() + time_column);
      std::string content;
      for (const Cell& cell : cells) content += cell.text + '\n' + cell.value + '\n' + cell.graphic + '\n';
      const auto [found, is_new] = row_of_content.emplace(content, rows.size());
      if (is_new) rows.push_back({std::move(cells), result.outcome.verdict, place, {}});
      rows[found->second].labels.push_back(run.label);
    }
  }
  std::ranges::stable_sort(rows, {}, &SharedRow::claim);
  return rows;
}

std::string summary_of(const std::vector<SharedRow>& rows, const std::string& group) {
  const auto n = [&](claims::Verdict verdict) { return std::ranges::count(rows, verdict, &SharedRow::verdict); };
  std::string text = fmt::format("<strong>{}</strong>: {} rows", escaped(group), rows.size());
  for (const auto verdict : {claims::Verdict::fail, claims::Verdict::inconclusive, claims::Verdict::skipped}) {
    if (n(verdict) > 0) text += fmt::format(", {} {}", n(verdict), claims::to_string(verdict));
  }
  return text;
}

std::string laws_of(const std::vector<Run>& runs, const std::string& group) {
  for (const Run& run : runs) {
    const Table laws = law_table(*run.document, group);
    if (laws.rows.empty()) continue;
    Table grid{.title = "The laws of " + group, .columns = laws.columns, .rows = {}};
    for (const auto& row : laws.rows) grid.add(std::vector<Cell>(row.begin(), row.end()));
    return "<div class=wide>\n" + html::table(grid) + "</div>\n";
  }
  return {};
}

constexpr const char* forest_key =
    "<p>The picture in each row is observed over expected with its interval. The line in the middle is the law, those "
    "beside it are ±0.1 %, ±1 % and ±10 %; the ends are ±100 %. Where the law's value is 0 it is the difference "
    "itself. "
    "A bar that leaves the line out contradicts the law.\n";

/// Where `x` stands in a picture whose bar, the law's interval, reaches from −50 to 50.
double within(const statistics::Interval& interval, double x) {
  const double half = (interval.high - interval.low) / 2, middle = interval.low + half;
  if (half <= 0) return x == middle ? 0 : x < middle ? -100 : 100;
  return std::clamp(50 * (x - middle) / half, -100.0, 100.0);
}

/// The law's interval, ours as a diamond and the published number as a ring.
Cell number_cell(const experiment::Finding& finding) {
  Cell cell;
  char* end = nullptr;
  const double ours = std::strtod(finding.value.c_str(), &end);
  if (!std::isfinite(finding.interval.low) || !std::isfinite(finding.interval.high) || *end != '\0' ||
      !std::isfinite(ours)) {
    return cell;
  }
  std::string ring;
  const double published = std::strtod(finding.published.c_str(), &end);
  if (!finding.published.empty() && *end == '\0' && std::isfinite(published)) {
    ring = fmt::format("<circle r=5 cx={:.1f} />", within(finding.interval, published));
  }
  cell.graphic = bar_and_point(-50, 50, within(finding.interval, ours), ring);
  return cell;
}

}  // namespace

html::Section claims_part(const std::vector<Run>& runs) {
  std::string text;
  for (const std::string& group : names_over(runs, claim_groups)) {
    std::vector<SharedRow> rows = shared_rows(runs, group);
    std::vector<std::string> columns{"claim",    "verdict", "deviation", "observed", "expected",
                                     "interval", "p-value", "samples",   "effect"};
    if (runs.size() == 1) columns.emplace_back("time");
    Table grid{.title = "Claims: " + group, .columns = columns_with_run(runs, 2, columns), .rows = {}};
    for (SharedRow& row : rows) {
      const std::string mark = row.verdict == claims::Verdict::pass ? "" : std::string(claims::to_string(row.verdict));
      row.cells[1].mark = mark;
      grid.add(with_run(runs, shared_label(row.labels, runs.size()), 2, row.cells), mark);
    }
    const bool wrong = std::ranges::any_of(rows, [](const SharedRow& row) {
      return row.verdict == claims::Verdict::fail || row.verdict == claims::Verdict::inconclusive;
    });
    text += html::folded(summary_of(rows, group), html::table(grid) + laws_of(runs, group), wrong);
  }
  if (!text.empty()) text = forest_key + text;
  return {.id = "claims", .heading = "Claims", .content = std::move(text), .filter = true, .folds = true};
}

html::Section notebooks_part(const std::vector<Run>& runs) {
  Table grid{.title = "Printed numbers beside their laws",
             .columns = {"number", "verdict", "within it", "published", "ours", "law", "99 % interval", "p published",
                         "p ours", "experiment"},
             .rows = {}};
  for (const Run& run : runs) {
    for (const experiment::Finding& finding : run.document->reproduced) {
      grid.add({finding.id, verdict(finding), number_cell(finding), finding.published, finding.value, finding.expected,
                compact(finding.interval, 4), finding.published.empty() ? "–" : compact(finding.p_published, 2),
                compact(finding.p_value, 2), finding.experiment},
               finding.contradicted()           ? "fail"
               : finding.published_improbable() ? "inconclusive"
                                                : "");
    }
  }
  if (grid.rows.empty()) return {};
  const char* how =
      "<p>The bar is the interval that holds 99 % of such numbers by the law, the diamond is our value and the ring "
      "the "
      "published one.\n";
  return {.id = "notebooks",
          .heading = "The notebooks' numbers",
          .content = how + html::table(grid),
          .filter = true,
          .folds = true};
}

}  // namespace sqrtn::report
