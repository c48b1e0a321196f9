#include "command/usage.hpp"

#include <fmt/format.h>

#include "command/listing.hpp"
#include "support/nearest.hpp"

namespace sqrtn::command {
namespace {

/// "sqrtn history add"
std::string program_and(const CLI::App& subcommand) {
  const std::string words = called(subcommand);
  return words.empty() ? "sqrtn" : "sqrtn " + words;
}

std::string suggestion(const std::string& nearest) {
  return nearest.empty() ? "" : fmt::format("did you mean {}? ", nearest);
}

/// `application`: or a subcommand that has some of its own.
std::string unknown_subcommand(const CLI::App& application, const std::string& asked) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : visible_subcommands(application)) names.push_back(subcommand->get_name());
  return fmt::format("unknown subcommand '{}'; {}'{} --help' lists all", asked, suggestion(nearest_name(asked, names)),
                     program_and(application));
}

}  // namespace

std::string unknown_word(const CLI::App& subcommand, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const CLI::Option* option : visible_options(subcommand)) {
    for (const std::string& known : option->get_lnames()) names.push_back(known);
  }
  const std::string nearest = name.starts_with("--") ? nearest_name(name.substr(2), names) : "";
  const bool is_program = subcommand.get_parent() == nullptr;
  return fmt::format(
      "{} does not know '{}'; {}see '{} --help'", is_program ? subcommand.get_name() : called(subcommand), name,
      suggestion(nearest.empty() ? "" : "--" + nearest), is_program ? subcommand.get_name() : program_and(subcommand));
}

std::string usage_message(const CLI::App& application, const CLI::ParseError& error) {
  const CLI::App* chosen = &application;
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands()[0];
  const std::vector<std::string> extras = chosen->remaining();
  const bool expects_subcommand = !visible_subcommands(*chosen).empty();
  if (!extras.empty() && (expects_subcommand || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)) {
    const bool names_subcommand = expects_subcommand && !extras.front().starts_with('-');
    return names_subcommand ? unknown_subcommand(*chosen, extras.front()) : unknown_word(*chosen, extras.front());
  }
  return fmt::format("{}; see '{} --help'", error.what(), program_and(*chosen));
}

}  // namespace sqrtn::command
