#include "report/libraries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/answer.hpp"
#include "report/order_tables.hpp"
#include "results/findings.hpp"
#include "results/format.hpp"
#include "results/ranking.hpp"

namespace sqrtn::report {
namespace {

constexpr const char* how_to_read_words =
    "\n*Right*: every claim held. *Differs*: right for finite data; NaN, Inf, α = 0 or underflow are treated otherwise "
    "than IEEE 754 and the reference have it. *Unsafe*: touches what is not its own, or what runs beside it. *Wrong*: "
    "wrong answers for finite data; it is not ranked in that routine and type. In 3 of 70: of the routines that were "
    "judged.\n"
    "The numbers are speeds as multiples of the fastest library's: geometric means over the products at which all were "
    "timed, 1.00 is the fastest everywhere; f32 × 2 is in single precision on two threads.\n";

constexpr const char* how_to_read_orders =
    "\n## The order of sums\n\nThe same letter is the same bits. *Any m*: whether a row's answer is the same among any "
    "number of rows, *any n* a column's among any of columns; else the first number at which it is another. *Error "
    "bound*: of the result, as a multiple of the sum of the products' magnitudes. `sqrtn order` tells the orders.\n\n";

using claims::Verdict;

std::size_t count_of(const Library& library, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count_if(
      library.claims, [verdict](const claims::Result& result) { return result.outcome.verdict == verdict; }));
}

std::string ratio_text(const LibrarySpeed& speed) {
  if (!speed.ratio) return "–";
  return significant(speed.ratio, 3) + (speed.ratio_interval ? ' ' + compact(speed.ratio_interval, 3) : "");
}

/// The rate with its share of the ceiling, or why there is none.
std::string rate_text(const LibrarySpeed& speed) {
  if (!speed.row.rate) return speed.row.note.empty() ? "–" : speed.row.note.text;
  std::string text = significant(speed.row.rate, 3);
  if (speed.row.percent_of_ceiling) text += fmt::format(" ({:.0f} %)", *speed.row.percent_of_ceiling);
  return speed.row.note.empty() ? text : text + ", " + speed.row.note.text;
}

Table speed_table(const Libraries& report, const Ranking& ranking, std::size_t setting, bool ratios) {
  Table table{.title = to_string(ranking.settings()[setting]), .columns = {"product"}, .rows = {}};
  std::vector<std::size_t> timed;
  for (std::size_t i = 0; i < report.backends.size(); ++i) {
    const Library& library = report.backends[i];
    if (library.speeds.empty()) continue;
    timed.push_back(i);
    const std::optional<claims::Word> word = ranking.word_in(i, ranking.settings()[setting]);
    table.columns.push_back(library.name +
                            (word && *word <= claims::Word::differs ? "" : fmt::format(" ({})", word_text(word))));
  }
  for (const std::size_t product : ranking.products_of(setting)) {
    Row cells{ranking.name_of(product)};
    for (const std::size_t i : timed) {
      const LibrarySpeed* speed = ranking.find(i, setting, product);
      cells.push_back(speed == nullptr ? "–" : ratios ? ratio_text(*speed) : rate_text(*speed));
    }
    const bool empty = std::all_of(cells.begin() + 1, cells.end(), [](const Cell& cell) { return cell.text == "–"; });
    if (!empty) table.rows.push_back(std::move(cells));
  }
  return table;
}

std::string speeds_text(const Libraries& report) {
  std::string text;
  for (const Table& table : speed_tables(report, false)) text += '\n' + to_markdown(table);
  if (report.default_name.empty()) return text;
  text += fmt::format(
      "\n## Speed relative to {}\n\nMedian of the ratios in the same round, with its interval of 99 %; above 1 is "
      "faster. An interval that holds 1 is no difference resolved.\n",
      markdown_text(report.default_name));
  for (const Table& table : speed_tables(report, true)) text += '\n' + to_markdown(table);
  return text;
}

/// Of the first claim that shows it: what was seen, and the command that shows it again.
std::string example_of(const Libraries& report, const SharedFinding& finding) {
  if (finding.failures.empty()) return {};
  const claims::Result& first = *finding.failures.front();
  const std::string more =
      finding.failures.size() == 1 ? "" : fmt::format(", and {} more", finding.failures.size() - 1);
  return fmt::format("  {}: {}{}\n  Again: {}\n", markdown_code(first.claim.id), markdown_text(first.outcome.reason),
                     more,
                     markdown_code(reproduction(report, report.backends[finding.libraries.front()], first.claim.id)));
}

}  // namespace

std::string verdict_line(const Libraries& report) {
  std::map<std::string, std::size_t> counts;
  for (const Library& library : report.backends)
    ++counts[!library.record                ? "cannot be used"
             : word_of(library).has_value() ? std::string(word_text(word_of(library)))
                                            : "not judged"];
  std::string text = fmt::format("{} libraries", report.backends.size());
  for (const auto& [word, n] : counts) text += fmt::format(", {} {}", n, word);
  return text;
}

Table backend_table(const Libraries& report) {
  Table table{.title = "",
              .columns = {"library", "word", "claims", "failed", "open", "version", "kernel", "names", "first call",
                          "slow rounds"},
              .rows = {}};
  for (const Library& library : report.backends) {
    if (!library.record) continue;
    const blas::Identity& identity = library.record->identity;
    table.rows.push_back({library.name, std::string(word_text(word_of(library))), fmt::to_string(library.claims.size()),
                          fmt::to_string(count_of(library, Verdict::fail)),
                          fmt::to_string(count_of(library, Verdict::inconclusive)), short_version(identity),
                          identity.kernel, naming_text(identity), duration(library.first_call_s, 3),
                          fmt::to_string(library.slow_rounds)});
  }
  return table;
}

Table orders_table(const Libraries& report) {
  std::vector<results::LibraryOrder> orders;
  for (const Library& library : report.backends) {
    for (const results::LibraryOrder& order : library.orders) {
      orders.push_back(order);
      orders.back().name = library.name;
    }
  }
  Table table = same_bits_table(orders);
  if (!orders.empty()) table.title = orders.front().request;
  return table;
}

Table coverage_table(const Libraries& report) {
  Table table{.title = "", .columns = {"library", "routines judged", "exported and not judged"}, .rows = {}};
  for (const Library& library : report.backends) {
    if (!library.record || library.record->identity.routines == 0) continue;
    const blas::Identity& identity = library.record->identity;
    const Row row{library.name, fmt::to_string(identity.routines), not_judged_text(identity)};
    const auto same = std::ranges::find_if(
        table.rows, [&row](const Row& other) { return other[1].text == row[1].text && other[2].text == row[2].text; });
    if (same == table.rows.end()) {
      table.rows.push_back(row);
    } else {
      same->front().text += ", " + library.name;
    }
  }
  return table;
}

std::vector<Table> speed_tables(const Libraries& report, bool ratios) {
  std::vector<Table> tables;
  const Ranking ranking(report);
  for (std::size_t setting = 0; setting < ranking.settings().size(); ++setting) {
    Table table = speed_table(report, ranking, setting, ratios);
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  return tables;
}

std::string reproduction(const Libraries& report, const Library& backend, const std::string& claim) {
  std::vector<std::string> words{"./sqrtn", "verify", "--blas", backend.blas, "--seed", fmt::to_string(report.seed)};
  if (report.quick) words.emplace_back("--quick");  // other calls are made then
  words.insert(words.end(), {"--filter", exact_filter(claim)});
  return shell_line(words);
}

std::string library_findings(const Libraries& report) {
  std::string text;
  for (const SharedFinding& finding : shared_findings(report)) {
    text += fmt::format("- **{}** {}: {}\n{}", word_text(claims::word_of(finding.claim_class)),
                        markdown_text(names_text(report, finding)),
                        markdown_text(symptom_text(finding.symptom, finding.failures)), example_of(report, finding));
  }
  for (const Library& library : report.backends) {
    if (!library.record && library.incidents.empty()) {
      text += fmt::format("- {} cannot be used: {}\n", markdown_text(library.name), markdown_text(library.refusal));
    }
    const auto open = std::ranges::find(library.claims, Verdict::inconclusive,
                                        [](const claims::Result& result) { return result.outcome.verdict; });
    if (open == library.claims.end()) continue;
    text += fmt::format("- {}: {} claims stay open, the first {}: {}\n", markdown_text(library.name),
                        count_of(library, Verdict::inconclusive), markdown_code(open->claim.id),
                        markdown_text(open->outcome.reason));
  }
  return text;
}

std::string answer_text(const Libraries& report, std::string (*shown)(const Table&)) {
  std::string text;
  for (const std::string& caveat : caveats(report)) text += caveat + "\n\n";
  for (const auto& [setting, library, margin, faster] : fastest_libraries(report)) {
    if (library.empty()) {
      text += fmt::format("- No library is right at {}; {}\n", setting, markdown_text(faster));
      continue;
    }
    text += fmt::format("- Fastest right library at {}: **{}**{}{}\n", setting, markdown_text(library),
                        margin.empty() ? "" : ", " + markdown_text(margin),
                        faster.empty() ? "" : fmt::format(" ({})", markdown_text(faster)));
  }
  return (text.empty() ? "" : text + '\n') + shown(answer_table(report));
}

std::string to_markdown(const Libraries& report) {
  std::string text = fmt::format("# Every BLAS of this machine\n\n{}\n\n{}", markdown_text(report.provenance),
                                 answer_text(report, to_markdown));
  text += how_to_read_words;
  if (const std::string found = library_findings(report); !found.empty()) text += "\n## Findings\n\n" + found;
  if (const Table ranks = rank_table(report); !ranks.rows.empty()) {
    text +=
        "\n## Ranks\n\nSpeed as a multiple of the fastest library's, with the place among those whose answers are "
        "right "
        "for that routine and type.\n\n" +
        to_markdown(ranks);
  }
  text += "\n## Libraries\n\n" + to_markdown(backend_table(report));
  if (const Table coverage = coverage_table(report); !coverage.rows.empty()) text += '\n' + to_markdown(coverage);
  if (const Table orders = orders_table(report); !orders.rows.empty()) text += how_to_read_orders + to_markdown(orders);
  if (const std::string accuracy = accuracy_text(report); !accuracy.empty()) text += '\n' + accuracy;
  if (const std::string speeds = speeds_text(report); !speeds.empty()) {
    text +=
        "\n## Speed\n\nGFLOP/s of gemm, GB/s of gemv, from the median over interleaved rounds; in brackets per cent "
        "of the ceiling that the machine reached in the same run.\n" +
        speeds;
  }
  return text;
}

}  // namespace sqrtn::report
