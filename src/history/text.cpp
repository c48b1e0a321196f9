#include "history/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/table.hpp"
#include "results/format.hpp"
#include "results/strict_json.hpp"

namespace sqrtn::history {
namespace {

constexpr std::size_t longest_shown = 120, longest_commit = 12, date_only = 10;
// Above this the correlation or the drift of the noise is worth a word.
constexpr double remarkable_factor = 1.2;

std::string signed_percent(double ratio) { return fmt::format("{:+.3g} %", 100 * (ratio - 1)); }

std::string interval_text(const Finding& finding) {
  const statistics::Interval& interval = finding.ratio_interval;
  if (!(interval.low > 0) || !std::isfinite(interval.high)) return "–";
  return fmt::format("[{}, {}]", signed_percent(interval.low), signed_percent(interval.high));
}

std::string size_text(const Finding& finding) {
  return fmt::format("{}, {}", finding.slower ? "slower" : "faster", signed_percent(finding.ratio));
}

std::string run_of(const History& history, std::uint32_t run) {
  const History::Head& head = history.runs[run];
  return fmt::format("{} ({})", head.commit.substr(0, longest_commit), head.date.substr(0, date_only));
}

bool several_machines(const History& history) {
  return std::ranges::any_of(history.runs, [&](const auto& run) { return run.machine != history.runs[0].machine; });
}

template <class Chosen>
std::size_t count(const Trends& trends, Chosen chosen) {
  std::size_t n = 0;
  for (const CaseTrend& trend : trends.cases)
    n += static_cast<std::size_t>(std::ranges::count_if(trend.findings, chosen));
  return n;
}

/// What the trends rest on, and what is to be known of them.
std::string footnote(const History& history, const Trends& trends) {
  const auto n = [&](auto chosen) { return std::ranges::count_if(trends.cases, chosen); };
  const auto young = n([](const CaseTrend& trend) { return !trend.able; });
  const auto noisy = n([](const CaseTrend& trend) { return trend.able && trend.noise_factor > remarkable_factor; });
  std::string text = fmt::format("{} cases, {} runs; a false change anywhere, ever: probability at most {:g}\n",
                                 trends.cases.size(), history.runs.size(), trends.settings.alpha);
  if (young > 0) {
    text += fmt::format("{} cases have too few runs since their last change for any to be found\n", young);
  }
  if (noisy > 0) {
    text += fmt::format("{} cases have noise that is correlated in time or spreads: a change must be larger there\n",
                        noisy);
  }
  return text;
}

std::string changes_text(const CaseTrend& trend) {
  if (trend.findings.empty()) return trend.able ? "none" : "–";
  std::string text;
  for (const Finding& finding : trend.findings) {
    text += (text.empty() ? "" : ", ") + signed_percent(finding.ratio) + (finding.is_new ? " (new)" : "");
  }
  return text;
}

std::string noise_text(double factor) { return factor > remarkable_factor ? fmt::format("×{:.2g}", factor) : "–"; }

report::Table case_table(const History& history, const Trends& trends) {
  report::Table table{.title = "", .columns = {"case", "runs", "now", "noise", "changes"}, .rows = {}};
  for (const CaseTrend& trend : trends.cases) {
    table.rows.push_back({case_name(history, *trend.series), fmt::to_string(trend.series->runs.size()),
                          results::duration(trend.now_s), trend.able ? noise_text(trend.noise_factor) : "–",
                          changes_text(trend)});
  }
  return table;
}

report::Table run_table(const History& history, const CaseTrend& trend) {
  report::Table table{.title = "", .columns = {"commit", "date", "median", "interval", "change"}, .rows = {}};
  for (std::size_t i = 0; i < trend.series->runs.size(); ++i) {
    const History::Head& head = history.runs[trend.series->runs[i]];
    const Time& time = trend.series->times[i];
    const bool known = !std::isnan(time.low_s);
    std::string change;
    for (const Finding& finding : trend.findings) {
      if (finding.likeliest == trend.series->runs[i])
        change = fmt::format("{} {}", size_text(finding), interval_text(finding));
    }
    table.rows.push_back({head.commit.substr(0, longest_commit), head.date.substr(0, date_only),
                          results::duration(time.median_s),
                          known ? results::duration(statistics::Interval{time.low_s, time.high_s}) : "–", change});
  }
  return table;
}

results::Json run_json(const History& history, std::uint32_t run) {
  return {{"commit", history.runs[run].commit}, {"date", history.runs[run].date}};
}

results::Json finding_json(const History& history, const Finding& finding) {
  return {{"direction", finding.slower ? "slower" : "faster"}, {"new", finding.is_new},
          {"ratio", results::number(finding.ratio)},           {"interval", results::interval(finding.ratio_interval)},
          {"after", run_json(history, finding.before)},        {"up_to", run_json(history, finding.after)},
          {"likeliest", run_json(history, finding.likeliest)}, {"found_with", run_json(history, finding.found)}};
}

}  // namespace

std::string case_name(const History& history, const Series& series) {
  const std::string name = results::shortened(series.name, longest_shown);
  return several_machines(history) ? fmt::format("{} on {}", name, series.machine) : name;
}

std::string change_text(const History& history, const Finding& finding) {
  return fmt::format("{} {}, after {} up to {}", size_text(finding), interval_text(finding),
                     run_of(history, finding.before), run_of(history, finding.after));
}

report::Table change_table(const History& history, const Trends& trends, bool only_new) {
  report::Table table{.title = "",
                      .columns = {"case", "change", "99 % interval", "after", "up to", "likeliest", "found with"},
                      .rows = {}};
  for (const bool slower : {true, false}) {
    for (const CaseTrend& trend : trends.cases) {
      for (const Finding& finding : trend.findings) {
        if (finding.slower != slower || (only_new && !finding.is_new)) continue;
        table.rows.push_back({case_name(history, *trend.series), size_text(finding), interval_text(finding),
                              run_of(history, finding.before), run_of(history, finding.after),
                              run_of(history, finding.likeliest), run_of(history, finding.found)});
      }
    }
  }
  return table;
}

std::string headline(const History& history, const Trends& trends) {
  const std::size_t worse = count(trends, [](const Finding& f) { return f.is_new && f.slower; });
  const std::size_t better = count(trends, [](const Finding& f) { return f.is_new && !f.slower; });
  switch (word_of(trends)) {
    case Word::worse:
      return fmt::format("slower: {} new changes for the worse, {} for the better", worse, better);
    case Word::better:
      return fmt::format("faster: {} new changes for the better, none for the worse", better);
    case Word::all_well:
      return fmt::format("no new change with the last {} of {} runs", trends.settings.newest, history.runs.size());
    case Word::learning:
      return fmt::format("learning: no case has runs enough for any change to be found; {} so far",
                         history.runs.size());
    case Word::nothing:
      break;
  }
  return "nothing was checked: the history has no such case";
}

std::string check_text(const History& history, const Trends& trends) {
  const report::Table table = change_table(history, trends, true);
  return fmt::format("**{}**\n\n{}{}{}", headline(history, trends), report::to_screen(table),
                     table.rows.empty() ? "" : "\n", footnote(history, trends));
}

std::string show_text(const History& history, const Trends& trends) {
  std::string text = report::to_screen(case_table(history, trends));
  const report::Table found = change_table(history, trends, false);
  if (!found.rows.empty()) text += '\n' + report::to_screen(found);
  if (trends.cases.size() == 1) text += '\n' + report::to_screen(run_table(history, trends.cases.front()));
  return text + '\n' + footnote(history, trends);
}

nlohmann::ordered_json to_json(const History& history, const Trends& trends) {
  static constexpr std::array<const char*, 5> words{"no new change", "slower", "faster", "learning", "nothing checked"};
  results::Json json{{"schema", "sqrtn.trends/1"},       {"verdict", words[static_cast<std::size_t>(word_of(trends))]},
                     {"runs", history.runs.size()},      {"alpha", trends.settings.alpha},
                     {"newest", trends.settings.newest}, {"cases", results::Json::array()}};
  for (const CaseTrend& trend : trends.cases) {
    results::Json changes = results::Json::array();
    for (const Finding& finding : trend.findings) changes.push_back(finding_json(history, finding));
    json["cases"].push_back({{"name", trend.series->name},
                             {"machine", trend.series->machine},
                             {"runs", trend.series->runs.size()},
                             {"alpha", trend.alpha},
                             {"now_s", results::number(trend.now_s)},
                             {"noise_factor", results::number(trend.noise_factor)},
                             {"able", trend.able},
                             {"changes", std::move(changes)}});
  }
  return json;
}

}  // namespace sqrtn::history
