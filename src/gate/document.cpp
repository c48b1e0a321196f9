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

/// The sign of the logarithms: of a counter of which more is better, the reciprocal was compared.
double sign_of(const Quantity& quantity) { return quantity.more_is_better ? -1 : 1; }

std::optional<double> ratio_of(const Row& row, const Quantity& quantity) {
  const std::optional<double> middle = statistics::median(row.timed.change.judged());
  return middle ? std::optional(std::exp(sign_of(quantity) * *middle)) : std::nullopt;
}

const char* suspicion(const statistics::CaseChange& c) { return words_of(outcome_of(c.suspected)).word; }

std::string note_of(const Row& row) {
  const statistics::CaseChange& c = row.timed.change;
  if (!row.note.empty()) return row.note;
  if (c.refuted) return fmt::format("suspected {}, refuted by fresh blocks", suspicion(c));
  if (c.suspected != Change::unresolved && c.change == Change::unresolved) {
    return fmt::format("suspected {}, not confirmed yet", suspicion(c));
  }
  return "";
}

std::optional<double> known(double compared, const Quantity& quantity) {
  if (!(compared > 0)) return std::nullopt;
  return quantity.more_is_better ? 1 / compared : compared;
}

/// A time, or what a counter says.
std::string shown(double compared, const Quantity& quantity) {
  const std::optional<double> value = known(compared, quantity);
  return quantity.counter.empty() ? results::duration(value) : results::compact(value, 4);
}

// Names come from programs, and some make them of all that a case is given.
constexpr std::size_t longest_shown = 120, longest_told = 400;

/// A name as it stands in a line of Markdown.
std::string code(std::string_view name) { return report::markdown_code(results::shortened(name, longest_shown)); }

/// A line of a list, of text in which there may be names.
std::string item(std::string_view text) { return report::markdown_item(results::shortened(text, longest_told)); }

report::Table table_of(const Document& document) {
  report::Table table{.title = "",
                      .columns = {"case", "verdict", "old", "new", "new/old", "interval", "blocks", "fresh", "note"},
                      .rows = {}};
  std::vector<Row> rows = document.rows;  // by outcome; in the order of the programs otherwise
  std::ranges::stable_sort(rows, {}, &Row::outcome);
  for (const Row& row : rows) {
    const statistics::CaseChange& c = row.timed.change;
    table.rows.push_back({results::shortened(row.name, longest_shown), words_of(row.outcome).word,
                          shown(row.timed.older, document.quantity), shown(row.timed.newer, document.quantity),
                          results::compact(ratio_of(row, document.quantity), 4),
                          results::compact(ratio_interval(row, document.quantity), 4),
                          fmt::to_string(c.screened.size()), fmt::to_string(c.confirming.size()),
                          results::shortened(note_of(row), longest_told)});
  }
  return table;
}

std::string subject_line(const char* role, const Subject& subject) {
  const std::string build = report::markdown_text(results::shortened(subject.build, longest_told));
  return fmt::format("- {}: {}{}{}\n", role, code(subject.name), build.empty() ? "" : ", " + build,
                     subject.sha256.empty() ? "" : ", SHA-256 " + report::markdown_text(subject.sha256.substr(0, 12)));
}

results::Json row_json(const Row& row, const Quantity& quantity) {
  const bool is_time = quantity.counter.empty();
  const statistics::CaseChange& c = row.timed.change;
  return {{"name", row.name},
          {"verdict", words_of(row.outcome).word},
          {is_time ? "old_s" : "old", results::number(known(row.timed.older, quantity))},
          {is_time ? "new_s" : "new", results::number(known(row.timed.newer, quantity))},
          {"ratio", results::number(ratio_of(row, quantity))},
          {"interval", results::interval(ratio_interval(row, quantity))},
          {"suspected", c.suspected == Change::unresolved ? results::Json(nullptr) : results::Json(suspicion(c))},
          {"log_ratios", c.screened},
          {"log_ratios_fresh", c.confirming},
          {"note", results::text(note_of(row))}};
}

results::Json subject_json(const Subject& subject) {
  return {{"name", subject.name}, {"sha256", subject.sha256}, {"build", subject.build}};
}

}  // namespace

std::optional<statistics::Interval> ratio_interval(const Row& row, const Quantity& quantity) {
  const auto& interval = row.timed.change.interval;
  if (!interval) return std::nullopt;
  if (quantity.more_is_better) return statistics::Interval{std::exp(-interval->high), std::exp(-interval->low)};
  return statistics::Interval{std::exp(interval->low), std::exp(interval->high)};
}

void make_printable(Document& document) {
  const auto all = [](std::initializer_list<std::string*> texts) {
    for (std::string* text : texts) *text = results::printable(*text);
  };
  for (Subject* subject : {&document.older, &document.newer}) all({&subject->sha256, &subject->build});
  for (Row& row : document.rows) all({&row.name, &row.note});
  for (Failure& failure : document.failures) all({&failure.id, &failure.reason});
  for (std::string& note : document.notes) all({&note});
  all({&document.error, &document.powerless, &document.quantity.counter});
}

const OutcomeWords& words_of(Outcome outcome) { return *std::ranges::find(outcomes, outcome, &OutcomeWords::outcome); }
const VerdictWords& words_of(Verdict verdict) { return *std::ranges::find(verdicts, verdict, &VerdictWords::verdict); }

Outcome outcome_of(Change change) {
  if (change == Change::same) return Outcome::same;
  if (change == Change::slower) return Outcome::slower;
  return change == Change::faster ? Outcome::faster : Outcome::unresolved;
}

std::size_t count(const Document& document, Outcome outcome) {
  return static_cast<std::size_t>(std::ranges::count(document.rows, outcome, &Row::outcome));
}

Verdict verdict_of(const Document& document) {
  if (!document.failures.empty()) return Verdict::wrong;
  if (count(document, Outcome::slower) + count(document, Outcome::failing) > 0) return Verdict::regression;
  if (!document.error.empty() || count(document, Outcome::missing) + count(document, Outcome::unreadable) > 0) {
    return Verdict::incomplete;
  }
  if (document.identical) return Verdict::identical;
  if (count(document, Outcome::skipped) == document.rows.size()) return Verdict::incomplete;
  if (!document.powerless.empty()) return Verdict::powerless;
  return count(document, Outcome::unresolved) > 0 ? Verdict::unresolved : Verdict::no_regression;
}

std::string headline(const Document& document) {
  std::string text = words_of(verdict_of(document)).text;
  if (!document.failures.empty()) {
    return text + fmt::format(": {} findings that OLD has not; not timed", document.failures.size());
  }
  if (!document.error.empty()) return text + ": " + document.error;
  if (document.identical) return text + ": OLD and NEW are the same file; nothing was timed";
  if (document.rows.empty()) return text + ": OLD has no case to time; run it alone to see why, or change --filter";
  const bool powerless = verdict_of(document) == Verdict::powerless;
  text += powerless ? fmt::format(": {};", document.powerless) : ":";
  text += fmt::format(" {} cases", document.rows.size());
  for (const OutcomeWords& words : outcomes) {
    if (const std::size_t n = count(document, words.outcome); n > 0) text += fmt::format(", {} {}", n, words.word);
  }
  text += fmt::format("; {} blocks in {}", document.run.blocks, results::duration(document.run.time_s, 3));
  if (document.run.set_aside > 0) text += fmt::format(", {} more disturbed and repeated", document.run.set_aside);
  return text;
}

std::string to_markdown(const Document& document) {
  const statistics::ChangeSettings& rates = document.settings.change;
  std::string text =
      fmt::format("**{}**\n\n", report::markdown_text(results::shortened(headline(document), longest_told)));
  text += subject_line("OLD", document.older) + subject_line("NEW", document.newer);
  text += fmt::format(
      "- slower: the interval of {3} lies above 1 + {0}, again in fresh blocks; probability of a false one "
      "anywhere in this run ≤ {1:.2g}\n- same: within {0}; wrong anywhere with probability ≤ {2:.2g}\n",
      results::percent(rates.min_effect), rates.alpha, std::sqrt(rates.alpha),
      document.quantity.more_is_better ? "old/new" : "new/old");
  if (!document.quantity.counter.empty()) {
    text += fmt::format("- compared: {}, of which {} is better\n", code(document.quantity.counter),
                        document.quantity.more_is_better ? "more" : "less");
  }
  text += fmt::format("- the order of the launches is that of `--seed {}`\n", document.settings.seed);
  if (const std::size_t slower = count(document, Outcome::slower), faster = count(document, Outcome::faster);
      slower + faster > 0) {
    text += fmt::format("- faster: OLD ({}) in {} cases, NEW ({}) in {}\n", code(document.older.name), slower,
                        code(document.newer.name), faster);
  }
  text += '\n';
  for (const Failure& failure : document.failures) {
    text += fmt::format("- **fail** {}\n", report::markdown_code(results::shortened(failure.to_text(), longest_told)));
  }
  for (const std::string& note : document.notes) text += item(note);
  if (!document.powerless.empty() && verdict_of(document) != Verdict::powerless) text += item(document.powerless);
  if (text.back() == '\n' && !text.ends_with("\n\n")) text += '\n';
  return text + report::to_markdown(table_of(document));
}

results::Json to_json(const Document& document) {
  results::Json json;
  json["schema"] = "sqrtn.gate/1";
  json["verdict"] = words_of(verdict_of(document)).text;
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
  json["failed_claims"] = results::Json::array();
  for (const Failure& failure : document.failures) json["failed_claims"].push_back(failure.to_text());
  json["compared"] = document.quantity.counter.empty()
                         ? document.quantity.clock == BenchmarkClock::real ? "real_time" : "cpu_time"
                         : document.quantity.counter;
  json["more_is_better"] = document.quantity.more_is_better;
  json["powerless"] = results::text(document.powerless);
  json["notes"] = document.notes;
  json["error"] = results::text(document.error);
  json["cases"] = results::Json::array();
  for (const Row& row : document.rows) json["cases"].push_back(row_json(row, document.quantity));
  return json;
}

}  // namespace sqrtn::gate
