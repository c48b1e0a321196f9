#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

/// How the command shows its subcommands and options: as help here, and to what else is made from them.
namespace sqrtn::command {

/// Help of at most 80 columns. A footer is a paragraph a line; a line that begins with spaces is an example, which is
/// continued after a backslash where it is too long.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* application, std::string name, CLI::AppFormatMode mode) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* subcommand) const override;
};

/// All but the hidden ones, in the order in which they were added.
std::vector<const CLI::App*> visible_subcommands(const CLI::App& application);
std::vector<const CLI::Option*> visible_options(const CLI::App& application);

/// The words that call it after the program's name: "verify", "history add"; empty for the application itself.
std::string called(const CLI::App& subcommand);

/// "sqrtn compare [OPTIONS] old new", where `name` is "sqrtn compare".
std::string usage_of(const CLI::App& application, const std::string& name);

/// "--filter REGEX", or "RULE" of a positional, as it stands in the help.
std::string option_heading(const CLI::Option& option);

std::vector<std::string> lines_of(const std::string& text);

}  // namespace sqrtn::command
