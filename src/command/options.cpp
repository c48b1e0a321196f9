#include "command/options.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>

#include "sqrtn/init/gain.hpp"
#include "sqrtn/support/require.hpp"
#include "support/amount.hpp"
#include "support/filter.hpp"
#include "support/number.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* empty_value = "an empty value; leave the option out, or give it one";

/// `what`: "whole number".
std::string number_error(const std::string& text, const char* what) {
  return parse_number<std::uint64_t>(text) ? "" : fmt::format("'{}' is no {} from 0 to 2^64 - 1", text, what);
}

std::string seed_error(const std::string& text) { return number_error(text, "seed; give a whole number"); }

/// `wrong`: what is said of a malformed text, or of one above the largest value.
CLI::Option* add_amount(CLI::App& subcommand, const std::string& name, double& value, const std::string& text,
                        std::optional<double> (*parse)(std::string_view), double largest, const char* wrong) {
  return subcommand
      .add_option_function<std::string>(
          name, [&value, parse](const std::string& given) { value = *parse(given); }, text)
      ->check([=](const std::string& given) {
        const std::optional<double> amount = parse(given);
        return amount && *amount <= largest ? "" : fmt::format("'{}' is no {}", given, wrong);
      });
}

std::string filter_error(const std::string& text) try {
  if (text.empty()) return empty_value;
  static_cast<void>(Filter(text));
  return {};
} catch (const std::invalid_argument& error) {
  return error.what();
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
  add_blas(subcommand, options.blas);
  add_json(subcommand, options.json);
}

CLI::Option* add_blas(CLI::App& subcommand, std::string& blas) {
  return subcommand
      .add_option("--blas", blas,
                  "The BLAS: openblas, blis, atlas, reference, mkl, a name of `sqrtn backends`, a SONAME or a path")
      ->type_name("NAME_OR_PATH")
      ->capture_default_str();
}

CLI::Option* add_file(CLI::App& subcommand, const std::string& name, std::string& path, const std::string& text) {
  return subcommand.add_option(name, path, text)->check(word_error)->type_name("FILE");
}

CLI::Option* add_json(CLI::App& subcommand, std::string& path) {
  return add_file(subcommand, "--json", path,
                  "Also write the results as JSON; '-' is standard output, with nothing else");
}

std::string decimal(std::string digits) {
  if (digits.find_first_not_of("0123456789") != std::string::npos) return digits;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - (digits.empty() ? 0 : 1)));
  return digits;
}

std::string word_error(const std::string& text) {
  if (text.empty()) return empty_value;
  return text.starts_with("--") ? fmt::format("'{}' is an option, not a value", text) : "";
}

bool same_file(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  if (a == "-" || b == "-") return a == b;
  const auto whole = [](const std::string& path) { return weakly_canonical(std::filesystem::absolute(path)); };
  return whole(a) == whole(b);
}

std::string whole_number_error(const std::string& text) { return number_error(text, "whole number"); }

std::function<std::string(const std::string&)> number_between(double low, double high) {
  return [=](const std::string& text) {
    const std::optional<double> number = parse_number<double>(text);
    const bool within = number && low <= *number && *number <= high;
    return within ? "" : fmt::format("'{}' is no number from {:g} to {:g}", text, low, high);
  };
}

CLI::Option* add_time(CLI::App& subcommand, const std::string& name, double& time_s, const std::string& text) {
  constexpr double longest_s = 7 * 24 * 3600;
  const char* wrong = "time up to a week; write 90s, 5m or 1h";
  return add_amount(subcommand, name, time_s, text, parse_time_s, longest_s, wrong)->type_name("TIME");
}

CLI::Option* add_share(CLI::App& subcommand, const std::string& name, double& share, const std::string& text) {
  const char* wrong = "share from 0 to 1000%; write 2% or 0.02";
  // Who writes 5 means 5 %, and would be asked for 500 %.
  const auto parse = [](std::string_view given) {
    const std::optional<double> parsed = parse_share(given);
    return parsed && *parsed > 1 && !given.ends_with('%') ? std::nullopt : parsed;
  };
  return add_amount(subcommand, name, share, text, parse, 10, wrong)->type_name("SHARE");
}

double parse_gain(const std::string& text) {
  if (const std::optional<double> number = parse_number<double>(text)) return *number;
  require(!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) && text != "nan" && text != "inf",
          "--gain takes a positive number or the name of an activation, got '{}'", text);
  return init::gain(init::find_activation(text));
}

}  // namespace sqrtn::command
