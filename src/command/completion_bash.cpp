#include <fmt/format.h>

#include "command/completion.hpp"
#include "command/listing.hpp"

namespace sqrtn::command {
namespace {

// Bash has --json=FILE as three words.
constexpr const char* bash_begin = R"(# Completion of sqrtn in bash, as 'sqrtn completion bash' writes it.
_sqrtn() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} kind='' words=''
  [[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD - 2]}
  [[ $word != = ]] || word=''
  ((COMP_CWORD > 1)) || before=start
  local called=${COMP_WORDS[1]}
  case "$called" in
)";

constexpr const char* bash_middle = R"(  esac
  case "$called $before" in
)";

constexpr const char* bash_end = R"(  esac
  COMPREPLY=()
  case $kind in
    file) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    folder) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") ;;
  esac
  [[ $kind == words ]] || compopt -o filenames 2>/dev/null
}
complete -F _sqrtn sqrtn
)";

std::string bash_case(const std::string& pattern, const Value& value) {
  constexpr const char* kinds[] = {"", "file", "folder", "words", "text"};
  return fmt::format("    {}) kind={} words={} ;;\n", pattern, kinds[static_cast<std::size_t>(value.kind)],
                     quoted(value.words));
}

/// Its words and, if it has subcommands of its own, theirs: these are called by two words.
std::string bash_called(const CLI::App& subcommand) {
  if (visible_subcommands(subcommand).empty()) return "";
  return fmt::format("    {}) ((COMP_CWORD == 2)) || called+=\" ${{COMP_WORDS[2]}}\" ;;\n", subcommand.get_name());
}

/// What stands behind its options; else options, after a hyphen or where there are no positionals.
std::string bash_subcommand(const CLI::App& subcommand) {
  const std::string name = called(subcommand);
  std::string text, names;
  for (const CLI::App* own : visible_subcommands(subcommand)) {
    names += own->get_name() + ' ';
    text += bash_subcommand(*own);
  }
  for (const auto& [option_name, option] : long_options(subcommand)) {
    names += option_name + ' ';
    const Value value = value_of(*option);
    if (value.kind != Value::Kind::none) text += bash_case(quoted(name + ' ' + option_name), value);
  }
  const Value options{Value::Kind::words, names}, positional = positional_of(subcommand);
  if (positional.kind == Value::Kind::none) return text + bash_case(quoted(name + ' ') + '*', options);
  return text + fmt::format("    '{} '*)\n      case $word in\n    {}    {}      esac\n      ;;\n", name,
                            bash_case("-*", options), bash_case("*", positional));
}

}  // namespace

std::string bash_completion(const CLI::App& application) {
  std::string begin, text, names;
  for (const CLI::App* subcommand : visible_subcommands(application)) {
    names += subcommand->get_name() + ' ';
    begin += bash_called(*subcommand);
    text += bash_subcommand(*subcommand);
  }
  for (const auto& named : long_options(application)) names += named.first + ' ';
  return bash_begin + begin + bash_middle + bash_case("*' start'", {Value::Kind::words, names}) + text + bash_end;
}

}  // namespace sqrtn::command
