#include "report/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "results/format.hpp"
#include "sqrtn/support/require.hpp"
#include "support/terminal.hpp"

namespace sqrtn::report {
namespace {

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
      columns[j].width = std::max(columns[j].width, width(escaped(row[j].text)));
      columns[j].right = columns[j].right && is_numeric(row[j].text);
    }
  }
  return columns;
}

std::string markdown_line(const Row& cells, const std::vector<Column>& columns) {
  std::string line = "|";
  for (std::size_t j = 0; j < cells.size(); ++j) {
    line += ' ' + padded(escaped(cells[j].text), columns[j].width, columns[j].right) + " |";
  }
  return line + '\n';
}

/// The least room in which text is wrapped.
constexpr std::size_t least_room = 24;

/// Of the text as it is, which a terminal shows without escapes.
std::vector<Column> screen_layout(const Table& table) {
  std::vector<Column> columns(table.columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    columns[j].width = width(table.columns[j]);
    for (const Row& row : table.rows) {
      columns[j].width = std::max(columns[j].width, width(row[j].text));
      columns[j].right = columns[j].right && is_numeric(row[j].text);
    }
  }
  return columns;
}

/// The columns that stand beside each other, the first in each block.
std::vector<std::vector<std::size_t>> blocks_of(const Table& table, const std::vector<Column>& layout,
                                                std::size_t columns) {
  std::vector<std::vector<std::size_t>> blocks{{0}};
  std::size_t used = layout[0].width;
  for (std::size_t j = 1; j < layout.size(); ++j) {
    const bool wraps = j + 1 == layout.size() && !layout[j].right;
    const std::size_t needed = 2 + (wraps ? std::min(layout[j].width, least_room) : layout[j].width);
    if (used + needed > columns && blocks.back().size() > 1) {
      blocks.push_back({0});
      used = layout[0].width;
    }
    blocks.back().push_back(j);
    used += needed;
  }
  if (table.columns.size() == 1) return {{0}};
  return blocks;
}

/// The text in lines of so many columns at most, broken at spaces.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines{""};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!lines.back().empty() && width(lines.back()) + 1 + width(word) > columns) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string screen_line(const Row& cells, const std::vector<Column>& layout, const std::vector<std::size_t>& block,
                        std::size_t columns) {
  std::string line, more;
  std::size_t used = 0;
  for (const std::size_t j : block) {
    if (j > 0) {
      line += "  ";
      used += 2;
    }
    if (j == block.back() && !layout[j].right) {
      const std::vector<std::string> lines =
          wrapped(cells[j].text, std::max(least_room, columns - std::min(used, columns)));
      line += lines.front();
      for (std::size_t i = 1; i < lines.size(); ++i) more += std::string(used, ' ') + lines[i] + '\n';
    } else {
      line += padded(cells[j].text, layout[j].width, layout[j].right);
      used += layout[j].width;
    }
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + '\n' + more;
}

std::string screen_block(const Table& table, const std::vector<Column>& layout, const std::vector<std::size_t>& block,
                         std::size_t columns) {
  std::string text = screen_line({table.columns.begin(), table.columns.end()}, layout, block, columns);
  for (const Row& row : table.rows) text += screen_line(row, layout, block, columns);
  return text;
}

}  // namespace

void require_rectangular(const Table& table) {
  for (const auto& row : table.rows) {
    require(row.size() == table.columns.size(), "table '{}': a row has {} cells for {} columns", table.title,
            row.size(), table.columns.size());
  }
}

void drop_empty_columns(Table& table, std::size_t first) {
  for (std::size_t j = table.columns.size(); j-- > first;) {
    const auto empty = [j](const Row& row) { return row[j].text.empty() || row[j].text == "–"; };
    if (!std::ranges::all_of(table.rows, empty)) continue;
    const auto at = static_cast<std::ptrdiff_t>(j);
    table.columns.erase(table.columns.begin() + at);
    for (Row& row : table.rows) row.erase(row.begin() + at);
  }
}

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

std::string markdown_item(std::string_view text) {
  const bool begins_a_block = !text.empty() && std::string_view("#>-+=~|").find(text.front()) != std::string_view::npos;
  return fmt::format("- {}{}\n", begins_a_block ? "\\" : "", markdown_text(text));
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
  text += markdown_line({table.columns.begin(), table.columns.end()}, columns);
  text += '|';
  for (const Column& column : columns) {
    text += column.right ? std::string(column.width + 1, '-') + ":|" : ':' + std::string(column.width + 1, '-') + '|';
  }
  text += '\n';
  for (const auto& row : table.rows) text += markdown_line(row, columns);
  return text;
}

std::string to_screen(const Table& table) { return to_screen(table, terminal_columns(STDOUT_FILENO)); }

std::string to_screen(const Table& table, std::size_t columns) {
  require_rectangular(table);
  const std::string markdown = to_markdown(table);
  if (columns == 0 ||
      width(std::string_view(markdown).substr(markdown.rfind('\n', markdown.size() - 2) + 1)) <= columns) {
    return markdown;
  }
  Table held = table;
  drop_empty_columns(held, 1);
  const std::vector<Column> layout = screen_layout(held);
  std::string text = held.title.empty() ? "" : held.title + "\n\n";
  for (const std::vector<std::size_t>& block : blocks_of(held, layout, columns)) {
    text += screen_block(held, layout, block, columns) + '\n';
  }
  return text;
}

}  // namespace sqrtn::report
