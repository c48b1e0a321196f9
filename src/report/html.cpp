#include "report/html.hpp"

#include "report/table.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::report::html {
namespace {

/// "r3 r4": the columns whose cells are numbers, for the style sheet.
std::string numeric_columns(const Grid& grid) {
  std::string classes;
  for (std::size_t j = 1; j < grid.columns.size(); ++j) {
    bool numeric = true;
    for (const auto& row : grid.rows) numeric = numeric && (!row[j].value.empty() || is_numeric(row[j].text));
    if (numeric) classes += fmt::format(" r{}", j + 1);
  }
  return classes;
}

/// End tags of rows and cells may be left out in HTML, and thousands of them are.
std::string table_row(const std::vector<Cell>& cells, const std::string& mark) {
  std::string text = mark.empty() ? "<tr>" : fmt::format("<tr class={}>", mark);
  for (std::size_t j = 0; j < cells.size(); ++j) {
    text += j == 0 ? "<th scope=row" : "<td";
    if (!cells[j].value.empty()) text += " data-v=" + cells[j].value;
    text += '>' + escaped(cells[j].text) + cells[j].graphic;
  }
  return text + '\n';
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string code(std::string_view text) { return "<code>" + escaped(text) + "</code>"; }

std::string table(const Grid& grid) {
  if (grid.rows.empty()) return {};
  std::string text = fmt::format(
      "<div class=scroll tabindex=0 role=region aria-label=\"{0}\">\n<table "
      "class=\"data{1}\">\n<caption>{0}</caption>\n"
      "<thead><tr>",
      escaped(grid.caption), numeric_columns(grid));
  for (const std::string& column : grid.columns) text += "<th scope=col>" + escaped(column);
  text += "\n<tbody>\n";
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    require(grid.rows[i].size() == grid.columns.size(), "table '{}': a row has {} cells for {} columns", grid.caption,
            grid.rows[i].size(), grid.columns.size());
    text += table_row(grid.rows[i], grid.marks[i]);
  }
  return text + "</table></div>\n";
}

std::string section(std::string_view id, std::string_view heading, const std::string& content, bool filter) {
  if (content.empty()) return {};
  return fmt::format("<section id={0} aria-labelledby={0}-h{1}>\n<h2 id={0}-h>{2}</h2>\n{3}</section>\n", id,
                     filter ? " data-filter" : "", escaped(heading), content);
}

std::string folded(const std::string& summary, const std::string& content, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "", summary, content);
}

}  // namespace sqrtn::report::html
