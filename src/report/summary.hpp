#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/chain.hpp"
#include "results/document.hpp"
#include "results/libraries.hpp"

/// A Document in words, and as the files of a results folder.
namespace sqrtn::report {

/// The verdict over the claims, and how it came about, in one line: "pass: 312 claims: 300 pass, …".
std::string verdict_line(const Document& document);

/// What the judged library exports and no claim covers, in a line; "" if there is nothing or it was not judged.
std::string not_judged_text(const Document& document);

/// The same after its verdict: "312 claims: 300 pass, …".
std::string verdict_counts(const Document& document);

/// What a statistical claim observed, in a sentence; "" for an exact one, whose reason says it all.
std::string figures_text(const claims::Result& result);

/// "wrong", "unsafe" or "differs" of a claim about a library that failed; the verdict of others.
std::string_view word_for(const claims::Result& result);

/// What failed or stayed open and is not accepted: the worst class first, then what stayed open.
std::vector<const claims::Result*> findings_in_order(const Document& document);

/// Whether something is wrong with the measurement or its machine, so that it was not ranked: a wrong answer, or more
/// threads at work than were asked for.
bool is_finding(const Measurement& row);

/// The claims that failed, then the inconclusive ones: what was claimed, what was found, and the
/// command that reproduces it. Then the measurements with something wrong. Empty if there is nothing to tell.
std::string findings(const Document& document);

/// The command that checks this claim of the document again, as it was checked.
std::string reproduction(const claims::Claim& claim, const Document& document);

/// One line about where results come from.
struct Fact {
  std::string name, value;
};

/// The command, the machine, the build and the library; what is not known is left out.
std::vector<Fact> facts(const Document& document);

/// The same in Markdown, one item a fact.
std::string provenance(const Document& document);

/// The same in one line, without what the machine's own tables say: version, processor, library, command.
std::string provenance_line(const Document& document);

/// The whole report in Markdown: provenance, verdict, findings, and all tables.
std::string to_markdown(const Document& document);

/// An interval of runs with the share that it holds, where that is below 99 %.
std::string with_coverage(std::string interval, const ChainLayer& layer);

/// A line a chain: its fate, log₁₀ of the RMS at its end by the law and as computed, and what would hold it.
Table chain_table(const std::vector<ChainRecord>& chains);

/// Writes results.json, report.html, report.md, claims.csv and measurements.csv into `folder`, made if missing.
/// `libraries`: unless null they stand in the report too, and in backends.json, backends.md and backends.csv.
/// Throws: std::system_error with the path and the reason; earlier files stay whole.
void write_results(Document document, const std::string& folder, const Libraries* libraries = nullptr);

/// Throws std::system_error now, before long work begins, if write_results could not write later.
/// Creates nothing that outlasts the call.
void require_writable_folder(const std::string& folder);

}  // namespace sqrtn::report
