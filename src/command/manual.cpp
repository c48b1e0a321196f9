#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "command/command.hpp"
#include "command/help.hpp"
#include "command/listing.hpp"
#include "support/environment.hpp"
#include "support/output.hpp"

/// The manual page, made from the very options.
namespace sqrtn::command {
namespace {

/// What roff would read as its own, or show as another character.
constexpr std::pair<char, std::string_view> roff_escapes[] = {
    {'\\', "\\e"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}, {'"', "\\(dq"}};

/// Text that can be copied from the page into a shell, no line of which is taken for a request.
std::string roff(const std::string& text) {
  std::string escaped = text.starts_with('.') ? "\\&" : "";
  for (const char c : text) {
    const auto* const found = std::ranges::find(roff_escapes, c, &std::pair<char, std::string_view>::first);
    if (found == std::end(roff_escapes)) {
      escaped += c;
    } else {
      escaped += found->second;
    }
  }
  return escaped;
}

std::string roff_term(const std::string& term, const std::string& description) {
  const std::size_t end = std::min(term.find(' '), term.size());
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(term.substr(0, end)), roff(term.substr(end)), roff(description));
}

std::string roff_options(const CLI::App& application) {
  std::string text;
  for (const CLI::Option* option : visible_options(application)) {
    text += roff_term(option_heading(*option), option->get_description());
  }
  return text;
}

/// Paragraphs as they are, examples line by line.
std::string roff_footer(const std::string& footer) {
  std::string text;
  bool example = false;
  for (const std::string& line : lines_of(footer)) {
    if (line.starts_with(' ') != example) text += example ? ".EE\n" : ".EX\n";
    example = line.starts_with(' ');
    text += example ? roff(line) + '\n' : ".PP\n" + roff(line) + '\n';
  }
  return text + (example ? ".EE\n" : "");
}

/// And those that it has of its own.
std::string roff_subcommand(const CLI::App& subcommand) {
  const std::string name = "sqrtn " + called(subcommand);
  std::string text =
      fmt::format(".SH \"{}\"\n{}\n.PP\n\\fB{}\\fR\n{}{}", roff(name), roff(subcommand.get_description()),
                  roff(usage_of(subcommand, name)), roff_options(subcommand), roff_footer(subcommand.get_footer()));
  for (const CLI::App* own : visible_subcommands(subcommand)) text += roff_subcommand(*own);
  return text;
}

std::string manual(const CLI::App& application) {
  std::string text = fmt::format(
      "'\\\" -*- coding: utf-8 -*-\n.TH SQRTN 1 \"\" \"sqrtn {}\"\n.SH NAME\nsqrtn \\- {}\n.SH SYNOPSIS\n"
      "\\fB{}\\fR\n.SH OPTIONS\n{}.SH SUBCOMMANDS\n",
      describe_environment().version, roff(application.get_description()), roff(usage_of(application, "sqrtn")),
      roff_options(application));
  for (const CLI::App* subcommand : visible_subcommands(application)) {
    text += roff_term(subcommand->get_name(), subcommand->get_description());
  }
  text += roff_footer(application.get_footer());
  for (const CLI::App* subcommand : visible_subcommands(application)) {
    text += roff_subcommand(*subcommand);
  }
  return text;
}

}  // namespace

void add_manual(CLI::App& application, Action& chosen) {
  CLI::App* subcommand = application.add_subcommand("manual", "Writes the manual page, in roff");
  subcommand->footer(
      "An installed sqrtn has it already, as 'man sqrtn'.\n"
      "Example:\n  sqrtn manual > sqrtn.1");
  subcommand->callback([&application, &chosen] {
    chosen = [&application] {
      write_file("-", manual(application));
      return all_well;
    };
  });
}

}  // namespace sqrtn::command
