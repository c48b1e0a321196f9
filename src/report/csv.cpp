#include <cstdlib>

#include "report/table.hpp"

namespace sqrtn::report {
namespace {

/// Whether a spreadsheet would calculate what is text: it begins like a formula and is no number.
bool is_formula(const std::string& cell) {
  if (cell.empty() || std::string_view("=+-@\t\r").find(cell.front()) == std::string_view::npos) return false;
  char* end = nullptr;
  std::strtod(cell.c_str(), &end);
  return end == cell.c_str() || *end != '\0';
}

std::string csv_line(const Row& cells) {
  std::string line;
  for (std::size_t j = 0; j < cells.size(); ++j) {
    if (j > 0) line += ',';
    const std::string cell = is_formula(cells[j].text) ? "'" + cells[j].text : cells[j].text;
    // A line that holds a single empty field would otherwise be an empty line.
    const bool quote = cell.find_first_of(",\"\r\n") != std::string::npos || (cells.size() == 1 && cell.empty());
    if (!quote) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace

std::string to_csv(const Table& table) {
  require_rectangular(table);
  std::string text = csv_line({table.columns.begin(), table.columns.end()});
  for (const auto& row : table.rows) text += csv_line(row);
  return text;
}

}  // namespace sqrtn::report
