#pragma once

#include <cstdint>
#include <functional>
#include <string>

/// What values of options may be. A check for the parser returns what is wrong with a text, or nothing.
namespace sqrtn::command {

/// "010" → "10": CLI11 would read it as octal. What is no number stays as it is, for the message.
std::string decimal(std::string digits);

/// A check: the parser by itself takes -1 for 2^64 - 1.
std::function<std::string(const std::string&)> whole_number_between(std::uint64_t low, std::uint64_t high);

std::string seed_error(const std::string& text);

/// A check: the one of the parser takes NaN for a number between any two.
std::function<std::string(const std::string&)> number_between(double low, double high);

/// A check: whether the text is a regular expression.
std::string filter_error(const std::string& text);

/// What is wrong with a value that is empty, or an option that was taken for one; or nothing.
std::string word_error(const std::string& text);

/// Whether two outputs go to one place: one file, however its path is written, or "-" both; "" is no output.
bool same_file(const std::string& a, const std::string& b);

}  // namespace sqrtn::command
