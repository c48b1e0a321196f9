#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The pieces of a page. Text that comes in is text that is shown: everything is escaped here.
namespace sqrtn::report::html {

/// `text` for an element's content or a quoted attribute.
std::string escaped(std::string_view text);

/// "<code>…</code>", escaped.
std::string code(std::string_view text);

/// One cell: what people read, and what programs and the page's sorting do.
struct Cell {
  std::string text;
  std::string value;    ///< the JSON's number in full where `text` is scaled or rounded to a unit; else empty
  std::string graphic;  ///< markup beside the text, made by us

  Cell(std::string shown = {}) : text(std::move(shown)) {}  // NOLINT(google-explicit-constructor)
  Cell(std::string shown, double exact) : text(std::move(shown)), value(fmt::format("{}", exact)) {}
};

struct Grid {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  ///< each as long as columns; its first cell heads it
  std::vector<std::string> marks;       ///< class of each row: "fail" …; empty: none anywhere

  void add(std::vector<Cell> row, std::string mark = {}) {
    rows.push_back(std::move(row));
    marks.push_back(std::move(mark));
  }
};

/// A table in a box that scrolls sideways where the screen is narrow; columns of numbers are
/// right-aligned. Empty if there are no rows. Throws: std::invalid_argument for a ragged grid.
std::string table(const Grid& grid);

/// A part of the page under a heading; empty if there is nothing in it.
/// `filter`: the rows of its tables can be filtered, where scripts run.
std::string section(std::string_view id, std::string_view heading, const std::string& content, bool filter = false);

/// A list that opens and closes. `summary` is markup.
std::string folded(const std::string& summary, const std::string& content, bool open);

}  // namespace sqrtn::report::html
