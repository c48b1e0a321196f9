#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "results/document.hpp"
#include "sqrtn/claims/claim.hpp"

/// Tables for people (Markdown) and programs (CSV, RFC 4180), all from one Document.
namespace sqrtn::report {

// Views show what the results hold, in its words.
using namespace results;

/// One cell: what people read, and what programs, the page's sorting and its colours know beside.
struct Cell {
  std::string text;
  std::string value;    ///< the JSON's number in full where `text` is scaled or rounded to a unit; else empty
  std::string graphic;  ///< markup of the page beside the text, made by us
  std::string mark;     ///< class on the page: "wrong", "fail" …; empty: none

  Cell(std::string shown = {}) : text(std::move(shown)) {}  // NOLINT(google-explicit-constructor)
  Cell(const char* shown) : text(shown) {}                  // NOLINT(google-explicit-constructor)
  Cell(std::string shown, double exact) : text(std::move(shown)), value(fmt::format("{}", exact)) {}

  friend bool operator==(const Cell& cell, const std::string& shown) { return cell.text == shown; }
};

using Row = std::vector<Cell>;

/// The one table behind Markdown, CSV and the page.
struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<Row> rows;  ///< each as long as columns; on the page its first cell heads it

  /// `mark`: of the whole row, on its first cell; empty: none.
  void add(Row row, std::string mark = {}) {
    if (!mark.empty()) row.front().mark = std::move(mark);
    rows.push_back(std::move(row));
  }
};

/// Throws: std::invalid_argument if a row is not as long as columns.
void require_rectangular(const Table& table);

/// Drops the columns from the first of these on in which no row holds anything.
void drop_empty_columns(Table& table, std::size_t first);

/// `text` on a line of Markdown as it is read: no markup, link or HTML of its own.
std::string markdown_text(std::string_view text);

/// "- text\n" in the same way: text that begins like a heading, a list or a quotation is none.
std::string markdown_item(std::string_view text);

/// `text` between backticks, as many as it takes.
std::string markdown_code(std::string_view text);

/// "### title" if there is one, then the table: pipes aligned, columns of numbers right-aligned,
/// what Markdown would interpret escaped, one line a row. Empty if there are no rows.
/// Throws: std::invalid_argument if a row is not as long as columns.
std::string to_markdown(const Table& table);

/// As to_markdown where standard output is no terminal or the table fits it. Else within `columns`: without columns
/// that hold nothing, text of the last one wrapped, the others in blocks that each begin with the first.
std::string to_screen(const Table& table);
std::string to_screen(const Table& table, std::size_t columns);

/// Whether a cell is a number, alone or before a unit; an interval; or unset.
bool is_numeric(const std::string& cell);

/// A header line and the rows, lines ended by CR LF, fields quoted where they must be. Text that a spreadsheet would
/// take for a formula (it begins with = + - @ and is no number) has an apostrophe before it.
/// Throws: std::invalid_argument if a row is not as long as columns. Source: RFC 4180 §2.
std::string to_csv(const Table& table);

/// The groups that occur, in the order of first appearance.
std::vector<std::string> claim_groups(const Document& document);
std::vector<std::string> measurement_groups(const Document& document);

/// "13.16 Gsamples/s, 52.6 GB/s": a rate with its unit, for fills with the bytes that they write.
std::string rate_text(const Measurement& row);

/// The claims, or measurements, of one group for people: rounded, units scaled.
Table claim_table(const Document& document, const std::string& group);
/// The library's properties: what, value, interval, source.
Table property_table(const Document& document);
Table measurement_table(const Document& document, const std::string& group);

/// Each law of a group once, with its source and the number of claims that check it.
Table law_table(const Document& document, const std::string& group);

/// How many claims of each group had which verdict, and how long they took.
Table verdict_table(const Document& document);

}  // namespace sqrtn::report
