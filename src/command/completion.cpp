#include "command/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "command/command.hpp"
#include "command/listing.hpp"
#include "support/output.hpp"

namespace sqrtn::command {

Value value_of(const CLI::Option& option) {
  using enum Value::Kind;
  if (option.get_expected_min() == 0) return {none, ""};
  std::string type = option.get_type_name();
  if (type == "DIR") return {folder, ""};
  if (type == "FILE" || type == "NAME_OR_PATH" || type.ends_with(".json")) return {file, ""};
  if (type.find('|') == std::string::npos) return {text, ""};
  std::ranges::replace(type, '|', ' ');
  return {words, type};
}

Value positional_of(const CLI::App& subcommand) {
  Value value{Value::Kind::none, ""};
  for (const CLI::Option* option : visible_options(subcommand)) {
    if (option->get_positional() && value.kind == Value::Kind::none) value = value_of(*option);
  }
  return value;
}

std::vector<std::pair<std::string, const CLI::Option*>> long_options(const CLI::App& application) {
  std::vector<std::pair<std::string, const CLI::Option*>> named;
  for (const CLI::Option* option : visible_options(application)) {
    for (const std::string& name : option->get_lnames()) named.emplace_back("--" + name, option);
  }
  return named;
}

std::string quoted(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '\'' ? "'\\''" : std::string(1, c);
  return '\'' + escaped + '\'';
}

namespace {

std::string completion(const CLI::App& application, const std::string& shell) {
  if (shell == "bash") return bash_completion(application);
  return shell == "zsh" ? zsh_completion(application) : fish_completion(application);
}

std::string shell_error(const std::string& shell) {
  const bool known = shell == "bash" || shell == "zsh" || shell == "fish";
  return known ? "" : fmt::format("no completion for '{}'; known: bash, zsh, fish", shell);
}

}  // namespace

void add_completion(CLI::App& application, Action& chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App* subcommand =
      application.add_subcommand("completion", "Writes the script that completes subcommands and options in a shell");
  subcommand->add_option("SHELL", *shell, "Which shell it is for")
      ->required()
      ->type_name("bash|zsh|fish")
      ->check(shell_error);
  subcommand->footer(
      "An installed sqrtn has its scripts already. For this shell alone: eval \"$(sqrtn completion bash)\"\n"
      "Example:\n  sqrtn completion bash > sqrtn.bash");
  subcommand->callback([&application, &chosen, shell] {
    chosen = [&application, shell] {
      write_file("-", completion(application, *shell));
      return all_well;
    };
  });
}

}  // namespace sqrtn::command
