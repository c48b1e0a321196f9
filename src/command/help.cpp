#include "command/help.hpp"

#include <algorithm>
#include <sstream>

#include "command/listing.hpp"

namespace sqrtn::command {
namespace {

constexpr std::size_t help_columns = 80;
constexpr std::size_t description_column = 24;
constexpr std::size_t continued_column = 4;

/// Columns of UTF-8 text whose characters all take one.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// `keep_quoted`: what stands between apostrophes is part of one word, as a shell has it.
std::vector<std::string> split_words(const std::string& text, bool keep_quoted) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : text) {
    quoted ^= keep_quoted && c == '\'';
    if (c != ' ' || quoted) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

/// Lines of words, the first of which begins in the column `at` and the others in `indent`; each but the last ends
/// with `broken`.
std::string wrap(const std::vector<std::string>& words, std::size_t at, std::size_t indent,
                 const std::string& broken = "") {
  std::string text;
  std::size_t column = at;
  for (const std::string& word : words) {
    const bool begins = text.empty();
    if (!begins && column + 1 + width_of(word) + width_of(broken) > help_columns) {
      text += broken + '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!begins) {
      text += ' ';
      ++column;
    }
    text += word;
    column += width_of(word);
  }
  return text + '\n';
}

std::string paragraph(const std::string& text) { return wrap(split_words(text, false), 0, 0); }

/// A name, and what it means in a column of its own.
std::string described(const std::string& name, const std::string& description) {
  std::string text = "  " + wrap(split_words(name, false), 2, continued_column);
  text.pop_back();
  if (description.empty()) return text + '\n';
  const std::size_t column = text.find('\n') == std::string::npos ? width_of(text) : help_columns;
  text += column + 2 <= description_column ? std::string(description_column - column, ' ')
                                           : '\n' + std::string(description_column, ' ');
  return text + wrap(split_words(description, false), description_column, description_column);
}

std::string help_footer(const std::string& footer) {
  std::string text;
  for (const std::string& line : lines_of(footer)) {
    if (!line.starts_with(' ')) {
      text += paragraph(line);
    } else if (width_of(line) <= help_columns) {
      text += line + '\n';
    } else {
      text += "  " + wrap(split_words(line, true), 2, continued_column, " \\");
    }
  }
  return text;
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* application, std::string name, CLI::AppFormatMode mode) const {
  std::string options = make_positionals(application) + make_groups(application, mode);
  while (options.ends_with("\n\n")) options.pop_back();  // of groups that are hidden
  return paragraph(application->get_description()) + paragraph("Usage: " + usage_of(*application, name)) + options +
         make_subcommands(application, mode) + '\n' + help_footer(application->get_footer());
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool /*is_positional*/) const {
  return described(option_heading(*option), option->get_description());
}

std::string HelpFormatter::make_subcommand(const CLI::App* subcommand) const {
  return described(subcommand->get_name(), subcommand->get_description());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace sqrtn::command
