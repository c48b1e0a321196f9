#include "report/sampler_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/summary.hpp"
#include "report/table.hpp"
#include "results/format.hpp"
#include "samplers/claims.hpp"
#include "statistics/p_text.hpp"
#include "support/words.hpp"

namespace sqrtn::report {
namespace {

using claims::Verdict;
using samplers::Judged;

/// What a row is about: a rule and a type, or what ids say in their place.
struct Subject {
  std::string rule, dtype;
  friend bool operator==(const Subject&, const Subject&) = default;
};

/// "layers/relu/he_normal/forward/bf16/mean" is about he_normal and bf16; of what names no rule, layers or chains, else
/// the second part.
Subject subject_of(const std::string& id) {
  const std::size_t first = id.find('/') + 1, second = id.find('/', first);
  Subject subject{std::string(samplers::rule_of(id)), {}};
  if (subject.rule.empty()) {
    const bool is_of_layers = id.starts_with("layers/") || id.starts_with("chains/");
    subject.rule = is_of_layers ? id.substr(0, first - 1) : id.substr(first, second - first);
  }
  for (const std::string_view dtype : samplers::element_words) {
    if (samplers::has_part(id, dtype)) subject.dtype = dtype;
  }
  return subject;
}

/// Of one row.
struct Tally {
  Subject subject;
  std::size_t n_claims = 0, n_fail = 0, n_open = 0, n_skipped = 0;
  std::optional<double> effect;  ///< of the variance
};

std::vector<Tally> tallies_of(const std::vector<claims::Result>& results) {
  std::vector<Tally> rows;
  for (const auto& [claim, outcome] : results) {
    const Subject subject = subject_of(claim.id);
    auto row = std::ranges::find(rows, subject, &Tally::subject);
    if (row == rows.end()) row = rows.insert(row, Tally{.subject = subject, .effect = {}});
    ++row->n_claims;
    row->n_fail += outcome.verdict == Verdict::fail;
    row->n_open += outcome.verdict == Verdict::inconclusive;
    row->n_skipped += outcome.verdict == Verdict::skipped;
    if (claim.id.ends_with("/scale") || claim.id.ends_with("/variance")) {
      row->effect = std::min(row->effect.value_or(1), claim.effect_size.value_or(1));
    }
  }
  return rows;
}

std::string rate_of(const Document& document, const Subject& subject, std::string_view who) {
  const std::string id = fmt::format("sampler/{}/{}/{}", subject.rule, subject.dtype, who);
  const auto row = std::ranges::find(document.measurements, id, &Measurement::id);
  return row == document.measurements.end() ? "–" : fmt::format("{:.3g} G/s", row->rate.value_or(0));
}

std::string verdict_of(const Tally& row) {
  if (row.n_fail > 0) return fmt::format("{} fail", row.n_fail);
  if (row.n_open > 0) return fmt::format("{} inconclusive", row.n_open);
  return row.n_skipped == row.n_claims ? "skipped" : "pass";
}

/// Through what layers went, or why not.
std::string layers_text(const Document& document, const Judged& judged) {
  const auto uses_blas = [](const claims::Result& result) { return result.claim.uses_blas; };
  if (std::ranges::none_of(document.claims, uses_blas)) return "";
  if (judged.blas.empty()) return "Layers were not judged: OpenBLAS cannot be loaded; name a library with --blas.\n";
  return fmt::format("Layers were computed with {}.\n", judged.blas);
}

Table table_of(const Document& document) {
  Table table{.title = "",
              .columns = {"rule", "type", "verdict", "claims", "finds, of variance", "answers", "sqrtn"},
              .rows = {}};
  for (const Tally& row : tallies_of(document.claims)) {
    table.add({row.subject.rule, row.subject.dtype, verdict_of(row), fmt::to_string(row.n_claims),
               row.effect ? fmt::format("{:.2g} %", 100 * *row.effect) : "–", rate_of(document, row.subject, "program"),
               rate_of(document, row.subject, "sqrtn")});
  }
  return table;
}

std::string finding_of(const claims::Result& result) {
  const auto& [claim, outcome] = result;
  std::string why = outcome.reason;
  if (why.empty() && outcome.observed) {
    why = fmt::format("{} is {}", claim.statement, results::compact(outcome.observed, 4));
    if (outcome.expected) why += fmt::format(" instead of {}", results::compact(outcome.expected, 4));
  }
  if (outcome.p_value) why += ", " + statistics::p_text(*outcome.p_value, 1);
  return fmt::format("- {}: {}\n", claim.id, why);
}

template <class Named>
std::string list_of(const char* what, const std::vector<Named>& all, const std::vector<Named>& known) {
  std::vector<std::string> missing;
  for (const Named& one : all) {
    if (std::ranges::find(known, one) == known.end()) missing.emplace_back(one);
  }
  return missing.empty() ? "" : fmt::format("{} {}", what, fmt::join(missing, ", "));
}

std::string not_known(const samplers::Known& known) {
  if (known.rules.empty()) return "";  // it did not say
  std::vector<std::string> dtypes, all_dtypes{"f32", "f64", "f16", "bf16"};
  for (const samplers::Element dtype : known.dtypes) dtypes.emplace_back(word_of(dtype, samplers::element_words));
  const std::vector<std::string> layouts(std::begin(samplers::layout_words), std::end(samplers::layout_words));
  std::vector<std::string> parts{list_of("rules", samplers::all_rules(), known.rules),
                                 list_of("types", all_dtypes, dtypes), list_of("layouts", layouts, known.layouts)};
  std::erase(parts, "");
  return parts.empty() ? "" : fmt::format("Not known to the program and not judged: {}.\n", fmt::join(parts, "; "));
}

}  // namespace

std::string sampler_text(const Document& document, const Judged& judged) {
  std::string text;
  if (!judged.known.program.empty()) text += results::printable(judged.known.program) + "\n\n";
  text += to_screen(table_of(document)) + '\n';
  for (const samplers::Diagnosis& found : judged.diagnoses) {
    text += fmt::format("- {} {}, {}: {}\n", found.rule, found.dtype, found.layout, found.why);
  }
  for (const claims::Result& result : document.claims) {
    if (result.outcome.verdict == Verdict::fail) text += finding_of(result);
  }
  return text + layers_text(document, judged) + not_known(judged.known) + verdict_line(document) + '\n';
}

}  // namespace sqrtn::report
