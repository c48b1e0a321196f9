#pragma once

#include <string>
#include <vector>

#include "sqrtn/report/record.hpp"

/// Tables for people (Markdown) and programs (CSV, RFC 4180), all from one Document.
namespace sqrtn::report {

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as columns
};

std::string to_markdown(const Table& table);  ///< pipes aligned, numbers right-aligned; '|' escaped
std::string to_csv(const Table& table);

Table claim_table(const Document& document);
/// The measurements of one group ("ceilings", "products", "init", "monte_carlo").
Table measurement_table(const Document& document, const std::string& group);

/// The whole report: provenance, verdict, what failed first, tables, and how to reproduce it.
std::string to_markdown(const Document& document);

/// Writes report.md, claims.csv, measurements.csv and results.json into `folder`, made if missing.
/// Throws: std::system_error with the path and the reason; earlier files stay whole.
void write_results(const Document& document, const std::string& folder);

}  // namespace sqrtn::report
