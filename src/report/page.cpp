#include "report/page.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "report/assets.hpp"
#include "report/page_charts.hpp"
#include "report/page_parts.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "results/format.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::report {
namespace {

using html::escaped;

/// The facts by which runs are told apart, most telling first.
std::vector<std::string> telling_facts(const Document& document) {
  const Environment& environment = document.environment;
  return {environment.cpu_model,
          document.blas ? document.blas->identity.name : "",
          environment.available_processors > 0 ? fmt::format("{} threads", environment.available_processors) : "",
          environment.commit,
          environment.compiler,
          fmt::format("seed {}", document.seed),
          shell_line(document.command)};
}

/// Of each document the facts that are not the same in all, as few as tell them apart; then a number.
std::vector<std::string> labels_of(const std::vector<const Document*>& documents) {
  std::vector<std::string> labels(documents.size());
  const auto distinct = [](const std::vector<std::string>& all) { return std::set(all.begin(), all.end()).size(); };
  const std::size_t facts = telling_facts({}).size();
  for (std::size_t fact = 0; fact < facts && distinct(labels) < labels.size(); ++fact) {
    std::vector<std::string> longer = labels;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const std::string value = telling_facts(*documents[i])[fact];
      if (!value.empty()) longer[i] += (longer[i].empty() ? "" : ", ") + value;
    }
    if (distinct(longer) > distinct(labels)) labels = longer;
  }
  std::map<std::string, int> seen;
  for (std::string& label : labels) {
    if (const int n = ++seen[label]; n > 1 || label.empty()) label += fmt::format("{}#{}", label.empty() ? "" : " ", n);
  }
  return labels;
}

std::vector<Run> labelled(const std::vector<const Document*>& documents) {
  const std::vector<std::string> labels = labels_of(documents);
  std::vector<Run> runs;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    runs.push_back({documents.size() > 1 ? labels[i] : "", documents[i], i % chart_styles});
  }
  return runs;
}

/// Documents that hold only deep chains or the notebooks' numbers are no runs of their own, unless there are no others.
std::vector<Run> runs_of(const std::vector<Document>& documents) {
  std::vector<const Document*> chosen;
  for (const Document& document : documents) {
    if (!document.claims.empty() || !document.measurements.empty()) chosen.push_back(&document);
  }
  if (chosen.empty() && !documents.empty()) chosen.push_back(&documents.front());
  return labelled(chosen);
}

/// The documents that hold deep chains.
std::vector<Run> chain_runs_of(const std::vector<Document>& documents) {
  std::vector<const Document*> chosen;
  for (const Document& document : documents) {
    if (!document.propagation.empty()) chosen.push_back(&document);
  }
  return labelled(chosen);
}

std::string title_of(const std::vector<Run>& runs, bool libraries, std::span<const More> more) {
  if (runs.empty())
    return libraries ? "sqrtn: every BLAS, side by side" : fmt::format("sqrtn: {}", more.front().section.heading);
  if (runs.size() > 1) return fmt::format("sqrtn: {} runs side by side", runs.size());
  const Environment& environment = runs.front().document->environment;
  return fmt::format("sqrtn on {}, {} threads", environment.cpu_model, environment.available_processors);
}

/// What a browser compares the script with before it runs it.
std::string script_hash(std::string_view script) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require(EVP_Digest(script.data(), script.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1,
          "OpenSSL offers no SHA-256; install libssl3");
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return "sha256-" + std::string(text.begin(), text.begin() + length);
}

/// `first`: the section that tells the verdicts.
std::string head(const std::string& title, const std::string& first) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src '{}'\">\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n{}</style>\n"
      "</head>\n<body>\n<a class=skip href=#{}>Skip to the verdict</a>\n",
      script_hash(page_script()), escaped(title), page_style_sheet(), first);
}

constexpr const char* how_to_read =
    "<p>Observed and expected are the estimated quantity and the law's value; the interval holds the true value with "
    "probability 1 − 10⁻⁹. The number of samples follows from the effect, which is found with probability 1 − 10⁻⁶. "
    "<p>The median's interval assumes no distribution and has level 99 %; rates come from the median, and a ceiling "
    "was "
    "measured in the same run. Numbers are rounded for reading; the exact ones are in results.json.\n";

/// Links to the sections.
std::string navigation(const std::vector<html::Section>& sections) {
  std::string links;
  for (const html::Section& section : sections) {
    if (!section.content.empty()) {
      links += fmt::format("<li><a href=#{}>{}</a>", section.id, escaped(section.heading));
    }
  }
  return fmt::format("<nav aria-label=Sections><ul>{}</ul></nav>\n", links);
}

/// The runs without what is said of their library where the page shows all libraries of that machine.
std::vector<Document> own_parts(const std::vector<Run>& runs, std::span<const Libraries> libraries) {
  std::vector<Document> documents;
  for (const Run& run : runs) {
    const bool told =
        std::ranges::any_of(libraries, [&](const Libraries& report) { return run_of(report, {run}) != nullptr; });
    documents.push_back(told ? own_part(*run.document) : *run.document);
  }
  return documents;
}

/// What people come for first; the ceilings explain it.
std::vector<std::string> groups_in_order(const std::vector<Run>& runs) {
  std::vector<std::string> groups = names_over(runs, measurement_groups);
  const std::vector<std::string> order{"init", "products", "monte_carlo"};
  std::ranges::stable_sort(groups, {}, [&order](const std::string& group) {
    return group == "ceilings" ? 99 : std::ranges::find(order, group) - order.begin();
  });
  return groups;
}

/// The answer first, then what explains it.
std::vector<html::Section> sections_of(const std::vector<Document>& documents, const std::vector<Run>& runs,
                                       std::span<const Libraries> libraries) {
  const std::vector<Document> own = own_parts(runs, libraries);
  std::vector<Run> own_runs = runs, all;
  for (std::size_t i = 0; i < runs.size(); ++i) own_runs[i].document = &own[i];
  for (const Document& document : documents) all.push_back({"", &document, 0});
  std::vector<html::Section> sections = libraries_parts(libraries, runs);
  sections.insert(sections.begin() + 1, verdict_part(own_runs));
  sections.insert(sections.begin() + 3, findings_part(own_runs));
  sections.push_back(backends_part(runs));
  for (const std::string& group : groups_in_order(runs)) sections.push_back(measurements_part(runs, group));
  for (html::Section& section : std::vector{chains_part(chain_runs_of(documents)), notebooks_part(all),
                                            claims_part(runs), environment_part(runs)}) {
    sections.push_back(std::move(section));
  }
  sections.push_back({.id = "reading", .heading = "How to read the columns", .content = how_to_read});
  return sections;
}

std::string foot(const std::vector<Run>& runs, std::span<const Libraries> libraries,
                 const std::vector<std::string>& command) {
  std::string text = "<footer>\n<p>The results come from\n<pre tabindex=0><code>";
  for (const Run& run : runs) text += escaped(shell_line(run.document->command)) + '\n';
  for (const Libraries& report : libraries) {
    if (!run_of(report, runs)) text += escaped(report.provenance) + '\n';
  }
  text += "</code></pre>\n";
  if (!command.empty()) {
    text += fmt::format("<p>and this page is made again from them by\n<pre tabindex=0><code>{}</code></pre>\n",
                        escaped(shell_line(command)));
  }
  return text + "</footer>\n";
}

}  // namespace

std::vector<Cell> with_run(const std::vector<Run>& runs, std::string label, std::size_t at, std::vector<Cell> cells) {
  if (runs.size() > 1) cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(at), Cell(std::move(label)));
  return cells;
}

std::vector<std::string> columns_with_run(const std::vector<Run>& runs, std::size_t at,
                                          std::vector<std::string> columns) {
  if (runs.size() > 1) columns.insert(columns.begin() + static_cast<std::ptrdiff_t>(at), "run");
  return columns;
}

std::string shared_label(const std::vector<std::string>& labels, std::size_t runs) {
  return labels.size() == runs ? "all" : fmt::format("{}", fmt::join(labels, "; "));
}

std::string to_html(const std::vector<Document>& documents, const std::vector<std::string>& command,
                    std::span<const Libraries> libraries, std::span<const More> more) {
  require(!documents.empty() || !libraries.empty() || !more.empty(), "a page needs a results document; name one");
  const std::vector<Run> runs = runs_of(documents);
  std::vector<html::Section> sections;
  if (!documents.empty() || !libraries.empty()) sections = sections_of(documents, runs, libraries);
  for (const More& one : more) sections.push_back(one.section);
  std::string content;
  for (const html::Section& section : sections) content += to_html(section);
  const std::string title = title_of(runs, !libraries.empty(), more);
  const std::string first = !libraries.empty() ? "libraries" : documents.empty() ? more[0].section.id : "verdict";
  return head(title, first) +
         fmt::format("<header>\n<h1>{}</h1>\n{}</header>\n", escaped(title), navigation(sections)) + "<main>\n" +
         content + "</main>\n" + foot(runs, libraries, command) +
         fmt::format("<script>{}</script>\n</body>\n</html>\n", page_script());
}

std::vector<std::pair<std::string, std::string>> svg_files(const std::vector<Document>& documents) {
  std::vector<std::pair<std::string, std::string>> files;
  const std::vector<Run> runs = runs_of(documents);
  const auto add = [&files](const char* name, const auto& charts) {
    for (std::size_t i = 0; i < charts.size(); ++i) {
      files.emplace_back(fmt::format("{}-{}.svg", name, i + 1), svg_file(charts[i]));
    }
  };
  add("init", rank_charts(runs, "init"));
  add("products", rate_charts(runs, "products"));
  add("chains", chain_charts(chain_runs_of(documents)));
  return files;
}

}  // namespace sqrtn::report
