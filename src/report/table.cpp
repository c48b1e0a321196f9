#include "report/table.hpp"

#include <algorithm>
#include <cstdlib>

#include "results/format.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::report {
namespace {

void require_rectangular(const Table& table) {
  for (const auto& row : table.rows) {
    require(row.size() == table.columns.size(), "table '{}': a row has {} cells for {} columns", table.title,
            row.size(), table.columns.size());
  }
}

/// A cell: a bar would end it.
std::string escaped(std::string_view cell) {
  std::string text;
  for (const char c : markdown_text(cell)) text.append(c == '|' ? "\\|" : std::string(1, c));
  return text;
}

/// Code points, which is what lines up in a terminal for the signs that are used here.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t wanted, bool right) {
  const std::string space(wanted - std::min(wanted, width(text)), ' ');
  return right ? space + text : text + space;
}

struct Column {
  std::size_t width = 3;  // "--:" needs three
  bool right = true;
};

std::vector<Column> layout(const Table& table) {
  std::vector<Column> columns(table.columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    columns[j].width = std::max(columns[j].width, width(escaped(table.columns[j])));
    for (const auto& row : table.rows) {
      columns[j].width = std::max(columns[j].width, width(escaped(row[j])));
      columns[j].right = columns[j].right && is_numeric(row[j]);
    }
  }
  return columns;
}

std::string markdown_line(const std::vector<std::string>& cells, const std::vector<Column>& columns) {
  std::string line = "|";
  for (std::size_t j = 0; j < cells.size(); ++j) {
    line += ' ' + padded(escaped(cells[j]), columns[j].width, columns[j].right) + " |";
  }
  return line + '\n';
}

/// Whether a spreadsheet would calculate what is text: it begins like a formula and is no number.
bool is_formula(const std::string& cell) {
  if (cell.empty() || std::string_view("=+-@\t\r").find(cell.front()) == std::string_view::npos) return false;
  char* end = nullptr;
  std::strtod(cell.c_str(), &end);
  return end == cell.c_str() || *end != '\0';
}

std::string csv_line(std::vector<std::string> cells) {
  std::string line;
  for (std::size_t j = 0; j < cells.size(); ++j) {
    if (j > 0) line += ',';
    if (is_formula(cells[j])) cells[j] = fmt::format("'{}", cells[j]);
    // A line that holds a single empty field would otherwise be an empty line.
    const bool quote =
        cells[j].find_first_of(",\"\r\n") != std::string::npos || (cells.size() == 1 && cells[j].empty());
    if (!quote) {
      line += cells[j];
      continue;
    }
    line += '"';
    for (const char c : cells[j]) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace

bool is_numeric(const std::string& cell) {
  if (cell.empty() || cell == "–") return true;
  const char* begin = cell.c_str() + (cell.front() == '[' ? 1 : 0);
  char* end = nullptr;
  std::strtod(begin, &end);
  return end != begin && (*end == '\0' || *end == ' ' || *end == ',' || std::string_view(end).starts_with("–"));
}

std::string markdown_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const bool link = c == '(' && safe.ends_with(']');
    if (link || std::string_view("\\*`<").find(c) != std::string_view::npos) safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

std::string markdown_code(std::string_view text) {
  std::size_t longest = 0, run = 0;
  std::string line;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    line += c == '\n' || c == '\r' ? ' ' : c;
  }
  const std::string fence(longest + 1, '`');
  // Next to a fence a backtick needs a space, which is not shown.
  const char* space = longest > 0 ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", fence, space, line);
}

std::string to_markdown(const Table& table) {
  require_rectangular(table);
  if (table.rows.empty()) return {};
  const std::vector<Column> columns = layout(table);
  std::string text = table.title.empty() ? "" : fmt::format("### {}\n\n", markdown_text(table.title));
  text += markdown_line(table.columns, columns);
  text += '|';
  for (const Column& column : columns) {
    text += column.right ? std::string(column.width + 1, '-') + ":|" : ':' + std::string(column.width + 1, '-') + '|';
  }
  text += '\n';
  for (const auto& row : table.rows) text += markdown_line(row, columns);
  return text;
}

std::string to_csv(const Table& table) {
  require_rectangular(table);
  std::string text = csv_line(table.columns);
  for (const auto& row : table.rows) text += csv_line(row);
  return text;
}

}  // namespace sqrtn::report
