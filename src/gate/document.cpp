#include "gate/document.hpp"

#include <algorithm>
#include <cmath>

#include "report/table.hpp"
#include "results/document.hpp"
#include "results/format.hpp"
#include "results/strict_json.hpp"
#include "sqrtn/statistics/median.hpp"

namespace sqrtn::gate {
namespace {

using statistics::Change;

std::ptrdiff_t rows_called(const GateDocument& document, std::string_view word) {
  return std::ranges::count_if(document.rows, [&](const GateRow& row) { return word_of(row) == word; });
}

std::optional<double> ratio_of(const GateRow& row) {
  const std::optional<double> middle = statistics::median(row.result.change.judged());
  return middle ? std::optional(std::exp(*middle)) : std::nullopt;
}

std::optional<statistics::Interval> ratio_interval(const GateRow& row) {
  const auto& interval = row.result.change.interval;
  if (!interval) return std::nullopt;
  return statistics::Interval{std::exp(interval->low), std::exp(interval->high)};
}

std::string note_of(const GateRow& row) {
  const statistics::CaseChange& c = row.result.change;
  if (!row.note.empty()) return row.note;
  if (c.refuted) return fmt::format("suspected {}, refuted by fresh blocks", to_text(c.suspected));
  if (c.suspected != Change::unresolved && c.change == Change::unresolved) {
    return fmt::format("suspected {}, not confirmed yet", to_text(c.suspected));
  }
  return "";
}

std::optional<double> seconds(double s) { return s > 0 ? std::optional(s) : std::nullopt; }

report::Table table_of(const GateDocument& document) {
  report::Table table{.title = "",
                      .columns = {"case", "verdict", "old", "new", "new/old", "interval", "blocks", "fresh", "note"},
                      .rows = {}};
  for (const GateRow& row : document.rows) {
    const statistics::CaseChange& c = row.result.change;
    table.rows.push_back({row.name, word_of(row), results::duration(seconds(row.result.older_s)),
                          results::duration(seconds(row.result.newer_s)), results::compact(ratio_of(row), 4),
                          results::compact(ratio_interval(row), 4), fmt::to_string(c.screened.size()),
                          fmt::to_string(c.confirming.size()), note_of(row)});
  }
  // What a reader must act on first; the order of the programs otherwise.
  static const std::vector<std::string> order{"slower", "missing", "unreadable", "unresolved", "faster", "same"};
  std::ranges::stable_sort(table.rows, {}, [](const auto& cells) { return std::ranges::find(order, cells[1]); });
  return table;
}

std::string subject_line(const char* role, const GateSubject& subject) {
  return fmt::format("- {}: `{}`{}{}\n", role, subject.name, subject.build.empty() ? "" : ", " + subject.build,
                     subject.sha256.empty() ? "" : ", SHA-256 " + subject.sha256.substr(0, 12));
}

results::Json row_json(const GateRow& row) {
  const statistics::CaseChange& c = row.result.change;
  return {
      {"name", row.name},
      {"verdict", word_of(row)},
      {"old_s", results::number(seconds(row.result.older_s))},
      {"new_s", results::number(seconds(row.result.newer_s))},
      {"ratio", results::number(ratio_of(row))},
      {"interval", results::interval(ratio_interval(row))},
      {"suspected", c.suspected == Change::unresolved ? results::Json(nullptr) : results::Json(to_text(c.suspected))},
      {"log_ratios", c.screened},
      {"log_ratios_fresh", c.confirming},
      {"note", results::text(note_of(row))}};
}

results::Json subject_json(const GateSubject& subject) {
  return {{"name", subject.name}, {"sha256", subject.sha256}, {"build", subject.build}};
}

}  // namespace

void make_printable(GateDocument& document) {
  const auto all = [](std::initializer_list<std::string*> texts) {
    for (std::string* text : texts) *text = results::printable(*text);
  };
  for (GateSubject* subject : {&document.older, &document.newer}) all({&subject->sha256, &subject->build});
  for (GateRow& row : document.rows) all({&row.name, &row.note});
  for (std::string& claim : document.failed_claims) all({&claim});
  for (std::string& note : document.notes) all({&note});
  all({&document.error});
}

GateVerdict verdict_of(const GateDocument& document) {
  if (!document.failed_claims.empty()) return GateVerdict::wrong;
  if (rows_called(document, "slower") > 0) return GateVerdict::regression;
  if (!document.error.empty() || rows_called(document, "missing") + rows_called(document, "unreadable") > 0) {
    return GateVerdict::incomplete;
  }
  if (document.identical) return GateVerdict::identical;
  if (document.rows.empty()) return GateVerdict::incomplete;
  return rows_called(document, "unresolved") > 0 ? GateVerdict::unresolved : GateVerdict::no_regression;
}

std::string to_text(Change change) {
  switch (change) {
    case Change::same:
      return "same";
    case Change::slower:
      return "slower";
    case Change::faster:
      return "faster";
    case Change::unresolved:
      break;
  }
  return "unresolved";
}

std::string word_of(const GateRow& row) {
  if (row.fault == GateFault::missing) return "missing";
  return row.fault == GateFault::unreadable ? "unreadable" : to_text(row.result.change.change);
}

std::string to_text(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::identical:
      return "identical";
    case GateVerdict::unresolved:
      return "no regression found, but not all resolved";
    case GateVerdict::regression:
      return "regression";
    case GateVerdict::wrong:
      return "wrong";
    case GateVerdict::incomplete:
      return "incomplete";
    case GateVerdict::no_regression:
      break;
  }
  return "no regression";
}

std::string headline(const GateDocument& document) {
  std::string text = to_text(verdict_of(document));
  if (!document.failed_claims.empty()) {
    return text + fmt::format(": {} findings that OLD has not; not timed", document.failed_claims.size());
  }
  if (!document.error.empty()) return text + ": " + document.error;
  if (document.identical) return text + ": OLD and NEW are the same file; nothing was timed";
  if (document.rows.empty()) return text + ": OLD has no case to time; run it alone to see why, or change --filter";
  text += fmt::format(": {} cases", document.rows.size());
  for (const char* word : {"slower", "missing", "unreadable", "unresolved", "faster", "same"}) {
    if (const auto n = rows_called(document, word); n > 0) text += fmt::format(", {} {}", n, word);
  }
  text += fmt::format("; {} blocks in {}", document.run.blocks, results::duration(document.run.time_s, 3));
  if (document.run.set_aside > 0) text += fmt::format(", {} more disturbed and repeated", document.run.set_aside);
  return text;
}

std::string to_markdown(const GateDocument& document) {
  const statistics::ChangeSettings& rates = document.settings.change;
  std::string text = fmt::format("**{}**\n\n", headline(document));
  text += subject_line("OLD", document.older) + subject_line("NEW", document.newer);
  text += fmt::format(
      "- slower: the interval of new/old lies above 1 + {0}, again in fresh blocks; probability of a false one "
      "anywhere in this run ≤ {1:.2g}\n- same: within {0}; wrong anywhere with probability ≤ {2:.2g}\n",
      results::percent(rates.min_effect), rates.alpha, std::sqrt(rates.alpha));
  text += fmt::format("- the order of the launches is that of `--seed {}`\n", document.settings.seed);
  if (const auto slower = rows_called(document, "slower"), faster = rows_called(document, "faster");
      slower + faster > 0) {
    text += fmt::format("- faster: OLD (`{}`) in {} cases, NEW (`{}`) in {}\n", document.older.name, slower,
                        document.newer.name, faster);
  }
  text += '\n';
  for (const std::string& claim : document.failed_claims) text += fmt::format("- **fail** `{}`\n", claim);
  for (const std::string& note : document.notes) text += fmt::format("- {}\n", note);
  if (!document.failed_claims.empty() || !document.notes.empty()) text += '\n';
  return text + report::to_markdown(table_of(document));
}

results::Json to_json(const GateDocument& document) {
  results::Json json;
  json["schema"] = "sqrtn.gate/1";
  json["verdict"] = to_text(verdict_of(document));
  json["environment"] = results::to_json(document.environment);
  json["command"] = document.command;
  json["seed"] = document.settings.seed;
  json["alpha"] = document.settings.change.alpha;
  json["min_effect"] = document.settings.change.min_effect;
  json["budget_s"] = document.settings.budget_s;
  json["old"] = subject_json(document.older);
  json["new"] = subject_json(document.newer);
  json["blocks"] = document.run.blocks;
  json["blocks_set_aside"] = document.run.set_aside;
  json["time_s"] = document.run.time_s;
  json["failed_claims"] = document.failed_claims;
  json["notes"] = document.notes;
  json["error"] = results::text(document.error);
  json["cases"] = results::Json::array();
  for (const GateRow& row : document.rows) json["cases"].push_back(row_json(row));
  return json;
}

}  // namespace sqrtn::gate
