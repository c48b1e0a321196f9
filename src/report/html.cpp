#include "report/html.hpp"

#include "report/table.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::report::html {
namespace {

/// "r3 r4": the columns whose cells are numbers, for the style sheet.
std::string numeric_columns(const Table& table) {
  std::string classes;
  for (std::size_t j = 1; j < table.columns.size(); ++j) {
    bool numeric = true;
    for (const Row& row : table.rows) numeric = numeric && (!row[j].value.empty() || is_numeric(row[j].text));
    if (numeric) classes += fmt::format(" r{}", j + 1);
  }
  return classes;
}

/// End tags of rows and cells may be left out in HTML, and thousands of them are.
std::string table_row(const Row& cells) {
  const std::string& mark = cells.front().mark;
  std::string text = mark.empty() ? "<tr>" : fmt::format("<tr class={}>", mark);
  for (std::size_t j = 0; j < cells.size(); ++j) {
    text += j == 0 ? "<th scope=row" : "<td";
    if (j > 0 && !cells[j].mark.empty()) text += " class=" + cells[j].mark;
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

std::string table(const Table& table) {
  if (table.rows.empty()) return {};
  std::string text = fmt::format(
      "<div class=scroll tabindex=0 role=region aria-label=\"{0}\">\n<table "
      "class=\"data{1}\">\n<caption>{0}</caption>\n"
      "<thead><tr>",
      escaped(table.title), numeric_columns(table));
  for (const std::string& column : table.columns) text += "<th scope=col>" + escaped(column);
  text += "\n<tbody>\n";
  for (const Row& row : table.rows) {
    require(row.size() == table.columns.size(), "table '{}': a row has {} cells for {} columns", table.title,
            row.size(), table.columns.size());
    text += table_row(row);
  }
  return text + "</table></div>\n";
}

const char* sign(claims::Verdict verdict) {
  switch (verdict) {
    case claims::Verdict::pass:
      return "✓";
    case claims::Verdict::fail:
      return "✗";
    case claims::Verdict::inconclusive:
      return "?";
    case claims::Verdict::skipped:
      break;
  }
  return "–";
}

std::string verdict_box(claims::Verdict verdict, const std::string& label, const std::string& text) {
  return fmt::format("<div class=\"verdict {0}\"><p><strong>{1} {0}</strong>{2} <span>{3}</span></div>\n",
                     claims::to_string(verdict), sign(verdict),
                     label.empty() ? "" : fmt::format(" {}:", escaped(label)), escaped(text));
}

std::string to_html(const Section& section) {
  if (section.content.empty()) return {};
  const std::string heading = fmt::format("<h2 id={}-h>{}</h2>", section.id, escaped(section.heading));
  return fmt::format("<section id={0} aria-labelledby={0}-h{1}>\n{2}</section>\n", section.id,
                     section.filter ? " data-filter" : "",
                     section.folds ? folded(heading, section.content, false) : heading + '\n' + section.content);
}

std::string folded(const std::string& summary, const std::string& content, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "", summary, content);
}

}  // namespace sqrtn::report::html
