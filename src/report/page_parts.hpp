#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "report/html.hpp"
#include "report/libraries.hpp"
#include "results/document.hpp"

/// The parts of the page, top to bottom; each is empty if the documents have nothing for it.
namespace sqrtn::report {

/// A document and what sets it apart from the others of the page; the label is empty if it is alone.
struct Run {
  std::string label;
  const Document* document;
  std::size_t style = 0;  ///< in pictures
};

html::Section verdict_part(const std::vector<Run>& runs);
html::Section findings_part(const std::vector<Run>& runs);
html::Section backends_part(const std::vector<Run>& runs);
/// The answer, what is wrong, and the rest of it folded.
std::vector<html::Section> libraries_parts(std::span<const Libraries> libraries, const std::vector<Run>& runs);
html::Section measurements_part(const std::vector<Run>& runs, const std::string& group);
html::Section chains_part(const std::vector<Run>& runs);
html::Section notebooks_part(const std::vector<Run>& runs);
html::Section claims_part(const std::vector<Run>& runs);
html::Section environment_part(const std::vector<Run>& runs);

/// The run that these libraries were judged in; null if it is none of them.
const Run* run_of(const Libraries& libraries, const std::vector<Run>& runs);

/// The names in order of first appearance over all runs.
template <class Names>
std::vector<std::string> names_over(const std::vector<Run>& runs, Names names) {
  std::vector<std::string> all;
  std::set<std::string> seen;
  for (const Run& run : runs) {
    for (const std::string& name : names(*run.document)) {
      if (seen.insert(name).second) all.push_back(name);
    }
  }
  return all;
}

/// A row that says which run it is from, where there are several: `cells` with the label after the first `at`.
std::vector<Cell> with_run(const std::vector<Run>& runs, std::string label, std::size_t at, std::vector<Cell> cells);
std::vector<std::string> columns_with_run(const std::vector<Run>& runs, std::size_t at,
                                          std::vector<std::string> columns);

/// Whose row it is, of so many runs: "all", or their labels.
std::string shared_label(const std::vector<std::string>& labels, std::size_t runs);

}  // namespace sqrtn::report
