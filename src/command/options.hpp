#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

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

/// "010" → "10": CLI11 would read it as octal. What is no number stays as it is, for the message.
std::string decimal(std::string digits);

/// A check for the parser, which by itself takes -1 for 2^64 - 1: what is wrong with the text, or nothing.
std::string whole_number_error(const std::string& text);

/// A check for the parser, whose own takes NaN for a number between any two.
std::function<std::string(const std::string&)> number_between(double low, double high);

/// Adds an option for a time up to a week, "90s", "5m" or "1h"; seconds without a unit.
CLI::Option* add_time(CLI::App& subcommand, const std::string& name, double& time_s, const std::string& text);

/// Adds an option for a share, "2%" or "0.02", up to 10.
CLI::Option* add_share(CLI::App& subcommand, const std::string& name, double& share, const std::string& text);

/// What is wrong with a value that is empty, or an option that was taken for one; or nothing.
std::string word_error(const std::string& text);

/// Whether two outputs go to one place: one file, however its path is written, or "-" both; "" is no output.
bool same_file(const std::string& a, const std::string& b);

/// A number, or the gain by quadrature of the activation of that name.
/// Throws: std::invalid_argument.
double parse_gain(const std::string& text);

/// The program's name and the words that were given, for the results, each as published.
std::vector<std::string> command_line(const CLI::App& subcommand);

}  // namespace sqrtn::command
