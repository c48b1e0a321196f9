#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "report/table.hpp"
#include "results/libraries.hpp"

/// Every BLAS of a machine side by side: which are right, which are wrong and how, and how fast each is.
namespace sqrtn::report {

/// "10 libraries, 1 cannot be used, 6 differs, 1 right, 1 unsafe, 1 wrong".
std::string verdict_line(const Libraries& report);

/// The fastest right libraries and one line a library; `shown` makes the table's text.
std::string answer_text(const Libraries& report, std::string (*shown)(const Table&));

/// One line a library: its word, claims, version, kernel and the first call.
Table backend_table(const Libraries& report);

/// report::same_bits_table of them all; no rows if no order was read.
Table orders_table(const Libraries& report);

/// How many routines of each claims judge, and what it exports beside them; equal ones in one line.
Table coverage_table(const Libraries& report);

/// By type and threads, a table of rates with their share of the ceiling or, with `ratios`, of ratios to the default.
/// A library that is unsafe or wrong is marked in the head of its column; a product that one was not timed at has its
/// reason.
std::vector<Table> speed_tables(const Libraries& report, bool ratios);

/// The command that judges this claim of this library again.
std::string reproduction(const Libraries& report, const Library& backend, const std::string& claim);

/// What is wrong, the worst first, once for all libraries that have it, with the shortest command that shows it; "" if
/// nothing is.
std::string library_findings(const Libraries& report);

/// What is reported of each and never judged, a line a library and kind of inputs: grade, algorithm, constant and
/// exponent of the growth of rounding errors with their intervals of 99 %, reproducibility. `dtype`: "f32" or "f64".
Table accuracy_table(const Libraries& report, std::string_view dtype);
/// Both tables under a heading, with what the columns mean; "" if no library's properties are known.
std::string accuracy_text(const Libraries& report);

/// Provenance, the answer, findings, ranks, accuracy, and by type and threads a table of rates (per cent of the
/// ceiling) and one of ratios to the default, in Markdown.
std::string to_markdown(const Libraries& report);

}  // namespace sqrtn::report
