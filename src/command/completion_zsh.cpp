#include <fmt/format.h>

#include "command/completion.hpp"
#include "command/help.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* zsh_begin = R"(#compdef sqrtn
# Completion of sqrtn in zsh, as 'sqrtn completion zsh' writes it.
_sqrtn() {
  local curcontext=$curcontext state line
  local -a subcommands=(
)";

constexpr const char* zsh_middle = R"(    '1:subcommand:->subcommand' '*::argument:->argument' && return
  case $state in
    subcommand) _describe subcommand subcommands ;;
    argument)
      case $words[1] in
)";

constexpr const char* zsh_end = R"(      esac
      ;;
  esac
}
if [[ $funcstack[1] == _sqrtn ]]; then _sqrtn "$@"; else compdef _sqrtn sqrtn; fi
)";

std::string zsh_value(const Value& value) {
  switch (value.kind) {
    case Value::Kind::none:
      return "";
    case Value::Kind::file:
      return ":file:_files";
    case Value::Kind::folder:
      return ":folder:_files -/";
    case Value::Kind::words:
      return fmt::format(":value:({})", value.words);
    case Value::Kind::text:
      break;
  }
  return ":value: ";
}

/// Brackets end a description in a specification of an option.
std::string zsh_option(const std::string& name, const CLI::Option& option) {
  std::string description;
  for (const char c : option.get_description()) {
    if (c == '[' || c == ']' || c == '\\') description += '\\';
    description += c;
  }
  const Value value = value_of(option);
  // It may be given again: some are lists.
  return quoted(
      fmt::format("*{}{}[{}]{}", name, value.kind == Value::Kind::none ? "" : "=", description, zsh_value(value)));
}

std::string zsh_arguments(const CLI::App& application, const std::string& indent) {
  std::string text = "_arguments \\\n";
  for (const auto& [name, option] : long_options(application)) {
    text += fmt::format("{}  {} \\\n", indent, zsh_option(name, *option));
  }
  return text;
}

std::string zsh_subcommand(const CLI::App& subcommand) {
  const std::string indent(10, ' ');
  const Value positional = positional_of(subcommand);
  const std::string rest = positional.kind == Value::Kind::none ? "" : quoted('*' + zsh_value(positional));
  return fmt::format("        {})\n{}{}{}  {}\n{};;\n", subcommand.get_name(), indent,
                     zsh_arguments(subcommand, indent), indent, rest, indent);
}

}  // namespace

std::string zsh_completion(const CLI::App& application) {
  std::string names, text;
  for (const CLI::App* subcommand : visible_subcommands(application)) {
    names += fmt::format("    {}\n", quoted(subcommand->get_name() + ':' + subcommand->get_description()));
    text += zsh_subcommand(*subcommand);
  }
  return zsh_begin + names + "  )\n  " + zsh_arguments(application, "  ") + zsh_middle + text + zsh_end;
}

}  // namespace sqrtn::command
