#include "sqrtn/report/table.hpp"

#include <algorithm>
#include <cstdlib>

#include "sqrtn/report/format.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::report {
namespace {

void require_rectangular(const Table& table) {
  for (const auto& row : table.rows) {
    require(row.size() == table.columns.size(), "table '{}': a row has {} cells for {} columns", table.title,
            row.size(), table.columns.size());
  }
}

std::string escaped(std::string_view cell) {
  std::string text;
  for (const char c : cell) {
    if (c == '\n' || c == '\r') {
      text += ' ';
      continue;
    }
    if (std::string_view("\\|*`<").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
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

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t j = 0; j < cells.size(); ++j) {
    if (j > 0) line += ',';
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

std::string to_markdown(const Table& table) {
  require_rectangular(table);
  if (table.rows.empty()) return {};
  const std::vector<Column> columns = layout(table);
  std::string text = table.title.empty() ? "" : fmt::format("### {}\n\n", table.title);
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
