#include "results/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "results/format.hpp"

namespace sqrtn::results {
namespace {

using Json = nlohmann::ordered_json;

/// What makes a machine another one. Memory, kernel and governor move speeds as a new compiler does:
/// they are shown.
constexpr std::array machine_fields{"cpu_model", "cpu_stepping",       "architecture",         "isa", "packages",
                                    "cores",     "logical_processors", "available_processors", "smt", "caches"};

std::string shown(const Json& value) {
  if (value.is_null()) return "–";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The fields of two objects that differ, one level of objects within included.
void add_differences(const Json& before, const Json& after, const std::string& path, std::vector<Difference>& all) {
  Json fields = before;
  fields.update(after);
  for (const auto& [name, value] : fields.items()) {
    const Json old_value = before.value(name, Json()), new_value = after.value(name, Json());
    if (old_value == new_value) continue;
    if (old_value.is_object() && new_value.is_object()) {
      add_differences(old_value, new_value, path + name + '.', all);
    } else {
      all.push_back({path + name, shown(old_value), shown(new_value)});
    }
  }
}

void compare_environments(const Document& before, const Document& after, Comparison& comparison) {
  const Json old_json = to_json(before), new_json = to_json(after);
  std::vector<Difference> all;
  add_differences(old_json["environment"], new_json["environment"], "", all);
  for (Difference& difference : all) {
    const bool machine = std::ranges::find(machine_fields, difference.field) != machine_fields.end();
    (machine ? comparison.machine : comparison.other).push_back(std::move(difference));
  }
  if (before.command != after.command) {
    comparison.other.push_back({"command", shell_line(before.command), shell_line(after.command)});
  }
  if (before.seed != after.seed) {
    comparison.other.push_back({"seed", std::to_string(before.seed), std::to_string(after.seed)});
  }
}

void compare_claims(const Document& before, const Document& after, Comparison& comparison) {
  std::map<std::string, claims::Verdict> old_verdicts;
  for (const auto& [claim, outcome] : before.claims) old_verdicts[claim.id] = outcome.verdict;
  for (const auto& [claim, outcome] : after.claims) {
    const auto found = old_verdicts.find(claim.id);
    if (found == old_verdicts.end()) {
      comparison.claims.push_back({claim.id, std::nullopt, outcome.verdict, outcome.reason, claim.claim_class});
      continue;
    }
    if (found->second == outcome.verdict) {
      ++comparison.same_claims;
    } else {
      comparison.claims.push_back({claim.id, found->second, outcome.verdict, outcome.reason, claim.claim_class});
    }
    old_verdicts.erase(found);
  }
  for (const auto& [claim, outcome] : before.claims) {
    if (old_verdicts.contains(claim.id)) {
      comparison.claims.push_back({claim.id, outcome.verdict, std::nullopt, "", claim.claim_class});
    }
  }
  std::stable_partition(comparison.claims.begin(), comparison.claims.end(),
                        [](const ClaimChange& change) { return change.turned_wrong() || change.is_new_failure(); });
}

/// As a page shows it.
std::string shown(const claims::Property& property) {
  return property.confidence_interval ? fmt::format("{} {}", property.value, compact(property.confidence_interval, 3))
                                      : property.value;
}

void compare_properties(const Document& before, const Document& after, Comparison& comparison) {
  std::map<std::string, std::string> old_values;
  for (const claims::Property& property : before.properties) old_values[property.id] = shown(property);
  for (const claims::Property& property : after.properties) {
    const auto found = old_values.find(property.id);
    const std::string older = found == old_values.end() ? "–" : found->second;
    if (older != shown(property)) comparison.properties.push_back({property.id, older, shown(property)});
    if (found != old_values.end()) old_values.erase(found);
  }
  for (const claims::Property& property : before.properties) {
    if (old_values.contains(property.id)) comparison.properties.push_back({property.id, shown(property), "–"});
  }
}

/// Whether its answer was right or not asked for, and its times make a ratio.
bool ranked(const Measurement& row) { return row.rate && row.median_s > 0; }

Change change_of(const std::optional<statistics::Interval>& interval) {
  if (!interval) return Change::unresolved;
  if (interval->low > 1) return Change::slower;
  return interval->high < 1 ? Change::faster : Change::unresolved;
}

TimeRatio ratio_of(const Measurement& before, const Measurement& after) {
  TimeRatio ratio{.id = after.id,
                  .group = after.group,
                  .before_s = before.median_s,
                  .after_s = after.median_s,
                  .ratio = std::nullopt,
                  .confidence_interval = std::nullopt,
                  .change = Change::not_ranked,
                  .note = after.note.text,
                  .turned_wrong = before.rate && after.note.kind == NoteKind::wrong_answer};
  if (!ranked(before) || !ranked(after)) return ratio;
  ratio.ratio = after.median_s / before.median_s;
  const auto &old_interval = before.confidence_interval_s, &new_interval = after.confidence_interval_s;
  if (old_interval && new_interval && old_interval->low > 0 && new_interval->low > 0) {
    ratio.confidence_interval = {new_interval->low / old_interval->high, new_interval->high / old_interval->low};
  }
  ratio.change = change_of(ratio.confidence_interval);
  return ratio;
}

void compare_measurements(const Document& before, const Document& after, Comparison& comparison) {
  std::map<std::string, const Measurement*> old_rows;
  for (const Measurement& row : before.measurements) old_rows[row.id] = &row;
  for (const Measurement& row : after.measurements) {
    const auto found = old_rows.find(row.id);
    if (found == old_rows.end()) {
      comparison.appeared.push_back(row.id);
      continue;
    }
    comparison.ratios.push_back(ratio_of(*found->second, row));
    old_rows.erase(found);
  }
  for (const Measurement& row : before.measurements) {
    if (old_rows.contains(row.id)) comparison.disappeared.push_back(row.id);
  }
}

}  // namespace

bool ClaimChange::turned_wrong() const {
  return after == claims::Verdict::fail && before && *before != claims::Verdict::fail;
}

bool ClaimChange::is_new_failure() const { return after == claims::Verdict::fail && !before; }

bool ClaimChange::counts(bool strict) const { return strict || claims::word_of(claim_class) != claims::Word::differs; }

bool Comparison::shares_nothing() const {
  const auto in_both = [](const ClaimChange& change) { return change.before && change.after; };
  return same_claims == 0 && ratios.empty() && std::ranges::none_of(claims, in_both);
}

std::string_view to_string(Change change) {
  static constexpr std::array<std::string_view, 4> words{"faster", "slower", "unresolved", "not ranked"};
  return words.at(static_cast<std::size_t>(change));
}

bool ClaimChange::no_longer_checked() const {
  return before && *before != claims::Verdict::skipped && (!after || *after == claims::Verdict::skipped);
}

std::vector<MeanRatio> mean_ratios(const std::vector<TimeRatio>& ratios) {
  std::vector<MeanRatio> means;
  for (const TimeRatio& row : ratios) {
    if (!row.ratio) continue;
    auto found = std::ranges::find(means, row.group, &MeanRatio::group);
    if (found == means.end()) found = means.insert(means.end(), {row.group, 0, 0});
    ++found->n;
    found->ratio += std::log(*row.ratio);  // the sum of logarithms until all are in
  }
  for (MeanRatio& mean : means) mean.ratio = std::exp(mean.ratio / static_cast<double>(mean.n));
  return means;
}

Comparison compare(const Document& before, const Document& after) {
  Comparison comparison;
  compare_environments(before, after, comparison);
  compare_claims(before, after, comparison);
  compare_properties(before, after, comparison);
  compare_measurements(before, after, comparison);
  comparison.means = mean_ratios(comparison.ratios);
  return comparison;
}

}  // namespace sqrtn::results
