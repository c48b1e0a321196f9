#include "command/usage.hpp"

#include <fmt/format.h>

#include "command/help.hpp"
#include "support/nearest.hpp"

namespace sqrtn::command {
namespace {

std::string suggestion(const std::string& nearest) {
  return nearest.empty() ? "" : fmt::format("did you mean {}? ", nearest);
}

std::string unknown_subcommand(const CLI::App& application, const std::string& asked) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : visible_subcommands(application)) names.push_back(subcommand->get_name());
  return fmt::format("unknown subcommand '{}'; {}'sqrtn --help' lists all", asked,
                     suggestion(nearest_name(asked, names)));
}

}  // namespace

std::string unknown_word(const CLI::App& subcommand, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const CLI::Option* option : visible_options(subcommand)) {
    for (const std::string& known : option->get_lnames()) names.push_back(known);
  }
  const std::string nearest = name.starts_with("--") ? nearest_name(name.substr(2), names) : "";
  const std::string called = (subcommand.get_parent() == nullptr ? "" : "sqrtn ") + subcommand.get_name();
  return fmt::format("{} does not know '{}'; {}see '{} --help'", subcommand.get_name(), name,
                     suggestion(nearest.empty() ? "" : "--" + nearest), called);
}

std::string usage_message(const CLI::App& application, const CLI::ParseError& error) {
  const auto chosen = application.get_subcommands();
  const auto extras = chosen.empty() ? application.remaining() : chosen[0]->remaining();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !extras.empty()) {
    const bool names_subcommand = chosen.empty() && !extras.front().starts_with('-');
    return names_subcommand ? unknown_subcommand(application, extras.front())
                            : unknown_word(chosen.empty() ? application : *chosen[0], extras.front());
  }
  return fmt::format("{}; see 'sqrtn {}--help'", error.what(), chosen.empty() ? "" : chosen[0]->get_name() + " ");
}

}  // namespace sqrtn::command
