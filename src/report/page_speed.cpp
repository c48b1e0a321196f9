#include <algorithm>
#include <cmath>
#include <map>

#include "report/page_charts.hpp"
#include "report/page_parts.hpp"
#include "report/table.hpp"
#include "results/format.hpp"
#include "results/libraries.hpp"

/// The libraries, and what was measured.
namespace sqrtn::report {
namespace {

/// A bar of the share of the ceiling beside the number.
Cell share_cell(const std::optional<double>& percent) {
  if (!percent || !std::isfinite(*percent)) return {"–"};
  Cell cell(fmt::format("{:.1f}", *percent), *percent);
  cell.graphic = fmt::format("<span class=share style=\"--p:{:.0f}%\"></span>", std::clamp(*percent, 0.0, 100.0));
  return cell;
}

Cell time_cell(double seconds) { return std::isfinite(seconds) ? Cell(duration(seconds), seconds) : Cell("–"); }

Cell interval_cell(const std::optional<statistics::Interval>& interval) {
  Cell cell(duration(interval));
  if (interval && std::isfinite(interval->low)) cell.value = fmt::format("{}", interval->low);
  return cell;
}

Cell rate_cell(const Measurement& row) {
  if (!row.rate || !std::isfinite(*row.rate)) return {"–"};
  return {rate_text(row), *row.rate};
}

std::string name_of_group(const std::string& group) {
  if (group == "init") return "Initialisers and generators";
  if (group == "products") return "Products";
  if (group == "monte_carlo") return "Monte Carlo";
  return group == "ceilings" ? "Ceilings of the machine" : group;
}

/// A section's id: letters, digits and hyphens only, whatever the group is called.
std::string id_of_group(const std::string& group) {
  std::string id = "speed-";
  for (const char c : group) id += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
  return id;
}

struct GroupRow {
  const Run* run;
  const Measurement* measurement;
  std::size_t place;  ///< of its id
};

/// The rows of a group, those of one id from all runs together.
std::vector<GroupRow> rows_of(const std::vector<Run>& runs, const std::string& group) {
  std::vector<GroupRow> rows;
  std::map<std::string, std::size_t> place_of_id;
  for (const Run& run : runs) {
    for (const Measurement& row : run.document->measurements) {
      if (row.group != group) continue;
      rows.push_back({&run, &row, place_of_id.emplace(row.id, place_of_id.size()).first->second});
    }
  }
  std::ranges::stable_sort(rows, {}, &GroupRow::place);
  return rows;
}

std::vector<Cell> cells_of(const Measurement& row) {
  return {row.id,
          row.shape,
          time_cell(row.median_s),
          interval_cell(row.confidence_interval_s),
          time_cell(row.min_s),
          fmt::to_string(row.rounds),
          rate_cell(row),
          share_cell(row.percent_of_ceiling)};
}

Table measurement_grid(const std::vector<Run>& runs, const std::string& group) {
  const std::vector<GroupRow> rows = rows_of(runs, group);
  const bool noted = std::ranges::any_of(rows, [](const GroupRow& row) { return !row.measurement->note.empty(); });
  std::vector<std::string> columns{"measurement", "shape",  "median", "99 % interval",
                                   "min",         "rounds", "rate",   "% of ceiling"};
  if (noted) columns.emplace_back("note");
  Table grid{.title = "Speed: " + group, .columns = columns_with_run(runs, 1, columns), .rows = {}};
  for (const auto& [run, measurement, place] : rows) {
    std::vector<Cell> cells = cells_of(*measurement);
    if (noted) cells.emplace_back(measurement->note.text);
    grid.add(with_run(runs, run->label, 1, std::move(cells)),
             measurement->note.kind == NoteKind::wrong_answer ? "fail" : "");
  }
  return grid;
}

/// What was found of the libraries that no claim judges: one row a property, a column a run.
std::string properties_of(const std::vector<Run>& runs) {
  Table grid{.title = "Properties of the libraries, which no claim judges", .columns = {"property"}, .rows = {}};
  std::map<std::string, std::size_t> row_of_id;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    grid.columns.push_back(runs[i].label.empty() ? "value" : runs[i].label);
    for (const claims::Property& property : runs[i].document->properties) {
      const auto [found, is_new] = row_of_id.emplace(property.id, grid.rows.size());
      if (is_new) {
        std::vector<Cell> row(runs.size() + 2, Cell("–"));
        row.front().text = property.id;
        row.back().text = property.statement;
        grid.add(std::move(row));
      }
      Cell& cell = grid.rows[found->second][i + 1];
      cell.text = property.value;
      if (property.confidence_interval) cell.text += ' ' + compact(property.confidence_interval, 4);
      if (property.number && std::isfinite(*property.number)) cell.value = fmt::format("{}", *property.number);
    }
  }
  grid.columns.emplace_back("what it is");
  return grid.rows.empty() ? "" : "<div class=wide>\n" + html::table(grid) + "</div>\n";
}

}  // namespace

html::Section backends_part(const std::vector<Run>& runs) {
  Table grid{.title = "BLAS libraries: what their claims found, and how much of the ceiling their products reach",
             .columns = columns_with_run(runs, 1,
                                         {"library", "pass", "fail", "inconclusive", "best gemm", "% of ceiling",
                                          "kernel", "threading", "names", "version", "SHA-256"}),
             .rows = {}};
  for (const Run& run : runs) {
    if (!run.document->blas) continue;
    const blas::Identity& identity = run.document->blas->identity;
    const auto n = [&run](claims::Verdict verdict) {
      return std::ranges::count_if(run.document->claims, [verdict](const claims::Result& result) {
        return result.claim.uses_blas && result.outcome.verdict == verdict;
      });
    };
    const Measurement* best = nullptr;
    for (const Measurement& row : run.document->measurements) {
      if (row.subject == "gemm" && row.rate && (best == nullptr || *row.rate > *best->rate)) best = &row;
    }
    const auto failed = n(claims::Verdict::fail);
    Cell failures(fmt::to_string(failed));
    if (failed > 0) failures.mark = word_text(word_of(*run.document));
    grid.add(with_run(runs, run.label, 1,
                      {identity.file_name, fmt::to_string(n(claims::Verdict::pass)), std::move(failures),
                       fmt::to_string(n(claims::Verdict::inconclusive)), best ? rate_cell(*best) : Cell("–"),
                       share_cell(best ? best->percent_of_ceiling : std::nullopt), identity.kernel, identity.threading,
                       results::naming_text(identity), identity.version, identity.sha256.substr(0, 12)}));
  }
  return {.id = "backends",
          .heading = "Backends",
          .content = html::table(grid) + properties_of(runs),
          .filter = false,
          .folds = true};
}

html::Section measurements_part(const std::vector<Run>& runs, const std::string& group) {
  const Table grid = measurement_grid(runs, group);
  std::string text = group == "products" ? charts_of(runs, group) : group == "init" ? ranks_of(runs, group) : "";
  const bool long_table = grid.rows.size() > 60;
  text += long_table ? html::folded(fmt::format("{} measurements", grid.rows.size()), html::table(grid), true)
                     : html::table(grid);
  return {.id = id_of_group(group),
          .heading = name_of_group(group),
          .content = std::move(text),
          .filter = true,
          .folds = true};
}

}  // namespace sqrtn::report
