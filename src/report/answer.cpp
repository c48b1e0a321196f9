#include "report/answer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "claims/area.hpp"
#include "results/findings.hpp"
#include "results/format.hpp"
#include "results/ranking.hpp"

namespace sqrtn::report {
namespace {

// A quarter of a processor: less is what any idle system does beside.
constexpr double calm = 0.25;

std::string text_of(const std::optional<Relative>& relative) {
  return relative ? fmt::format("{:.2f}", relative->value) : "–";
}

// OpenBLAS's kernels without AVX2, as it names them: those that it takes on processors newer than itself among them.
constexpr std::array<std::string_view, 10> kernels_below_avx2{
    "Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Atom", "Sandybridge", "Opteron", "Barcelona", "Bobcat"};

/// Of libraries that do not know this processor, those of one kernel together; who asked for a kernel knows.
std::vector<std::string> told_of_old_kernels(const Libraries& libraries) {
  std::vector<std::string> all;
  if (!libraries.environment) return all;
  const auto has = [&](std::string_view flag) { return std::ranges::count(libraries.environment->isa, flag) > 0; };
  if (!has("avx2")) return all;
  std::map<std::string, std::vector<const Library*>> takers;
  for (const Library& library : libraries.backends) {
    if (!library.record || library.blas.find('@') != std::string::npos) continue;
    const std::string& kernel = library.record->identity.kernel;
    if (std::ranges::count(kernels_below_avx2, kernel) > 0) takers[kernel].push_back(&library);
  }
  const std::string_view newer = has("avx512f") ? "SkylakeX" : "Haswell";
  for (const auto& [kernel, of_it] : takers) {
    std::vector<std::string> names;
    for (const Library* library : of_it) names.push_back(library->name);
    all.push_back(
        fmt::format("This processor is not known to {}: {} kernels for {}. OPENBLAS_CORETYPE={} in the environment "
                    "makes programs take newer ones; `sqrtn bench --blas {}@{}` times them.",
                    fmt::join(names, ", "), names.size() == 1 ? "it takes" : "they take", kernel, newer,
                    of_it.front()->blas, newer));
  }
  return all;
}

/// "gemm and gemv f32, 1 thread"
std::string setting_text(const Ranking& ranking, const Scope& setting) {
  std::vector<std::string> routines;
  for (const Scope& scope : ranking.routines_of(setting)) routines.push_back(scope.routine);
  return fmt::format("{} {}", fmt::join(routines, " and "), to_string(setting));
}

/// "wrong in 3 of 70": of the routines that were judged. The word alone where it is due in all.
Cell word_cell(const Library& library) {
  const std::optional<claims::Word> word = word_of(library);
  Cell cell{std::string(word_text(word))};
  if (word) cell.mark = cell.text;
  std::set<std::string_view> judged, broken;
  bool in_all = false;
  for (const auto& [claim, outcome] : library.claims) {
    if (outcome.verdict == claims::Verdict::skipped) continue;
    const bool due = outcome.verdict == claims::Verdict::fail && claims::word_of(claim.claim_class) == word;
    const std::string_view routine = claims::product_claim(claim.id).routine;
    if (claims::routines_of(claim.id) == claims::Routines::all) {
      in_all = in_all || due;
    } else {
      judged.insert(routine);
      if (due) broken.insert(routine);
    }
  }
  if (in_all || broken.empty() || broken.size() == judged.size()) return cell;
  cell.text += fmt::format(" in {} of {}", broken.size(), judged.size());
  return cell;
}

/// "1.08 [1.05, 1.10] times as fast as blis-serial", or that the rounds tell none of the two faster.
std::string margin_text(const Relative& margin, const std::string& second) {
  const std::string interval = margin.interval ? ' ' + compact(margin.interval, 3) : "";
  if (margin.interval && margin.interval->low <= 1)
    return fmt::format("level with {} (1 is in {})", second, interval.substr(1));
  return fmt::format("{}{} times as fast as {}", significant(margin.value, 3), interval, second);
}

/// The fastest, if it is none that people may use.
std::string faster_text(const Libraries& libraries, const Ranking& ranking, const Scope& setting, std::size_t best) {
  const std::vector<std::size_t> all = ranking.order_of(setting);
  if (all.front() == best) return {};
  const Library& first = libraries.backends[all.front()];
  const std::optional<Relative> ratio = ranking.relative(all.front(), best, setting);
  return fmt::format("{}, {} there, is {} times as fast", first.name, word_text(ranking.word_in(all.front(), setting)),
                     significant(ratio->value, 3));
}

}  // namespace

std::vector<Fastest> fastest_libraries(const Libraries& libraries) {
  const Ranking ranking(libraries);
  std::vector<Fastest> all;
  for (const Scope& setting : ranking.settings()) {
    const std::vector<std::size_t> order = ranking.order_of(setting, true), ranked = ranking.order_of(setting);
    if (ranked.empty()) continue;
    Fastest& fastest = all.emplace_back();
    fastest.setting = setting_text(ranking, setting);
    if (order.empty()) {
      const std::string_view word = word_text(ranking.word_in(ranked.front(), setting));
      fastest.faster = fmt::format("the fastest, {}, is {}", libraries.backends[ranked.front()].name, word);
      continue;
    }
    fastest.library = libraries.backends[order.front()].name;
    if (order.size() > 1) {
      fastest.margin = margin_text(*ranking.relative(order[0], order[1], setting), libraries.backends[order[1]].name);
    }
    fastest.faster = faster_text(libraries, ranking, setting, order.front());
  }
  return all;
}

Table answer_table(const Libraries& libraries) {
  const Ranking ranking(libraries);
  Table table{.title = "", .columns = {"library", "word"}, .rows = {}};
  for (const Scope& setting : ranking.settings()) {
    table.columns.push_back(fmt::format("{} × {}", setting.dtype, setting.threads));
  }
  table.columns.emplace_back("what it gets wrong");
  for (std::size_t i = 0; i < libraries.backends.size(); ++i) {
    const Library& library = libraries.backends[i];
    Row row{library.name, word_cell(library)};
    for (const Scope& setting : ranking.settings()) row.push_back(text_of(ranking.relative_to_best(i, setting)));
    row.push_back(library.record ? complaints_of(library) : "cannot be used: " + library.refusal);
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table rank_table(const Libraries& libraries) {
  const Ranking ranking(libraries);
  std::vector<Scope> scopes;
  for (const Scope& setting : ranking.settings()) {
    for (Scope& scope : ranking.routines_of(setting)) scopes.push_back(std::move(scope));
  }
  Table table{.title = "", .columns = {"routine"}, .rows = {}};
  std::vector<std::size_t> timed;
  for (std::size_t i = 0; i < libraries.backends.size(); ++i) {
    if (libraries.backends[i].speeds.empty()) continue;
    timed.push_back(i);
    table.columns.push_back(libraries.backends[i].name);
  }
  for (const Scope& scope : scopes) {
    const std::vector<std::size_t> order = ranking.order_of(scope);
    Row row{to_string(scope)};
    for (const std::size_t i : timed) {
      const auto place = std::ranges::find(order, i) - order.begin() + 1;
      const std::optional<Relative> relative = ranking.relative_to_best(i, scope);
      const bool wrong =
          !is_ranked(libraries.backends[i], scope.routine, scope.dtype) && word_of(libraries.backends[i]);
      row.push_back(relative ? fmt::format("{:.2f} ({})", relative->value, place) : wrong ? "wrong" : "–");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string complaints_of(const Library& library) {
  std::vector<std::string> all;
  for (const Symptom& symptom : symptoms_of(library)) {
    all.push_back(symptom_text(symptom.text, symptom.failures));
  }
  return fmt::format("{}", fmt::join(all, "; "));
}

std::vector<std::string> caveats(const Libraries& libraries) {
  std::vector<std::string> all;
  if (libraries.others_busy.value_or(0) >= calm) {
    all.push_back(
        fmt::format("The machine was busy: others kept {:.1f} of its processors while the libraries were timed.",
                    *libraries.others_busy));
  }
  if (libraries.quick) {
    all.emplace_back(
        "This was a quick look: libraries were not judged at long operands, and only once where C and Fortran or two "
        "types could differ. A run without --quick does so.");
  }
  std::ranges::move(told_of_old_kernels(libraries), std::back_inserter(all));
  return all;
}

}  // namespace sqrtn::report
