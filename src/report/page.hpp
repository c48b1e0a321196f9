#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/html.hpp"
#include "report/libraries.hpp"
#include "results/document.hpp"

/// Results as one HTML file that is published as it is.
namespace sqrtn::report {

/// What is neither results nor libraries, as it stands on the page and in report.md.
struct More {
  html::Section section;
  std::string markdown;
};

/// The page of one run, or of several side by side: verdicts first, what is wrong with the command that shows it
/// again, backends, initialisers, products over their measured peak, deep chains, the notebooks' numbers, every claim
/// with its interval, and the machines. One file without network, fonts or images; complete without scripts, which only
/// sort and filter; each number is the JSON's, rounded for people, with the exact one in `data-v` where its unit is
/// scaled. Text of the documents is escaped, and a content security policy admits no script but the page's own.
/// `command`: how this page is made again from the documents, for its foot; none if it cannot.
/// `libraries`: of each machine every BLAS side by side: verdicts, defects, accuracy and speeds.
/// `more`: what else the page shows, before its last part.
/// Throws: std::invalid_argument if there is nothing to show.
std::string to_html(const std::vector<Document>& documents, const std::vector<std::string>& command,
                    std::span<const Libraries> libraries = {}, std::span<const More> more = {});

/// The pictures of the page as SVG files of their own: file name and content.
std::vector<std::pair<std::string, std::string>> svg_files(const std::vector<Document>& documents);

/// Writes report.html, report.md (the documents one after the other, then the libraries of each machine), claims.csv,
/// measurements.csv, backends.csv (joined: the provenance leads each row) and the pictures into `folder`, made if
/// missing; a table that nothing stands in is left out.
/// Returns: the names of the files. Throws: std::system_error with the path and the reason; then all earlier files
/// stay.
std::vector<std::string> write_report(const std::vector<Document>& documents, std::span<const Libraries> libraries,
                                      const std::vector<std::string>& command, const std::string& folder,
                                      std::span<const More> more = {});

}  // namespace sqrtn::report
