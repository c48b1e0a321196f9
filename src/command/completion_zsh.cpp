#include <fmt/format.h>

#include "command/completion.hpp"
#include "command/listing.hpp"

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
      local called=$words[1]
      case $called in
)";

constexpr const char* zsh_calls_end = R"(      esac
      case $called in
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

/// Of a subcommand that has some of its own: it is called by two words.
std::string zsh_called(const CLI::App& subcommand) {
  if (visible_subcommands(subcommand).empty()) return "";
  return fmt::format("        {}) ((CURRENT == 2)) || {{ called+=\" $words[2]\"; shift words; ((CURRENT--)) }} ;;\n",
                     subcommand.get_name());
}

/// What may stand behind it: its positional, or its own subcommands.
std::string zsh_rest(const CLI::App& subcommand) {
  std::string names;
  for (const CLI::App* own : visible_subcommands(subcommand)) names += (names.empty() ? "" : " ") + own->get_name();
  const Value positional = names.empty() ? positional_of(subcommand) : Value{Value::Kind::words, names};
  return positional.kind == Value::Kind::none ? "" : quoted('*' + zsh_value(positional));
}

std::string zsh_subcommand(const CLI::App& subcommand) {
  const std::string indent(10, ' '), name = called(subcommand);
  std::string text =
      fmt::format("        {})\n{}{}{}  {}\n{};;\n", name.find(' ') == std::string::npos ? name : quoted(name), indent,
                  zsh_arguments(subcommand, indent), indent, zsh_rest(subcommand), indent);
  for (const CLI::App* own : visible_subcommands(subcommand)) text += zsh_subcommand(*own);
  return text;
}

}  // namespace

std::string zsh_completion(const CLI::App& application) {
  std::string names, calls, text;
  for (const CLI::App* subcommand : visible_subcommands(application)) {
    calls += zsh_called(*subcommand);
    names += fmt::format("    {}\n", quoted(subcommand->get_name() + ':' + subcommand->get_description()));
    text += zsh_subcommand(*subcommand);
  }
  return zsh_begin + names + "  )\n  " + zsh_arguments(application, "  ") + zsh_middle + calls + zsh_calls_end + text +
         zsh_end;
}

}  // namespace sqrtn::command
