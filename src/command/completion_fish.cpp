#include <fmt/format.h>

#include "command/completion.hpp"
#include "command/listing.hpp"

namespace sqrtn::command {
namespace {

/// "complete" takes -f for no files, -F for files, and -r where a value must follow.
std::string fish_value(const Value& value) {
  switch (value.kind) {
    case Value::Kind::none:
      return "";
    case Value::Kind::file:
      return " -r -F";
    case Value::Kind::folder:
      return " -x -a '(__fish_complete_directories)'";
    case Value::Kind::words:
      return " -x -a " + quoted(value.words);
    case Value::Kind::text:
      break;
  }
  return " -x";
}

std::string fish_options(const CLI::App& application, const std::string& condition) {
  std::string text;
  for (const auto& [name, option] : long_options(application)) {
    text += fmt::format("complete -c sqrtn -n '{}' -l {}{} -d {}\n", condition, name.substr(2),
                        fish_value(value_of(*option)), quoted(option->get_description()));
  }
  return text;
}

/// `where`: where its name may stand.
std::string fish_subcommand(const CLI::App& subcommand, const std::string& where, const std::string& before = "") {
  const std::string condition = before + "__fish_seen_subcommand_from " + subcommand.get_name();
  const Value positional = positional_of(subcommand);
  std::string text = fmt::format("complete -c sqrtn -n {} -a {} -d {}\n", where, subcommand.get_name(),
                                 quoted(subcommand.get_description()));
  for (const CLI::App* own : visible_subcommands(subcommand)) {
    text += fish_subcommand(*own, quoted(condition), condition + "; and ");
  }
  if (positional.kind == Value::Kind::file) text += fmt::format("complete -c sqrtn -n '{}' -F\n", condition);
  if (positional.kind == Value::Kind::words) {
    text += fmt::format("complete -c sqrtn -n '{}' -a {}\n", condition, quoted(positional.words));
  }
  return text + fish_options(subcommand, condition);
}

}  // namespace

std::string fish_completion(const CLI::App& application) {
  std::string text = "# Completion of sqrtn in fish, as 'sqrtn completion fish' writes it.\ncomplete -c sqrtn -f\n";
  text += fish_options(application, "__fish_use_subcommand");
  for (const CLI::App* subcommand : visible_subcommands(application))
    text += fish_subcommand(*subcommand, "__fish_use_subcommand");
  return text;
}

}  // namespace sqrtn::command
