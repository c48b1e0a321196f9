#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sqrtn::command {

/// Help of at most 80 columns. A footer is a paragraph a line; a line that begins with spaces is an example, which is
/// continued after a backslash where it is too long.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* application, std::string name, CLI::AppFormatMode mode) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* subcommand) const override;
};

std::vector<std::string> lines_of(const std::string& text);

}  // namespace sqrtn::command
