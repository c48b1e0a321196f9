#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "gate/program.hpp"
#include "support/exit_code.hpp"
#include "support/nearest.hpp"

/// The cases of OLD and NEW side by side, before any is timed.
namespace sqrtn::gate {
namespace {

/// "OLD: …; NEW: …", what is empty left out; once if both say the same.
std::string both(const std::string& older, const std::string& newer) {
  if (older == newer) return older;
  std::string text = older.empty() ? "" : "OLD: " + older;
  if (!newer.empty()) text += (text.empty() ? "NEW: " : "; NEW: ") + newer;
  return text;
}

/// Enters what keeps the values of a case from being compared, if anything does.
void settle(Row& row, const BenchmarkCase& older, const BenchmarkCase* newer) {
  if (newer == nullptr) {
    row.outcome = older.stopped.empty() ? Outcome::missing : Outcome::skipped;
    row.note = older.stopped.empty() ? "OLD has it, NEW has not" : both(older.stopped, "not there");
    return;
  }
  if (!older.stopped.empty() || !newer->stopped.empty()) {
    row.note = both(older.stopped, newer->stopped);
    const bool new_alone = older.stopped.empty();
    row.outcome = !new_alone ? Outcome::skipped : newer->lacks_counter ? Outcome::missing : Outcome::failing;
    return;
  }
  row.note = both(older.fault, newer->fault);
  if (!older.fault.empty() || !newer->fault.empty()) row.outcome = Outcome::unreadable;
}

/// A note about the cases of either side of which it holds.
template <class Holds>
void tell(Document& document, const BenchmarkOutput& older, const BenchmarkOutput& newer, Holds holds,
          const std::string& what) {
  std::map<std::string, bool> names;
  for (const BenchmarkOutput* output : {&older, &newer}) {
    for (const BenchmarkCase& c : output->cases) {
      if (holds(c)) names.try_emplace(c.name);
    }
  }
  if (names.empty()) return;
  document.notes.push_back(fmt::format("{} {}, {} for one: {}", names.size(), names.size() == 1 ? "case" : "cases",
                                       names.begin()->first, what));
}

/// What the values stand on, where it is not what a reader would think.
void tell_bases(Document& document, const BenchmarkOutput& older, const BenchmarkOutput& newer) {
  const auto with = [](Basis basis) { return [basis](const BenchmarkCase& c) { return c.basis == basis; }; };
  tell(document, older, newer, with(Basis::own_median),
       "aggregates only; the program's own median is taken, and what failed in single repetitions is not seen");
  tell(document, older, newer, with(Basis::own_mean),
       "aggregates only, without a median; the program's own mean is taken, which one slow repetition moves, and what "
       "failed in single repetitions is not seen");
  tell(
      document, older, newer, [](const BenchmarkCase& c) { return c.shared_name; },
      "several benchmarks bear this name, which no filter tells apart; they are taken together");
  if (document.quantity.clock == BenchmarkClock::cpu && document.quantity.counter.empty()) {
    tell(
        document, older, newer, [](const BenchmarkCase& c) { return c.name.find("/manual_time") != std::string::npos; },
        "measures its time itself, of which the processor's time knows nothing: that is of all that an iteration "
        "does");
  }
}

/// Throws unless some case has the counter that is asked for.
void require_counter(const Document& document, const BenchmarkOutput& older, const BenchmarkOutput& newer) {
  const std::string& counter = document.quantity.counter;
  const auto has = [](const BenchmarkCase& c) { return !c.lacks_counter && c.stopped.empty(); };
  if (counter.empty() || std::ranges::any_of(older.cases, has) || std::ranges::any_of(newer.cases, has)) return;
  std::vector<std::string> names(older.counters.begin(), older.counters.end());
  names.insert(names.end(), newer.counters.begin(), newer.counters.end());
  const std::string there = names.empty() ? "these programs have none" : fmt::format("there is '{}'", names.front());
  const std::string near = did_you_mean(counter, names);
  throw Stop({.code = wrong_usage,
              .message = fmt::format("--counter '{}': no case has it", counter),
              .remedy = near.empty() ? there : near});
}

}  // namespace

void match_cases(Document& document, const BenchmarkOutput& older, const BenchmarkOutput& newer) {
  require_counter(document, older, newer);
  std::map<std::string_view, const BenchmarkCase*> of_newer;
  for (const BenchmarkCase& c : newer.cases) of_newer[c.name] = &c;
  for (const BenchmarkCase& c : older.cases) {
    const auto found = of_newer.extract(c.name);
    const bool wrong_now = found && found.mapped()->wrong_answer;
    if (c.wrong_answer) {
      document.notes.push_back(c.name + ": wrong answer of OLD" + (wrong_now ? " and NEW; not timed" : "; not timed"));
      continue;
    }
    if (wrong_now) document.failures.push_back({.id = c.name, .reason = "wrong answer"});
    Row& row = document.rows.emplace_back();
    row.name = c.name;
    settle(row, c, found ? found.mapped() : nullptr);
  }
  tell_bases(document, older, newer);
  if (of_newer.empty()) return;
  document.notes.push_back(
      fmt::format("{} cases of NEW are not in OLD, {} for one", of_newer.size(), of_newer.begin()->first));
}

}  // namespace sqrtn::gate
