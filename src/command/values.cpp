#include "command/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>

#include "support/filter.hpp"
#include "support/number.hpp"

namespace sqrtn::command {
namespace {

constexpr const char* empty_value = "an empty value; leave the option out, or give it one";

}  // namespace

std::string seed_error(const std::string& text) {
  return parse_number<std::uint64_t>(text)
             ? ""
             : fmt::format("'{}' is no seed; give a whole number from 0 to 2^64 - 1", text);
}

std::string filter_error(const std::string& text) try {
  if (text.empty()) return empty_value;
  static_cast<void>(Filter(text));
  return {};
} catch (const std::invalid_argument& error) {
  return error.what();
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

std::function<std::string(const std::string&)> whole_number_between(std::uint64_t low, std::uint64_t high) {
  return [=](const std::string& text) {
    const std::optional<std::uint64_t> number = parse_number<std::uint64_t>(text);
    if (number && low <= *number && *number <= high) return std::string();
    const bool is_largest = high == std::numeric_limits<std::uint64_t>::max();
    return fmt::format("'{}' is no whole number from {} to {}", text, low,
                       is_largest ? "2^64 - 1" : fmt::to_string(high));
  };
}

std::function<std::string(const std::string&)> number_between(double low, double high) {
  return [=](const std::string& text) {
    const std::optional<double> number = parse_number<double>(text);
    const bool within = number && low <= *number && *number <= high;
    return within ? "" : fmt::format("'{}' is no number from {:g} to {:g}", text, low, high);
  };
}

}  // namespace sqrtn::command
