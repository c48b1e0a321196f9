#include "report/screening_text.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>

#include "results/format.hpp"

namespace sqrtn::report {
namespace {

struct Totals {
  double flop = 0, rate = 0;
  std::uint64_t calls = 0, faults = 0;
};

Totals totals_of(const Screening& screening) {
  Totals totals;
  for (const ScreenedCore& core : screening.cores) {
    totals.flop += core.flop;
    totals.rate += core.rate();
    totals.calls += core.calls();
    totals.faults += core.faults();
  }
  return totals;
}

std::string plural(std::uint64_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

using Kind = std::pair<Family, std::string>;

/// What the core that did least of it did.
struct Least {
  std::uint64_t operations = std::numeric_limits<std::uint64_t>::max(), faults = 0, calls = 0;
};

/// Of all cores, in the order of Family.
std::map<Kind, Least> least_of(const Screening& screening) {
  std::map<Kind, Least> least;
  for (const ScreenedCore& core : screening.cores) {
    for (const Exposure& exposure : core.exposures) least[{exposure.family, exposure.dtype}];
  }
  for (auto& [kind, of_kind] : least) {
    for (const ScreenedCore& core : screening.cores) {
      const auto found = std::ranges::find_if(core.exposures, [&kind = kind](const Exposure& exposure) {
        return exposure.family == kind.first && exposure.dtype == kind.second;
      });
      const Exposure exposure = found == core.exposures.end() ? Exposure{} : *found;
      of_kind.operations = std::min(of_kind.operations, exposure.operations);
      of_kind.faults += exposure.faults;
      of_kind.calls += exposure.calls;
    }
  }
  return least;
}

std::string repeats_text(const Fault& fault) {
  std::vector<std::string> parts;
  for (const Repeats& repeats : fault.repeats) {
    parts.push_back(fmt::format("{} of {} on core {}", repeats.wrong, repeats.calls, repeats.processor));
  }
  // Of a large machine, those where it was wrong again, and how many others there are.
  if (parts.size() > 4) {
    parts.clear();
    std::size_t right = 0;
    for (const Repeats& repeats : fault.repeats) {
      if (repeats.wrong == 0) ++right;
      if (repeats.wrong > 0 && parts.size() < 4) {
        parts.push_back(fmt::format("{} of {} on core {}", repeats.wrong, repeats.calls, repeats.processor));
      }
    }
    parts.push_back(fmt::format("none on {}", plural(right, "other core")));
  }
  return parts.empty() ? "" : fmt::format("; wrong again: {}", fmt::join(parts, ", "));
}

std::string entry_text(const Fault& fault) {
  const std::string entry = fmt::format("entry ({}, {})", fault.row, fault.col);
  if (!fault.operand.empty()) {
    return fmt::format("{} was changed in memory: {} got {}, was {}, bits {}", fault.operand, entry, fault.got,
                       fault.expected, fault.bits);
  }
  if (fault.got.empty()) return "the check of it failed";
  if (fault.expected.empty()) return fmt::format("{} got {} and other bits, {}", entry, fault.got, fault.bits);
  return fmt::format("{}: got {}, expected {}, bits {}", entry, fault.got, fault.expected, fault.bits);
}

std::string cause_text(const Screening& screening, const Fault& fault) {
  switch (cause_of(screening, fault)) {
    case Cause::library:
      return "library";
    case Cause::processor:
      return fmt::format("processor, core {}", guilty_processor(fault));
    case Cause::memory:
      return "memory";
    case Cause::undecided:
      return fmt::format("undecided, seen on core {}", fault.processor);
  }
  return "";
}

std::string finding(const Screening& screening, const Fault& fault) {
  const auto core = std::ranges::find(screening.cores, guilty_processor(fault), &ScreenedCore::processor);
  std::string text = fmt::format("- **{}**", cause_text(screening, fault));
  if (core != screening.cores.end()) text += fmt::format(" of socket {}", core->package);
  text += fmt::format(": {} {} {}×{}×{}, call {} (number {}, after {}): ",
                      family_words[static_cast<std::size_t>(fault.family)], fault.dtype, fault.size, fault.size,
                      fault.size, markdown_code(fault.call), fault.calls, duration(fault.time_s, 3));
  text += markdown_text(entry_text(fault));
  if (fault.wrong > 1) text += fmt::format(", {} entries in all", fault.wrong);
  text += repeats_text(fault);
  if (fault.clock_hz) text += fmt::format("; {:.2f} GHz", *fault.clock_hz / 1e9);
  if (fault.temperature_c) text += fmt::format(", {:.0f} °C", *fault.temperature_c);
  return text + fmt::format("\n  Again: {}\n", markdown_code(repeating_command(screening, fault)));
}

}  // namespace

Table core_table(const Screening& screening) {
  Table table{
      .title = "",
      .columns = {"core", "socket", "calls", "GFLOP/s", "in products", "in checks", "clock", "temperature", "faults"},
      .rows = {}};
  for (const ScreenedCore& core : screening.cores) {
    const auto share = [&core](double time_s) {
      return percent(core.wall_s > 0 ? std::optional(time_s / core.wall_s) : std::nullopt);
    };
    table.add({fmt::to_string(core.processor), fmt::to_string(core.package), fmt::to_string(core.calls()),
               significant(core.rate() / 1e9, 4), share(core.product_s), share(core.check_s),
               core.clock_hz ? fmt::format("{:.2f} GHz", *core.clock_hz / 1e9) : "",
               core.temperature_c ? fmt::format("{:.0f} °C", *core.temperature_c) : "", fmt::to_string(core.faults())},
              core.faults() > 0 ? "wrong" : "");
  }
  drop_empty_columns(table, 6);
  return table;
}

Table exposure_table(const Screening& screening) {
  Table table{.title = "",
              .columns = {"family", "type", "calls", "faults", "operations a core", "of", "excluded above"},
              .rows = {}};
  for (const auto& [kind, least] : least_of(screening)) {
    const std::optional<double> rate = least.faults == 0 ? excluded_rate(least.operations) : std::nullopt;
    table.rows.push_back({std::string(family_words[static_cast<std::size_t>(kind.first)]), kind.second,
                          fmt::to_string(least.calls), fmt::to_string(least.faults),
                          fmt::format("{:.3g}", static_cast<double>(least.operations)),
                          std::string(operation_text(kind.first)), rate ? fmt::format("{:.2g}", *rate) : "–"});
  }
  return table;
}

std::string prediction_text(const Screening& screening) {
  std::string text;
  for (const results::Prediction& one : screening.predictions) {
    std::string line = fmt::format("{} {} {}×{}×{}", family_words[static_cast<std::size_t>(Family::predicted_bits)],
                                   one.dtype, one.size, one.size, one.size);
    line += one.is_used ? fmt::format(": the order of {} of the entries is certified",
                                      one.share == 1 ? "all" : percent(one.share))
                        : " are left out";
    if (!one.reason.empty()) line += (one.is_used ? "; of the others: " : ": ") + one.reason;
    if (one.time_s > 0) line += fmt::format(" ({})", duration(one.time_s, 2));
    text += markdown_item(line);
  }
  return text;
}

std::string screening_findings(const Screening& screening) {
  constexpr std::size_t most = 10;
  std::vector<Cause> causes;
  for (const Fault& fault : screening.faults) causes.push_back(cause_of(screening, fault));
  std::string text;
  // The surest first.
  for (const Cause cause : {Cause::processor, Cause::memory, Cause::library, Cause::undecided}) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < causes.size(); ++i) {
      if (causes[i] == cause && ++n <= most) text += finding(screening, screening.faults[i]);
    }
    if (n > most) {
      text += fmt::format("- and {} more of the cause {}; --json has all\n", n - most,
                          cause_words[static_cast<std::size_t>(cause)]);
    }
  }
  for (const Incident& incident : screening.incidents) text += markdown_item(incident.text);
  return text;
}

std::string outcome_text(const Screening& screening) {
  const Totals totals = totals_of(screening);
  if (totals.faults > 0) {
    std::map<std::string, int> causes;
    for (const Fault& fault : screening.faults) ++causes[cause_text(screening, fault)];
    std::vector<std::string> parts;
    for (const auto& [cause, n] : causes) parts.push_back(cause);
    return fmt::format("{} of {} are wrong: {}", totals.faults, plural(totals.calls, "call"), fmt::join(parts, "; "));
  }
  if (totals.calls == 0) return "nothing was computed";
  std::uint64_t operations = 0;
  for (const auto& [kind, least] : least_of(screening)) {
    if (operation_text(kind.first) == operation_text(Family::dense_integers)) operations += least.operations;
  }
  std::string text = fmt::format("no fault in {}", plural(totals.calls, "call"));
  if (const auto rate = excluded_rate(operations)) {
    text += fmt::format(", {:.2g} {} a core: a rate above {:.2g} is excluded at 1 − 1e-6",
                        static_cast<double>(operations), operation_text(Family::dense_integers), *rate);
  }
  if (screening.interrupted) text += "; interrupted";
  if (std::ranges::any_of(screening.predictions, &results::Prediction::is_contradicted)) {
    text +=
        "; some sums contradict the order that was read: every core errs in them, or the library adds in no fixed "
        "order; screen with another (--blas) to tell which";
  }
  if (!screening.incidents.empty()) text += fmt::format("; {}", plural(screening.incidents.size(), "incident"));
  return text;
}

std::string verdict_line(const Screening& screening) {
  return fmt::format("{}: {}", claims::to_string(verdict_of(screening)), outcome_text(screening));
}

std::string screening_text(const Screening& screening) {
  const Environment& machine = screening.environment;
  const std::size_t n = screening.cores.size(), all = static_cast<std::size_t>(std::max(machine.cores, 0));
  std::string text =
      fmt::format("{}, {}{} at once", machine.cpu_model.empty() ? machine.architecture : machine.cpu_model,
                  plural(n, "core"), n < all ? fmt::format(" of {}", all) : "");
  if (screening.blas) {
    const blas::Identity& identity = screening.blas->identity;
    text += fmt::format(", {}{}", identity.file_name, identity.kernel.empty() ? "" : " " + identity.kernel);
  }
  text += "\n\n" + to_screen(core_table(screening)) + '\n' + to_screen(exposure_table(screening)) + '\n';
  if (const std::string predicted = prediction_text(screening); !predicted.empty()) text += predicted + '\n';
  if (const std::string found = screening_findings(screening); !found.empty()) text += found + '\n';
  return text + verdict_line(screening) + '\n';
}

std::string live_text(const Screening& screening) {
  const Totals totals = totals_of(screening);
  return fmt::format("{}, {}, {:.2g} FLOP, {:.0f} GFLOP/s, {}", plural(screening.cores.size(), "core"),
                     plural(totals.calls, "call"), totals.flop, totals.rate / 1e9,
                     totals.faults == 0 ? "no fault" : plural(totals.faults, "fault"));
}

}  // namespace sqrtn::report
