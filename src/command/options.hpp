#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "command/values.hpp"

/// The options that several subcommands share, under one name and one check.
namespace sqrtn::command {

struct CommonOptions {
  std::uint64_t seed = 1;
  std::string blas = "openblas";
  std::string filter;  ///< regular expression, found anywhere in an id; empty: all
  std::string json;    ///< file for the JSON document, "-" for standard output, empty for none
};

/// Adds --seed, --blas, --filter and --json; a malformed value is an error of the parser.
/// `ids`: what the filter is matched with, "a claim's id".
void add_common_options(CLI::App& subcommand, CommonOptions& options, const std::string& ids);

/// The options of that name alone.
CLI::Option* add_blas(CLI::App& subcommand, std::string& blas);
CLI::Option* add_json(CLI::App& subcommand, std::string& path);

/// Adds an option for the file `path`, which must not be empty nor look like an option.
CLI::Option* add_file(CLI::App& subcommand, const std::string& name, std::string& path, const std::string& text);

/// The type of an option whose value is a pattern, shown as it was given wherever it is published.
inline constexpr const char* regex_type = "REGEX";

/// What an option may be, both ends included.
struct WholeNumbers {
  std::uint64_t low = 0, high = std::numeric_limits<std::uint64_t>::max();
};

/// Of threads, 0 being all that are available.
inline constexpr WholeNumbers thread_counts{0, 4096};

/// Adds an option for a whole number of the type of `value`; a count or a seed.
template <class Number>
CLI::Option* add_whole_number(CLI::App& subcommand, const std::string& name, Number& value, const std::string& text,
                              WholeNumbers range = {}) {
  return subcommand.add_option(name, value, text)
      ->check(whole_number_between(range.low, range.high))
      ->transform(decimal);
}

/// Adds an option for a time up to a week, "90s", "5m" or "1h"; seconds without a unit.
CLI::Option* add_time(CLI::App& subcommand, const std::string& name, double& time_s, const std::string& text);

/// Adds an option for a share, "2%" or "0.02", up to 10.
CLI::Option* add_share(CLI::App& subcommand, const std::string& name, double& share, const std::string& text);

}  // namespace sqrtn::command
