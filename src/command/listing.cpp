#include "command/listing.hpp"

namespace sqrtn::command {

std::vector<const CLI::App*> visible_subcommands(const CLI::App& application) {
  return application.get_subcommands([](const CLI::App* subcommand) { return !subcommand->get_group().empty(); });
}

std::vector<const CLI::Option*> visible_options(const CLI::App& application) {
  return application.get_options([](const CLI::Option* option) { return !option->get_group().empty(); });
}

std::string called(const CLI::App& subcommand) {
  const CLI::App* parent = subcommand.get_parent();
  if (parent == nullptr) return "";
  const std::string before = called(*parent);
  return before + (before.empty() ? "" : " ") + subcommand.get_name();
}

std::string usage_of(const CLI::App& application, const std::string& name) {
  std::string usage = name + " [OPTIONS]";
  for (const CLI::Option* option : visible_options(application)) {
    if (option->get_positional()) usage += ' ' + CLI::Formatter().make_option_usage(option);
  }
  return usage + (visible_subcommands(application).empty() ? "" : " SUBCOMMAND");
}

std::string option_heading(const CLI::Option& option) {
  const CLI::Formatter formatter;
  const std::string name = formatter.make_option_name(&option, option.get_positional());
  return name.substr(0, name.find('{')) + formatter.make_option_opts(&option);  // {false}: of a flag that denies
}

}  // namespace sqrtn::command
