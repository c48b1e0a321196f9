#include "report/compare_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/order_text.hpp"
#include "report/table.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

Table difference_table(const char* title, const std::vector<Difference>& differences) {
  Table table{.title = title, .columns = {"field", "old", "new"}, .rows = {}};
  for (const auto& [field, before, after] : differences) table.rows.push_back({field, before, after});
  return table;
}

std::string word(const std::optional<claims::Verdict>& verdict) {
  return verdict ? std::string(claims::to_string(*verdict)) : "absent";
}

Table claim_change_table(const std::vector<ClaimChange>& changes) {
  Table table{.title = "Claims that changed", .columns = {"claim", "old", "new", "reason"}, .rows = {}};
  for (const ClaimChange& change : changes) {
    table.rows.push_back({change.id, word(change.before), word(change.after), change.reason});
  }
  return table;
}

template <class Chosen>
Table ratio_table(const char* title, const Comparison& comparison, Chosen chosen) {
  Table table{.title = title,
              .columns = {"measurement", "old", "new", "new/old",
                          fmt::format("{} % interval", comparison.interval_percent), "change"},
              .rows = {}};
  for (const TimeRatio& row : comparison.ratios) {
    if (!chosen(row)) continue;
    const std::string change = std::string(to_string(row.change)) + (row.note.empty() ? "" : ": " + row.note);
    table.rows.push_back({row.id, duration(row.before_s), duration(row.after_s), significant(row.ratio),
                          compact(row.confidence_interval, 4), change});
  }
  return table;
}

Table mean_table(const Comparison& comparison) {
  Table table{.title = "Geometric means of the time, new/old",
              .columns = {"group", "measurements", "mean", "faster", "slower", "unresolved"},
              .rows = {}};
  for (const MeanRatio& mean : comparison.means) {
    const auto n = [&](Change change) {
      return fmt::to_string(std::ranges::count_if(
          comparison.ratios, [&](const TimeRatio& row) { return row.group == mean.group && row.change == change; }));
    };
    table.rows.push_back({mean.group, fmt::to_string(mean.n), significant(mean.ratio), n(Change::faster),
                          n(Change::slower), n(Change::unresolved)});
  }
  return table;
}

std::string verdict_line(const Comparison& comparison) {
  const auto claims = std::ranges::count_if(comparison.claims, &ClaimChange::turned_wrong);
  const auto answers = std::ranges::count_if(comparison.ratios, &TimeRatio::turned_wrong);
  const auto n = [&](Change change) { return std::ranges::count(comparison.ratios, change, &TimeRatio::change); };
  const auto unchecked = std::ranges::count_if(comparison.claims, &ClaimChange::no_longer_checked);
  const auto fresh = std::ranges::count_if(comparison.claims, &ClaimChange::is_new_failure);
  return fmt::format(
      "**{} claims and {} answers turned wrong; {}{}{} claims keep their verdict, {} changed; of {} times {} faster, "
      "{} "
      "slower, {} unresolved**\n",
      claims, answers, fresh > 0 ? fmt::format("{} are new and fail; ", fresh) : "",
      unchecked > 0 ? fmt::format("{} are no longer checked; ", unchecked) : "", comparison.same_claims,
      comparison.claims.size(), comparison.ratios.size(), n(Change::faster), n(Change::slower), n(Change::unresolved));
}

std::string id_list(const char* title, const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  std::string text = fmt::format("\n### {}\n\n", title);
  for (const std::string& id : ids) text += fmt::format("- {}\n", markdown_code(id));
  return text;
}

/// How a ratio and its interval are read: from the intervals of two medians, or from repetitions.
std::string how_to_read(const Comparison& comparison) {
  return fmt::format(
      "\nnew/old is the ratio of the median times, above 1 is slower. Its interval {}:\n"
      "it holds the ratio of the true medians at least {} times in 100. Within each run, that is: what changes\n"
      "from one process, or day, to the next is not in it; `sqrtn gate` measures that too.\n",
      comparison.interval_percent == 98 ? "runs from new.low/old.high to new.high/old.low"
                                        : "is Mann and Whitney's, over the repetitions",
      comparison.interval_percent);
}

std::string order_section(const Comparison& comparison) {
  if (comparison.orders.empty() && comparison.orders_in_both == 0) return {};
  return "\n### Orders of sums, not judged\n\n" + order_changes_text(comparison.orders, comparison.orders_in_both);
}

std::string section(const Table& table) { return table.rows.empty() ? "" : '\n' + to_markdown(table); }

}  // namespace

std::string to_markdown(const Comparison& comparison) {
  const auto changed = [](const TimeRatio& row) { return row.change != Change::unresolved; };
  std::string text = "## Comparison\n\n";
  if (!comparison.machine.empty()) {
    text += "**Different machines, compared by force: the times say nothing about the software.**\n\n";
  }
  text += verdict_line(comparison);
  if (!comparison.ratios.empty()) text += "\n*Unpaired: drift between the two is not excluded.*\n";
  text += section(difference_table("The machines differ", comparison.machine));
  text += section(difference_table("What else differs", comparison.other));
  text += section(claim_change_table(comparison.claims));
  text += section(difference_table("Properties that changed, not judged", comparison.properties));
  text += order_section(comparison);
  text += section(mean_table(comparison));
  text += section(ratio_table("Times that changed", comparison, changed));
  text += id_list("Measurements that appeared", comparison.appeared);
  text += id_list("Measurements that disappeared", comparison.disappeared);
  if (!comparison.ratios.empty()) {
    const Table all = ratio_table("", comparison, [](const TimeRatio&) { return true; });
    text += fmt::format("\n<details><summary>All {} times</summary>\n\n{}\n</details>\n{}", all.rows.size(),
                        to_markdown(all), how_to_read(comparison));
  }
  return text;
}

}  // namespace sqrtn::report
