#include "report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "claims/area.hpp"
#include "claims/routines/own_shapes.hpp"
#include "report/html.hpp"
#include "report/table.hpp"
#include "results/accepted.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using claims::Verdict;

std::size_t count_of(const Document& document, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count_if(
      document.claims, [verdict](const claims::Result& result) { return result.outcome.verdict == verdict; }));
}

std::string finding(const claims::Result& result, const Document& document) {
  const auto& [claim, outcome] = result;
  std::string text =
      fmt::format("- **{}** {}: {}\n  Law: {} ({})\n", word_for(result), markdown_code(claim.id),
                  markdown_text(outcome.reason), markdown_code(claim.statement), markdown_text(claim.source));
  if (const std::string figures = figures_text(result); !figures.empty()) text += fmt::format("  {}\n", figures);
  return text + fmt::format("  Again: {}\n", markdown_code(reproduction(claim, document)));
}

}  // namespace

std::string reproduction(const claims::Claim& claim, const Document& document) {
  std::vector<std::string> words{"./sqrtn", "verify", "--seed", fmt::to_string(document.seed)};
  if (document.blas) {
    const blas::Identity& blas = document.blas->identity;
    // Earlier documents name a library that was given by its path by its file alone.
    const std::string name = blas.name == blas.file_name ? "./" + blas.name : blas.name;
    words.insert(words.end(), {"--blas", document.blas->asked.empty() ? name : document.blas->asked});
  }
  if (std::ranges::find(document.command, "--quick") != document.command.end()) words.emplace_back("--quick");
  const auto scale = std::ranges::find(document.command, "--effect-scale");
  if (document.command.end() - scale > 1) words.insert(words.end(), {*scale, *(scale + 1)});
  if (const auto shape = claims::own_shape(claim.id)) words.insert(words.end(), {"--shape", *shape});
  words.insert(words.end(), {"--filter", exact_filter(claim.id)});
  return shell_line(words);
}

namespace {

constexpr const char* how_to_read =
    "observed and expected are the estimated quantity and the law's value; the interval holds the true value with\n"
    "probability 1 − 1e-9; samples follow from the effect, which is found with probability 1 − 1e-6. The median's\n"
    "interval assumes no distribution; rates come from the median; a ceiling was measured in the same run.\n";

}  // namespace

bool is_finding(const Measurement& row) { return row.note.kind == NoteKind::wrong_answer; }

/// "; the library differs, right for finite data", "" where nothing was claimed of it.
std::string library_text(const Document& document) {
  const std::optional<claims::Word> word = word_of(document);
  if (!word) return "";
  const bool values_judged = std::ranges::any_of(document.claims, [](const claims::Result& result) {
    return claims::is_in(claims::Area::products, result.claim.id) &&
           result.claim.claim_class == claims::ClaimClass::values && result.outcome.verdict == Verdict::pass;
  });
  if (*word != claims::Word::differs) return fmt::format("; the library is {}", claims::to_string(*word));
  return values_judged ? "; the library differs, right for finite data" : "; the library differs";
}

std::string not_judged_text(const Document& document) {
  if (!document.blas || !word_of(document)) return "";
  const std::string names = results::not_judged_text(document.blas->identity);
  return names.empty() ? "" : fmt::format("Exported by the library and not judged: {}.\n", markdown_text(names));
}

std::string verdict_line(const Document& document) {
  return fmt::format("{}: {}", claims::to_string(document.verdict), verdict_counts(document));
}

std::string verdict_counts(const Document& document) {
  if (document.claims.empty()) return "no claim was checked";
  double alpha = 0, time_s = 0;
  for (const auto& [claim, outcome] : document.claims) {
    alpha += claim.alpha.value_or(0);
    time_s += outcome.time_s.value_or(0);
  }
  const std::string beside =
      document.incidents.empty() ? "" : fmt::format(", {} beside the claims", document.incidents.size());
  const auto accepted = std::ranges::count_if(
      document.claims, [](const claims::Result& result) { return !result.outcome.accepted.empty(); });
  return fmt::format("{} claims, {} pass, {} fail{}, {} inconclusive, {} skipped{}; chance of a false alarm {}; {}{}",
                     document.claims.size(), count_of(document, Verdict::pass), count_of(document, Verdict::fail),
                     beside, count_of(document, Verdict::inconclusive), count_of(document, Verdict::skipped),
                     accepted > 0 ? fmt::format(", {} accepted", accepted) : "", compact(alpha, 2), duration(time_s, 3),
                     library_text(document));
}

std::string figures_text(const claims::Result& result) {
  const auto& [claim, outcome] = result;
  if (!outcome.p_value) return {};
  return fmt::format("Observed {}, expected {}, interval {}, p-value {}, samples {}, effect {}.",
                     compact(outcome.observed), compact(outcome.expected), compact(outcome.confidence_interval),
                     compact(outcome.p_value, 2), count(outcome.n_samples), percent(claim.effect_size));
}

std::string_view word_for(const claims::Result& result) {
  const bool of_library = claims::is_in(claims::Area::products, result.claim.id);
  if (!of_library || result.outcome.verdict != Verdict::fail) return claims::to_string(result.outcome.verdict);
  return claims::to_string(claims::word_of(result.claim.claim_class));
}

std::vector<const claims::Result*> findings_in_order(const Document& document) {
  std::vector<const claims::Result*> found;
  for (const claims::Result& result : document.claims) {
    if (results::is_finding(result) && result.outcome.accepted.empty()) found.push_back(&result);
  }
  const auto weight = [](const claims::Result* result) {
    const bool open = result->outcome.verdict == Verdict::inconclusive;
    return open ? -1 : static_cast<int>(claims::word_of(result->claim.claim_class));
  };
  std::ranges::stable_sort(found, std::ranges::greater{}, weight);
  return found;
}

std::string findings(const Document& document) {
  std::string text;
  for (const Incident& incident : document.incidents) text += fmt::format("- {}\n", markdown_text(incident.text));
  for (const claims::Result* result : findings_in_order(document)) text += finding(*result, document);
  for (const Measurement& row : document.measurements) {
    if (is_finding(row)) text += fmt::format("- {}: {}\n", markdown_code(row.id), markdown_text(row.note.text));
  }
  return text;
}

std::string with_coverage(std::string interval, const ChainLayer& layer) {
  const std::string less = less_coverage(layer);
  return less.empty() ? interval : interval + fmt::format(" ({})", less);
}

Table chain_table(const std::vector<ChainRecord>& chains) {
  Table table{.title = "Deep chains",
              .columns = {"chain", "fate", "at layer", "log₁₀ RMS at the end: law", "99 % of runs", "computed", "runs",
                          "weights' deviation", "that holds", "basis of the law"},
              .rows = {}};
  for (const ChainRecord& chain : chains) {
    const ChainLayer end = chain.layers.empty() ? ChainLayer{} : chain.layers.back();
    const std::optional<statistics::Interval> interval{
        {end.interval.low / std::numbers::ln10, end.interval.high / std::numbers::ln10}};
    table.rows.push_back(
        {fmt::format("{}: {}", chain.init, setting_of(chain)), chain.fate, fmt::to_string(chain.fate_layer),
         compact(end.mean / std::numbers::ln10, 5), with_coverage(compact(interval, 5), end),
         end.state == "finite" ? compact(end.measured / std::numbers::ln10, 5) : end.state, fmt::to_string(chain.runs),
         compact(chain.weight_stddev, 4), compact(chain.holding_stddev, 4), chain.basis});
  }
  return table;
}

std::string to_markdown(const Document& document) {
  std::string text = fmt::format("# sqrtn on {}, {} threads\n\n", markdown_text(document.environment.cpu_model),
                                 document.environment.available_processors);
  text += provenance(document);
  text += fmt::format("\n## Verdict\n\n**{}**\n\n{}", verdict_line(document), to_markdown(verdict_table(document)));
  if (const std::string missing = not_judged_text(document); !missing.empty()) text += '\n' + missing;
  if (const std::string found = findings(document); !found.empty()) text += "\n## Findings\n\n" + found;
  for (const std::string& group : measurement_groups(document)) {
    text += '\n' + to_markdown(measurement_table(document, group));
  }
  if (!document.propagation.empty()) text += '\n' + to_markdown(chain_table(document.propagation));
  for (const std::string& group : claim_groups(document)) {
    // Folded where Markdown is rendered: hundreds of rows that one reads only in search of something.
    text +=
        fmt::format("\n<details><summary>The claims about {}</summary>\n\n{}\n{}\n</details>\n", html::escaped(group),
                    to_markdown(claim_table(document, group)), to_markdown(law_table(document, group)));
  }
  return text + "\n## How to read the columns\n\n" + how_to_read;
}

}  // namespace sqrtn::report
