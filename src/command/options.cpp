#include "command/options.hpp"

#include <fmt/format.h>

#include <optional>

#include "support/amount.hpp"

namespace sqrtn::command {
namespace {

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

}  // namespace sqrtn::command
