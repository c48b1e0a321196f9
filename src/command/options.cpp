#include "command/options.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include "results/format.hpp"
#include "sqrtn/init/gain.hpp"
#include "sqrtn/support/require.hpp"
#include "support/filter.hpp"
#include "support/number.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* regex_type = "REGEX";

std::string seed_error(const std::string& text) {
  if (parse_number<std::uint64_t>(text)) return {};
  return fmt::format("'{}' is no seed; give a whole number from 0 to 2^64 - 1", text);
}

struct Suffix {
  const char* text;
  double factor;
};

// The last of each is no suffix, with which every text ends.
constexpr Suffix time_suffixes[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"", 1}};
constexpr Suffix share_suffixes[] = {{"%", 0.01}, {"", 1}};
constexpr double longest_s = 7 * 24 * 3600, largest_share = 10;

/// A positive number with the first suffix that ends the text; nullopt for anything else.
std::optional<double> number_with(std::string_view text, std::span<const Suffix> suffixes) {
  const auto suffix = std::ranges::find_if(suffixes, [&](const Suffix& s) { return text.ends_with(s.text); });
  text.remove_suffix(std::string_view(suffix->text).size());
  const std::optional<double> number = parse_number<double>(text);
  return number && std::isfinite(*number) && *number > 0 ? std::optional(*number * suffix->factor) : std::nullopt;
}

/// `wrong`: what is said of a malformed text, or of one above the largest value.
CLI::Option* add_number_with(CLI::App& subcommand, const std::string& name, double& value, const std::string& text,
                             std::span<const Suffix> suffixes, double largest, const char* wrong) {
  return subcommand
      .add_option_function<std::string>(
          name, [&value, suffixes](const std::string& given) { value = *number_with(given, suffixes); }, text)
      ->check([=](const std::string& given) {
        const std::optional<double> number = number_with(given, suffixes);
        return number && *number <= largest ? "" : fmt::format("'{}' is no {}", given, wrong);
      });
}

std::string filter_error(const std::string& text) {
  try {
    static_cast<void>(Filter(text));
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace

void add_common_options(CLI::App& subcommand, CommonOptions& options, const std::string& ids) {
  subcommand
      .add_option("--filter", options.filter, "Only what matches this regular expression, found anywhere in " + ids)
      ->type_name(regex_type)
      ->check(filter_error);
  subcommand.add_option("--seed", options.seed, "Seed of every draw")
      ->type_name("N")
      ->check(seed_error)
      ->transform(decimal)
      ->capture_default_str();
  subcommand
      .add_option("--blas", options.blas,
                  "The BLAS: openblas, blis, atlas, reference, mkl, a name of `sqrtn backends`, a SONAME or a path")
      ->type_name("NAME_OR_PATH")
      ->capture_default_str();
  subcommand
      .add_option("--json", options.json, "Also write the results as JSON; '-' is standard output, with nothing else")
      ->check(word_error)
      ->type_name("FILE");
}

std::string decimal(std::string digits) {
  if (digits.find_first_not_of("0123456789") != std::string::npos) return digits;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - (digits.empty() ? 0 : 1)));
  return digits;
}

std::string word_error(const std::string& text) {
  if (text.empty()) return "an empty value; leave the option out, or give it one";
  return text.starts_with("--") ? fmt::format("'{}' is an option, not a value", text) : "";
}

bool same_file(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  if (a == "-" || b == "-") return a == b;
  const auto whole = [](const std::string& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path));
  };
  return whole(a) == whole(b);
}

std::string whole_number_error(const std::string& text) {
  if (parse_number<std::uint64_t>(text)) return {};
  return fmt::format("'{}' is no whole number from 0 to 2^64 - 1", text);
}

std::function<std::string(const std::string&)> number_between(double low, double high) {
  return [=](const std::string& text) {
    const std::optional<double> number = parse_number<double>(text);
    const bool within = number && low <= *number && *number <= high;
    return within ? "" : fmt::format("'{}' is no number from {:g} to {:g}", text, low, high);
  };
}

CLI::Option* add_time(CLI::App& subcommand, const std::string& name, double& time_s, const std::string& text) {
  const char* wrong = "time up to a week; write 90s, 5m or 1h";
  return add_number_with(subcommand, name, time_s, text, time_suffixes, longest_s, wrong)->type_name("TIME");
}

CLI::Option* add_share(CLI::App& subcommand, const std::string& name, double& share, const std::string& text) {
  const char* wrong = "share from 0 to 10; write 2% or 0.02";
  return add_number_with(subcommand, name, share, text, share_suffixes, largest_share, wrong)->type_name("SHARE");
}

double parse_gain(const std::string& text) {
  if (const std::optional<double> number = parse_number<double>(text)) return *number;
  require(!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) && text != "nan" && text != "inf",
          "--gain takes a positive number or the name of an activation, got '{}'", text);
  return init::gain(init::find_activation(text));
}

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
