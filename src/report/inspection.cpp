#include "report/inspection.hpp"

#include <fmt/ranges.h>

#include <cmath>

#include "results/format.hpp"
#include "results/strict_json.hpp"
#include "statistics/p_text.hpp"

namespace sqrtn::report {
namespace {

using namespace claims::weights;

std::string interval_text(const claims::weights::Interval& interval) {
  return fmt::format("[{:.4g}, {:.4g}]", interval.low, interval.high);
}

std::string ratio_text(const Ratio& ratio) {
  std::string text = fmt::format("{:.4g} {} x {}'s sigma", ratio.estimate, interval_text(ratio.interval), ratio.rule);
  if (!ratio.factors.empty()) text += fmt::format(" ({})", fmt::join(ratio.factors, " or "));
  return text;
}

/// The plainest name of each deviation; of more than four how many more.
std::string rules_text(const std::vector<Match>& matches) {
  constexpr std::size_t most = 4;
  std::vector<std::string> names;
  for (const Match& match : matches) names.push_back(match.names.front());
  const std::size_t more = names.size() > most ? names.size() - most : 0;
  names.resize(names.size() - more);
  std::string text = fmt::format("{}", fmt::join(names, " or "));
  return more == 0 ? text : text + fmt::format(" or {} more", more);
}

std::string structure_text(const FoundStructure& found) {
  const std::string word(word_of(found.structure, structure_words));
  if (found.structure == Structure::zeros || found.structure == Structure::ones) return word;
  if (found.structure == Structure::constant) return fmt::format("constant {:.6g}", found.gain);
  const std::string gain = std::abs(found.gain - 1) < 1e-6 ? "" : fmt::format(", gain {:.6g}", found.gain);
  return found.error == 0 ? word + gain : fmt::format("{}{} (to {:.1g})", word, gain, found.error);
}

std::string located_text(const LocatedFit& fit) {
  if (fit.law == init::Law::uniform) {
    return fmt::format("uniform from {:.4g} to {:.4g}", fit.low.high, fit.high.low);
  }
  return fmt::format("normal about {}, sigma {}", interval_text(fit.centre), interval_text(fit.stddev));
}

std::string departure_text(const Judged& judged) {
  std::string text = fmt::format("no draw; standard errors off: kurtosis {:+.1f}", judged.kurtosis_errors);
  if (judged.row_errors != 0) text += fmt::format(", row norms {:+.1f}", judged.row_errors);
  if (judged.column_errors != 0) text += fmt::format(", column norms {:+.1f}", judged.column_errors);
  return text;
}

std::string undecided_text(const Judged& judged) {
  std::vector<std::string> parts;
  for (const Fitting& fitting : judged.laws) {
    const std::string law(init::to_string(fitting.law.law));
    parts.push_back(fitting.matches.empty() ? law + " of no rule" : rules_text(fitting.matches));
  }
  return fmt::format("cannot tell: {}", fmt::join(parts, "; "));
}

std::string is_text(const Judged& judged) {
  switch (judged.word) {
    case Word::draw:
      return fmt::format("draw of {}", judged.laws.front().matches.front().names.front());
    case Word::undecided:
      return undecided_text(judged);
    case Word::no_rule:
      return fmt::format("{}, of no rule{}", init::to_string(judged.laws.front().law.law),
                         judged.ratio ? ": " + ratio_text(*judged.ratio) : "");
    case Word::located:
      return located_text(*judged.located);
    case Word::structured:
      return structure_text(judged.structure);
    case Word::no_draw:
      return departure_text(judged);
    case Word::broken:
      return "broken";
  }
  return "";
}

std::string assertion_text(const Assertion& assertion) {
  std::string text = fmt::format("{} {}", assertion.rule, word_of(assertion.outcome, outcome_words));
  if (assertion.failed != Test::none) {
    text +=
        fmt::format(" by its {}, {}", word_of(assertion.failed, test_words), statistics::p_text(assertion.p_value, 1));
  }
  return assertion.ratio ? text + ": " + ratio_text(*assertion.ratio) : text;
}

std::string findings_text(const Judged& judged) {
  std::vector<std::string> texts;
  if (judged.assertion) texts.push_back(assertion_text(*judged.assertion));
  for (const Finding& finding : judged.findings) texts.push_back(finding.text);
  return printable(fmt::format("{}", fmt::join(texts, "; ")));
}

std::string effect_text(double effect) {
  if (!(effect < 10)) return "nothing";
  return effect >= 1 ? fmt::format("x {:.2g}", 1 + effect) : fmt::format("{:.2g} %", 100 * effect);
}

}  // namespace

bool is_faulty(const Judged& judged) {
  return judged.is_wrong() || (judged.assertion && judged.assertion->outcome == Outcome::fails);
}

Table inspection_table(const Inspection& inspection) {
  Table table{"", {"tensor", "shape", "type", "is", "sigma", "finds", "findings"}, {}};
  for (const Judged& judged : inspection.tensors) {
    table.add(
        {printable(judged.name), judged.shape.empty() ? "scalar" : sqrtn::to_string(judged.shape),
         std::string(to_string(judged.dtype)), is_text(judged),
         Cell(fmt::format("{:.4g}", judged.stddev), judged.stddev), effect_text(judged.effect), findings_text(judged)},
        is_faulty(judged) ? "fail" : "");
  }
  drop_empty_columns(table, 6);
  return table;
}

Table change_table(const std::vector<Change>& changes) {
  Table table{"Changes", {"tensor", "values that differ", "relative change", "sigma, standard errors"}, {}};
  for (const Change& change : changes) {
    if (!change.comparable) {
      table.add({printable(change.name), "not there in this shape", "", ""});
    } else if (change.share > 0) {
      table.add({printable(change.name), fmt::format("{:.3g} %", 100 * change.share),
                 fmt::format("{:.3g}", change.relative), fmt::format("{:+.1f}", change.deviation_errors)});
    }
  }
  return table;
}

std::string inspection_summary(const Inspection& inspection) {
  std::vector<std::string> counts;
  for (std::size_t i = 0; i < std::size(word_words); ++i) {
    const std::size_t n = inspection.count(static_cast<Word>(i));
    if (n > 0) counts.push_back(fmt::format("{} {}", n, word_words[i]));
  }
  std::string text =
      fmt::format("{} tensor{}: {}; {} with a fault\n", inspection.tensors.size(),
                  inspection.tensors.size() == 1 ? "" : "s", fmt::join(counts, ", "), inspection.n_wrong());
  if (!inspection.skipped.empty()) {
    std::map<std::string, std::size_t> whys;
    for (const SkippedTensor& skipped : inspection.skipped) ++whys[skipped.why];
    std::vector<std::string> parts;
    for (const auto& [why, n] : whys) parts.push_back(fmt::format("{} {}", n, printable(why)));
    text += fmt::format("not judged: {}\n", fmt::join(parts, ", "));
  }
  const std::size_t draws = inspection.count(Word::draw) + inspection.count(Word::no_rule);
  const std::size_t left = inspection.count(Word::no_draw);
  if (draws > 0 && left > 0) {
    text +=
        fmt::format("{} untouched draws stand among {} tensors that are none: were those not loaded?\n", draws, left);
  }
  return text;
}

}  // namespace sqrtn::report
