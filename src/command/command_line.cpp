#include <algorithm>
#include <utility>

#include "command/command.hpp"
#include "command/options.hpp"
#include "results/format.hpp"

namespace sqrtn::command {

std::vector<std::string> command_line(const CLI::App& subcommand) {
  std::vector<std::string> words{"sqrtn", subcommand.get_name()};
  std::vector<const CLI::Option*> seen;
  bool passed_on = false;
  for (const CLI::Option* option : subcommand.parse_order()) {
    // It stands in the order once for each of its values, and each time has them all.
    if (std::ranges::find(seen, option) != seen.end()) continue;
    seen.push_back(option);
    const std::string name = option->get_positional() ? "" : "--" + option->get_lnames().front();
    if (option->get_expected_min() == 0) {  // a flag
      words.push_back(name);
      continue;
    }
    std::string listed;
    for (const std::string& value : option->results()) {
      const std::string word = option->get_type_name() == regex_type ? value : results::published(value);
      if (option->get_delimiter() != '\0') {
        listed += (listed.empty() ? "" : std::string(1, option->get_delimiter())) + word;
        continue;
      }
      if (!name.empty()) words.push_back(name);
      if (name.empty() && value.starts_with('-') && !std::exchange(passed_on, true)) words.emplace_back("--");
      words.push_back(word);
    }
    if (!listed.empty()) words.insert(words.end(), {name, listed});
  }
  return words;
}

}  // namespace sqrtn::command
