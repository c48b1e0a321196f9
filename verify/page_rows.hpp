#pragma once

#include <map>
#include <string>
#include <vector>

namespace sqrtn::verify {

struct PageCell {
  std::string text, value;
};

using PageRow = std::vector<PageCell>;

/// "<td data-v=0.5>12.0 k" or "<th scope=row>generator/ars".
inline PageCell parse_cell(const std::string& markup) {
  const std::size_t end = markup.find('>'), value = markup.find("data-v=");
  PageCell cell{.text = markup.substr(end + 1, markup.find_first_of("<\n", end) - end - 1), .value = ""};
  if (value < end) cell.value = markup.substr(value + 7, end - value - 7);
  return cell;
}

/// The body rows of every table of a page, by the text that heads them.
inline std::map<std::string, std::vector<PageRow>> rows_of(const std::string& page) {
  std::map<std::string, std::vector<PageRow>> rows;
  for (std::size_t at = page.find("<th scope=row"); at != std::string::npos; at = page.find("<th scope=row", at + 1)) {
    PageRow row;
    const std::string line = page.substr(at, page.find('\n', at) - at + 1);
    for (std::size_t cell = 0; cell != std::string::npos; cell = line.find("<td", cell + 1)) {
      row.push_back(parse_cell(line.substr(cell)));
    }
    rows[row.front().text].push_back(row);
  }
  return rows;
}

/// Markdown without its code, in which nothing is markup.
inline std::string without_code(std::string text) {
  for (std::size_t at = text.find('`'); at != std::string::npos; at = text.find('`')) {
    text.erase(at, text.find('`', at + 1) + 1 - at);
  }
  return text;
}

}  // namespace sqrtn::verify
